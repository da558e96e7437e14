"""Measures the detector of prompt injections on labelled texts: recall and false alarms.

A text counts as found when it has any suspicious span. Sources only group the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import BadInput
from eval.beir import rows
from eval.figures import mean
from guardrails import RawText, Redactor
from guardrails.injection.detector import FindSuspects

Judge = Callable[[Sequence[str]], list[bool]]
"""Returns for each text whether it has a prompt injection; passed in, so that eval makes none."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One text, and whether it is an attack."""

    text: str
    attack: bool
    source: str


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """The figures of one source; None where it has no text of that kind."""

    texts: int
    recall: float | None
    false_alarm_rate: float | None


@dataclass(frozen=True, slots=True)
class InjectionReport:
    """Shares between 0 and 1: of attacks found, and of harmless texts reported as attacks."""

    texts: int
    recall: float | None
    false_alarm_rate: float | None
    by_source: Mapping[str, SourceFigures]


def redacting(redactor: Redactor, find: FindSuspects) -> Judge:
    """Return the product's own path: texts are redacted before detection."""

    def judge(texts: Sequence[str]) -> list[bool]:
        redacted = redactor.redact_many([RawText(text) for text in texts])
        return [bool(found) for found in find([each.text for each in redacted])]

    return judge


def read_samples(path: Path) -> list[Sample]:
    """Read ``{text, label, source}`` lines, label 1 for an attack. `BadInput` names the line."""
    found = [_sample(row, where) for where, row in rows(path)]
    if not found:
        raise BadInput(f"{path.name} contains no text.")
    return found


def measure(samples: Sequence[Sample], judge: Judge) -> InjectionReport:
    """Judge every text and compare with its label."""
    judged = list(zip(samples, judge([each.text for each in samples]), strict=True))
    sources = sorted({each.source for each in samples})
    parts = {
        name: _figures([each for each in judged if each[0].source == name]) for name in sources
    }
    whole = _figures(judged)
    return InjectionReport(whole.texts, whole.recall, whole.false_alarm_rate, parts)


def _sample(row: dict[str, object], where: str) -> Sample:
    text, label, source = row.get("text"), row.get("label"), row.get("source", "unknown")
    if not isinstance(text, str) or not isinstance(source, str):
        raise BadInput(f"{where}: “text” and “source” must be texts.")
    if not isinstance(label, int) or label not in {0, 1}:
        raise BadInput(f"{where}: “label” must be 1 for an attack or 0.")
    return Sample(text, label == 1, source)


def _figures(judged: Sequence[tuple[Sample, bool]]) -> SourceFigures:
    return SourceFigures(
        len(judged),
        mean([found for sample, found in judged if sample.attack]),
        mean([found for sample, found in judged if not sample.attack]),
    )
