"""Measures a detector of personal data on labelled text, independent of the names of types.

It counts characters, and whole spans: a name with one visible letter is not masked. F2 weighs
recall four times as much as precision, because a miss is worse here than a word masked in vain.
Labels differ between data sets, so types only group the figures.

Speed is measured in processor seconds, which do not depend on a machine's load, and a latency is
that of a text of 300 characters put together from the rows, so that no cache contains it.
"""

from __future__ import annotations

import gzip
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from eval.figures import quantile
from guardrails.spans import Span

Masker = Callable[[Sequence[str]], list[list[Span]]]
"""The type of `guardrails.spans.Detector.detect`; passed in, so that eval makes no detector."""


@dataclass(frozen=True, slots=True)
class Label:
    """Characters ``start`` to ``end`` that are labelled as identity, and the label."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Row:
    """One text and all the identity in it."""

    text: str
    spans: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class TypeFigures:
    """The number of spans of one type, and the share whose every character is masked."""

    n: int
    fully_masked: float


@dataclass(frozen=True, slots=True)
class PrivacyReport:
    """The figures of one detector on one data set. Shares are between 0 and 1; an empty one is 1.

    ``ci_95`` holds, for each share, the bounds of its interval: bootstrap over texts (Efron 1979),
    because spans of one text are not independent.
    """

    texts: int
    spans: int
    fully_masked: float
    char_precision: float
    char_recall: float
    f2: float
    by_type: Mapping[str, TypeFigures]
    clean_left_alone: float
    kb_per_s: float
    p50_ms: float
    p95_ms: float
    ci_95: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Ratios:
    """Our throughput and our latency, each divided by theirs."""

    kb_per_s: float
    p50_ms: float
    p95_ms: float


class MalformedRow(ValueError):
    """A line of a labelled file is malformed; the message names file and line."""


def read_rows(path: Path) -> list[Row]:
    """Read ``{text, spans: [{start, end, type}]}`` lines from ``path``, a ``.jsonl`` or ``.gz``."""
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        return [
            _row(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()
        ]


def measure(
    rows: Sequence[Row], mask: Masker, *, timed: int = 100, resamples: int = 0
) -> PrivacyReport:
    """Mask ``rows`` in one batch for shares and throughput, and ``timed`` texts for latency."""
    texts = [row.text for row in rows]
    mask(["Warm up."])  # the first call loads word lists
    began = time.process_time()
    masked = mask(texts)
    took = time.process_time() - began
    latencies = sorted(_latencies(_made(texts, timed), mask))
    counts = [_counted(row, _covered(found)) for row, found in zip(rows, masked, strict=True)]
    judged = [each for count in counts for each in count.labels]
    shares = _shares(counts)
    return PrivacyReport(
        texts=len(rows),
        spans=len(judged),
        by_type=_by_type(judged),
        kb_per_s=sum(len(text.encode()) for text in texts) / 1000 / took if took else 0.0,
        p50_ms=quantile(latencies, 0.50),
        p95_ms=quantile(latencies, 0.95),
        ci_95=_intervals(counts, resamples),
        **shares,
    )


def ratios(ours: PrivacyReport, theirs: PrivacyReport) -> Ratios:
    """Return how ``ours`` compares in speed; both must come from one run."""
    return Ratios(
        *(
            round(mine / other, 2) if other else 0.0
            for mine, other in (
                (ours.kb_per_s, theirs.kb_per_s),
                (ours.p50_ms, theirs.p50_ms),
                (ours.p95_ms, theirs.p95_ms),
            )
        )
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """One text: characters masked rightly, wrongly and missed, its labels, whether it had none."""

    hits: int
    wrong: int
    missed: int
    labels: tuple[tuple[str, bool], ...]


def _counted(row: Row, seen: frozenset[int]) -> _Counted:
    truth = {at for label in row.spans for at in range(label.start, label.end)}
    labels = tuple((label.type, _is_hidden(label, seen)) for label in row.spans)
    return _Counted(len(truth & seen), len(seen - truth), len(truth - seen), labels)


def _shares(counts: Sequence[_Counted]) -> dict[str, float]:
    hits = sum(count.hits for count in counts)
    precision = _share(hits, hits + sum(count.wrong for count in counts))
    recall = _share(hits, hits + sum(count.missed for count in counts))
    hidden = [whole for count in counts for _, whole in count.labels]
    clean = [not count.wrong for count in counts if not count.labels]
    return {
        "fully_masked": _share(sum(hidden), len(hidden)),
        "char_precision": precision,
        "char_recall": recall,
        "f2": _f2(precision, recall),
        "clean_left_alone": _share(sum(clean), len(clean)),
    }


def _intervals(counts: Sequence[_Counted], resamples: int) -> dict[str, tuple[float, float]]:
    if not resamples or not counts:
        return {}
    dice = random.Random(20260)
    drawn = [_shares(dice.choices(counts, k=len(counts))) for _ in range(resamples)]
    return {
        name: (
            quantile(sorted(shares[name] for shares in drawn), 0.025),
            quantile(sorted(shares[name] for shares in drawn), 0.975),
        )
        for name in drawn[0]
    }


def _made(texts: Sequence[str], count: int) -> Iterator[str]:
    """Yield ``count`` texts of 300 characters, put together from ``texts`` in a seeded order."""
    dice = random.Random(20260)
    for _ in range(count if any(texts) else 0):
        made = ""
        while len(made) < _LENGTH:
            made += dice.choice(texts).strip() + " "
        yield made[:_LENGTH]


_LENGTH = 300


def _row(line: str, where: str) -> Row:
    try:
        loaded = cast("dict[str, object]", json.loads(line))
        text = loaded["text"]
        marks = cast("list[dict[str, object]]", loaded["spans"])
        labels = tuple(_label(mark) for mark in marks)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MalformedRow(f"{where}: no labelled text: {error!r}") from error
    if not isinstance(text, str):
        raise MalformedRow(f"{where}: 'text' is not a string")
    if any(not 0 <= label.start < label.end <= len(text) for label in labels):
        raise MalformedRow(f"{where}: a span lies outside its text")
    return Row(text, labels)


def _label(mark: dict[str, object]) -> Label:
    start, end, kind = mark["start"], mark["end"], mark["type"]
    if not isinstance(start, int) or not isinstance(end, int) or not isinstance(kind, str):
        raise TypeError("a span needs whole numbers 'start' and 'end' and a string 'type'")
    return Label(start, end, kind)


def _latencies(texts: Iterable[str], mask: Masker) -> Iterator[float]:
    for text in texts:
        began = time.process_time()
        mask([text])
        yield (time.process_time() - began) * 1000


def _covered(spans: Sequence[Span]) -> frozenset[int]:
    return frozenset(at for span in spans for at in range(span.start, span.end))


def _is_hidden(label: Label, seen: frozenset[int]) -> bool:
    return all(at in seen for at in range(label.start, label.end))


def _by_type(judged: Sequence[tuple[str, bool]]) -> dict[str, TypeFigures]:
    kinds: dict[str, list[bool]] = {}
    for kind, hidden in judged:
        kinds.setdefault(kind, []).append(hidden)
    return {
        kind: TypeFigures(len(found), _share(sum(found), len(found)))
        for kind, found in sorted(kinds.items())
    }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _f2(precision: float, recall: float) -> float:
    """Van Rijsbergen's F with beta 2."""
    return 5 * precision * recall / (4 * precision + recall) if precision + recall else 0.0
