"""The writer that asks, for each text, which writer its feature has now."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

from assistant.model import Feature, Passage, Ticket, Written
from assistant.ports import Brief, Case, Writer
from guardrails import RedactedText


class FeatureWriter:
    """Writes with the writer that ``pick`` returns for a feature."""

    def __init__(self, pick: Callable[[Feature], Writer]) -> None:
        self._pick = pick

    @property
    def name(self) -> str:
        return self._pick(Feature.REPLY).name

    def summarise(self, ticket: Ticket) -> Written:
        return self._pick(Feature.SUMMARY).summarise(ticket)

    def reply(self, ticket: Ticket, passages: Sequence[Passage]) -> Written:
        return self._pick(Feature.REPLY).reply(ticket, passages)

    def brief(self, case: Case) -> Brief:
        return self._pick(Feature.REPLY).brief(case)

    def answer(self, question: RedactedText, passages: Sequence[Passage]) -> Written:
        return self._pick(Feature.ANSWER).answer(question, passages)

    def answering(self, question: RedactedText, passages: Sequence[Passage]) -> Generator[Written]:
        return self._pick(Feature.ANSWER).answering(question, passages)
