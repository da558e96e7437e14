"""One text that a model is asked for, what it was sent, and the way back to the fallback writer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.errors import ModelTrouble, Refused
from assistant.model import NO_TEXT, Finding, FindingKind, Outcome, Written
from assistant.ports import Amended
from assistant.prompts import VERSION, Prompt
from assistant.writers.attribution import Attributed
from assistant.writers.sources import Sources
from guardrails import RedactedText
from guardrails.policy import Purpose

DECLINED = "The model found no answer here; the search did, and this is what it found."
DECLINED_TOO = "The model found no answer either."
SHORTENED = "The model was sent only the parts of the ticket and of the passages that fit."
NOT_USED = "The model's answer was not used:"
_LEFT_OUT = "Sentences of the model left out:"
_REPLACED = "Sentences of the model replaced by the words of the passage:"


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
class Sent:
    """What a model was sent: ``saw`` is its text as it left; ``notes`` are about its answer."""

    prompt: Prompt
    saw: RedactedText
    notes: tuple[str, ...] = ()

    @property
    def all_notes(self) -> tuple[str, ...]:
        return (*self.notes, SHORTENED) if self.prompt.shortened else self.notes


NOTHING_SENT = Sent(Prompt(NO_TEXT, NO_TEXT, NO_TEXT), NO_TEXT)


@dataclass(frozen=True, slots=True)
class Job:
    """One text to write: the prompt, what the answer may rest on, the fallback writer's text.

    The prompt holds suspicious sentences as quotations, or not at all: ``notes`` say which. The
    fallback writer follows no orders, and gets every word.
    """

    purpose: Purpose
    subject: str
    prompt: Callable[[int], Prompt]
    sources: Callable[[Prompt], Sources]
    fallback: Callable[[], Written]
    quotation: Callable[[], Written | None] = lambda: None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Back:
    """The way back to the fallback writer: the model's request and words stay recorded."""

    job: Job
    sent: Sent
    intents: Sequence[int]
    said: RedactedText = NO_TEXT

    def with_note(self, outcome: Outcome, note: str, refused: tuple[Finding, ...] = ()) -> Written:
        """Return the fallback writer's text with ``note``, and what is wrong with the model's."""
        written = self.job.fallback()
        if note == DECLINED and not written.citations:
            note = DECLINED_TOO
        written = replace(written, notes=(*written.notes, note), outcome=outcome)
        if not self.intents:
            return written
        return replace(
            written,
            saw=self.sent.saw,
            said=self.said,
            notes=(*written.notes, *self.sent.all_notes),
            intents=tuple(self.intents),
            refused=refused,
            prompt=VERSION,
        )


def failed(
    job: Job, sent: Sequence[Sent], intents: Sequence[int], error: Refused | ModelTrouble
) -> Written:
    back = Back(job, sent[-1] if sent else NOTHING_SENT, intents)
    return back.with_note(Outcome.FAILED, f"{NOT_USED} {error.happened}")


def notes_of(amended: Amended) -> tuple[str, ...]:
    return (amended.happened,) if amended.happened else ()


def left_out(found: Attributed) -> tuple[str, ...]:
    """Return notes about the sentences that did not stay as they were."""
    quoted = sum(bool(each.instead) for each in found.kept)
    gone = len(found.dropped) - quoted
    notes = (
        (gone, f"{_LEFT_OUT} {gone} that no source says."),
        (quoted, f"{_REPLACED} {quoted}, where the passage says something else."),
    )
    return tuple(note for count, note in notes if count)


def listed(findings: Sequence[Finding]) -> str:
    kinds = Counter(finding.kind for finding in findings if finding.blocks)
    return ", ".join(_WORDS[kind] for kind in kinds)
