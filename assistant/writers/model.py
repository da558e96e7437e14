"""The writer that asks a language model, and checks everything that it says.

A model's answer is used only when it was redacted, passed the output checks and is supported by the
passages. Otherwise the fallback writer's text is used, with a note that says why. Without passages
nothing could support an answer, so no model is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import LiteralString

from assistant.errors import ModelTrouble, Refused
from assistant.model import Finding, FindingKind, Passage, Ticket, Written
from assistant.ports import Brief, Case, ChatModel, Writer
from assistant.prompts import (
    MOST_PASSAGES,
    UNANSWERED,
    Prompt,
    answer_prompt,
    reply_prompt,
    summary_prompt,
    thread_of,
)
from assistant.search.quarantine import FindSuspicious, quarantine, quarantine_passages
from assistant.writers.cite import cite
from assistant.writers.support import GIST, as_source, cited, finished, unsupported
from guardrails import RawText, RedactedText, Redactor, Template, join_raw
from guardrails.answers.verdict import Verdict, judge
from guardrails.audit.ledger import calling
from guardrails.leaks.scan import Scanner

_NOTHING = Template("").fill()
_LOOK_EVERY = 60
"""Characters after which a growing answer is checked again."""
_WORDS = {
    FindingKind.SECRET: "a secret",
    FindingKind.PERSONAL_DATA: "personal data it was never shown",
    FindingKind.VAULT_VALUE: "a value that was masked for it",
    FindingKind.UNKNOWN_PLACEHOLDER: "a placeholder it was never shown",
    FindingKind.UNSUPPORTED: "statements that its sources do not support",
    FindingKind.EXFILTRATION: "something that could carry data out",
    FindingKind.INSTRUCTION: "words that a prompt injection demands",
    FindingKind.INJECTION: "a prompt injection",
}


@dataclass(frozen=True, slots=True)
class _Job:
    """One text to write: the prompt, what the answer may rest on, the fallback writer's text.

    The prompt holds suspicious sentences as quotations, or not at all: ``notes`` say which. The
    fallback writer follows no orders, and gets every word.
    """

    purpose: LiteralString
    subject: str
    prompt: Callable[[], Prompt]
    fallback: Callable[[], Written]
    asked: RedactedText
    passages: Sequence[Passage] = ()
    notes: tuple[str, ...] = ()


class ModelWriter:
    """Writes with a model; ``fallback`` writes when the model fails."""

    def __init__(
        self,
        chat: ChatModel,
        redactor: Redactor,
        scanner: Scanner,
        fallback: Writer,
        suspects: FindSuspicious,
    ) -> None:
        self._chat = chat
        self._redactor = redactor
        self._scanner = scanner
        self._fallback = fallback
        self._suspects = suspects

    @property
    def name(self) -> str:
        return f"model:{self._chat.name}"

    def summarise(self, ticket: Ticket) -> Written:
        """Return the model's summary, or the fallback writer's."""
        safe = quarantine(self._suspects, ticket)
        return self._write(
            _Job(
                "summarise",
                ticket.id,
                lambda: summary_prompt(safe.ticket),
                lambda: self._fallback.summarise(ticket),
                thread_of(ticket),
                notes=safe.notes,
            )
        )

    def reply(self, ticket: Ticket, passages: Sequence[Passage]) -> Written:
        """Return the model's reply, or the fallback writer's."""
        used = passages[:MOST_PASSAGES]
        if not used:
            return self._fallback.reply(ticket, used)
        safe = quarantine(self._suspects, ticket, used)
        job = _Job(
            "reply",
            ticket.id,
            lambda: reply_prompt(safe.ticket, safe.passages),
            lambda: self._fallback.reply(ticket, used),
            thread_of(ticket),
            used,
            safe.notes,
        )
        return self._unanswered(self._write(job), lambda: self._fallback.reply(ticket, ()))

    def brief(self, case: Case) -> Brief:
        """Return the fallback writer's brief: no model reads what customers may not."""
        return self._fallback.brief(case)

    def answer(self, question: RedactedText, passages: Sequence[Passage]) -> Written:
        """Return the model's answer, or the fallback writer's."""
        used = passages[:MOST_PASSAGES]
        if not used:
            return self._fallback.answer(question, used)
        return self._unanswered(
            self._write(self._answer(question, used)), lambda: self._fallback.answer(question, ())
        )

    def answering(self, question: RedactedText, passages: Sequence[Passage]) -> Generator[Written]:
        """Yield the model's answer as it grows, whole sentences that passed every check.

        The last item is the whole answer, and can still be the fallback writer's.
        """
        used = passages[:MOST_PASSAGES]
        if not used:
            yield self._fallback.answer(question, used)
            return
        written = yield from self._growing(self._answer(question, used))
        yield self._unanswered(written, lambda: self._fallback.answer(question, ()))

    def _answer(self, question: RedactedText, used: Sequence[Passage]) -> _Job:
        safe, notes = quarantine_passages(self._suspects, used)
        return _Job(
            "answer",
            "question",
            lambda: answer_prompt(question, safe),
            lambda: self._fallback.answer(question, used),
            question,
            used,
            notes,
        )

    def _write(self, job: _Job) -> Written:
        with calling(job.purpose, job.subject) as call:
            saw = _NOTHING
            try:
                prompt = job.prompt()
                saw = self._scanner.remask(prompt.whole)
                said = self._chat.complete(prompt.system, prompt.user)
                verdict = self._judge(prompt, saw, said)
            except (Refused, ModelTrouble) as error:
                return _fell_back(job.fallback(), saw, _NOTHING, call.intents, error.happened)
        return self._accept(job, saw, verdict, tuple(call.intents))

    def _growing(self, job: _Job) -> Generator[Written, None, Written]:
        saw, body, intents = _NOTHING, _NOTHING, list[int]()
        try:
            prompt = job.prompt()
            saw = self._scanner.remask(prompt.whole)
            with closing(self._chat.stream(prompt.system, prompt.user)) as pieces:
                # The call is open only while the request is sent: the generator may continue in
                # another context, where it could not be closed.
                with calling(job.purpose, job.subject) as call:
                    intents = call.intents
                    said = next(pieces, RawText(""))
                looked = 0
                for piece in pieces:
                    said = join_raw([said, piece])
                    if len(said) - looked >= _LOOK_EVERY:
                        looked = len(said)
                        body = self._so_far(job, prompt, saw, said) or body
                    yield self._written(job, saw, body, intents=tuple(intents))
            verdict = self._judge(prompt, saw, said)
        except (Refused, ModelTrouble) as error:
            return _fell_back(job.fallback(), saw, _NOTHING, intents, error.happened)
        return self._accept(job, saw, verdict, tuple(intents))

    def _so_far(
        self, job: _Job, prompt: Prompt, saw: RedactedText, said: RawText
    ) -> RedactedText | None:
        """Return the whole sentences of an unfinished answer if they pass what the answer must."""
        verdict = self._judge(prompt, saw, said)
        end = finished(verdict.text.reveal())
        body = verdict.text.cut(0, end)
        found = [each for each in verdict.findings if each.start < end]
        blocked = any(each.blocks for each in (*found, *_support(job, body)))
        return None if blocked or _says_nothing(body) else body

    def _judge(self, prompt: Prompt, saw: RedactedText, said: RawText) -> Verdict:
        return judge(
            said,
            saw=saw,
            sources=prompt.sources,
            redactor=self._redactor,
            scanner=self._scanner,
        )

    def _accept(
        self, job: _Job, saw: RedactedText, verdict: Verdict, intents: tuple[int, ...]
    ) -> Written:
        if _says_nothing(verdict.text):
            return Written(saw, verdict.text, _NOTHING, self.name, intents=intents)
        findings = (*verdict.findings, *_support(job, verdict.text))
        if any(finding.blocks for finding in findings):
            why = f"it contains {_list(findings)}."
            return _fell_back(job.fallback(), saw, verdict.text, intents, why, findings)
        return self._written(job, saw, verdict.text, findings, intents)

    def _written(
        self,
        job: _Job,
        saw: RedactedText,
        text: RedactedText,
        findings: tuple[Finding, ...] = (),
        intents: tuple[int, ...] = (),
    ) -> Written:
        numbers = cited(text.reveal())
        citations = tuple(cite(number, job.passages[number - 1]) for number in numbers)
        return Written(
            saw, text, text, self.name, citations, findings, intents=intents, notes=job.notes
        )

    def _unanswered(self, written: Written, fallback: Callable[[], Written]) -> Written:
        """Return the text for when the model says that the passages hold no answer."""
        if written.body or written.writer != self.name:
            return written
        held = fallback()
        return replace(held, saw=written.saw, said=written.said, intents=written.intents)


def _support(job: _Job, text: RedactedText) -> list[Finding]:
    said, asked = text.reveal(), job.asked.reveal()
    if not job.passages:  # a summary rests on the ticket and cites nothing
        return unsupported(said, [asked], least=GIST)
    findings = unsupported(said, [as_source(each) for each in job.passages], asked=asked)
    if not findings and not cited(said):
        note = "It cites no passage."
        return [Finding(FindingKind.UNSUPPORTED, 0, len(said), note, blocks=True)]
    return findings


def _fell_back(
    written: Written,
    saw: RedactedText,
    said: RedactedText,
    intents: Sequence[int],
    why: str,
    refused: tuple[Finding, ...] = (),
) -> Written:
    """Return the fallback writer's text with the note; the model's request stays recorded."""
    note = f"The model's answer was not used: {why}"
    notes = (*written.notes, note)
    if not intents:
        return replace(written, notes=notes)
    return replace(
        written, saw=saw, said=said, notes=notes, intents=tuple(intents), refused=refused
    )


def _says_nothing(text: RedactedText) -> bool:
    return text.reveal().strip().rstrip(".") in {"", UNANSWERED.rstrip(".")}


def _list(findings: Sequence[Finding]) -> str:
    kinds = Counter(finding.kind for finding in findings if finding.blocks)
    return ", ".join(_WORDS[kind] for kind in kinds)
