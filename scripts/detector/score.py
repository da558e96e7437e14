"""Scores by fully masked spans and by characters, whatever type a character was masked as."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from guardrails.spans import Span
from scripts.detector.corpora import IGNORED
from scripts.detector.text import Text


@dataclass(slots=True)
class Score:
    """Sums of the counts over texts."""

    spans: int = 0
    full: int = 0
    hit: int = 0
    gold: int = 0
    masked: int = 0
    by_type: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    wrong: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, text: Text, found: Sequence[Span]) -> None:
        """Count one text."""
        size = len(text.text)
        gold, masked, skip = [False] * size, [False] * size, [False] * size
        for span in found:
            masked[span.start : span.end] = [True] * (span.end - span.start)
        for mark in text.marks:
            (skip if mark.label == IGNORED else gold)[mark.start : mark.end] = [True] * (
                mark.end - mark.start
            )
            if mark.label != IGNORED:
                whole = all(
                    masked[i] for i in range(mark.start, mark.end) if not text.text[i].isspace()
                )
                self.spans += 1
                self.full += whole
                self.by_type[mark.label][0] += whole
                self.by_type[mark.label][1] += 1
        for i, char in enumerate(text.text):
            if char.isspace() or skip[i]:
                continue
            self.hit += gold[i] and masked[i]
            self.gold += gold[i]
            self.masked += masked[i]
        for span in found:
            self.wrong[span.type] += sum(not gold[i] for i in range(span.start, span.end))

    @property
    def precision(self) -> float:
        """Return the share of masked characters that are identity."""
        return self.hit / max(1, self.masked)

    @property
    def recall(self) -> float:
        """Return the share of identity characters that are masked."""
        return self.hit / max(1, self.gold)

    @property
    def f2(self) -> float:
        """Return F2 of precision and recall."""
        p, r = self.precision, self.recall
        return 5 * p * r / max(1e-9, 4 * p + r)

    def line(self) -> str:
        """Return all figures on one line."""
        types = " ".join(f"{k[:8]}:{a}/{n}" for k, (a, n) in sorted(self.by_type.items()))
        wrong = " ".join(
            f"{k[:8]}:{n}" for k, n in sorted(self.wrong.items(), key=lambda kv: -kv[1])[:6]
        )
        share = self.full / max(1, self.spans)
        head = f"fully masked {share:.3f} precision {self.precision:.3f}"
        return f"{head} recall {self.recall:.3f} F2 {self.f2:.3f} | {types} | wrong {wrong}"


def score(texts: Sequence[Text], found: Sequence[Sequence[Span]]) -> Score:
    """Return the score of ``found`` in ``texts``."""
    total = Score()
    for text, spans in zip(texts, found, strict=True):
        total.add(text, spans)
    return total
