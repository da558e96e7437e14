"""Measures abstention: how well unanswerable questions are separated from answerable ones.

A question is refused when its confidence is below a cut. Each cut is a trade-off: with a lower cut
more unanswerable questions get an answer from the nearest passages; with a higher one more
answerable questions are refused. So the result is a curve and not one figure.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.intervals import wilson_95

_ALLOWED = (0.01, 0.02, 0.05, 0.10, 0.15, 0.20, 0.30)
"""Shares of answerable questions that may be refused; each gives one point of the curve."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """The confidence of one question's answer, and whether the question was refused."""

    source: str
    value: float
    refused: bool


@dataclass(frozen=True, slots=True)
class Share:
    """A share of questions with Wilson's 95 % interval."""

    rate: float
    ci_95: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Refusals:
    """Refused shares of unanswerable and of answerable questions; None without such questions."""

    true: Share | None
    false: Share | None

    def to_json(self) -> dict[str, object]:
        """Return the shares as JSON values."""
        return {
            "true_refusal_rate": self.true and self.true.rate,
            "true_refusal_ci_95": self.true and self.true.ci_95,
            "false_refusal_rate": self.false and self.false.rate,
            "false_refusal_ci_95": self.false and self.false.ci_95,
        }


@dataclass(frozen=True, slots=True)
class Cut:
    """The refusals at the highest ``cut`` that refuses at most ``allowed`` of the answerable."""

    allowed: float
    cut: float
    refusals: Refusals


@dataclass(frozen=True, slots=True)
class SourceRefusals:
    """The refusals of the questions of one source."""

    answerable: int
    unanswerable: int
    refusals: Refusals


@dataclass(frozen=True, slots=True)
class Abstention:
    """The refusals of the shipped cut, in all and by source, and of other cuts.

    ``auc`` is the probability that an answerable question has a higher confidence than an
    unanswerable one; None unless there are questions of both kinds.
    """

    refusals: Refusals
    auc: float | None
    curve: tuple[Cut, ...]
    by_source: Mapping[str, SourceRefusals]

    def to_json(self) -> dict[str, object]:
        """Return the figures as JSON values, those of the shipped cut on top."""
        return {
            **self.refusals.to_json(),
            "auc": self.auc,
            "curve": [
                {"allowed": each.allowed, "cut": each.cut, **each.refusals.to_json()}
                for each in self.curve
            ],
            "by_source": {
                name: {
                    "answerable": each.answerable,
                    "unanswerable": each.unanswerable,
                    **each.refusals.to_json(),
                }
                for name, each in sorted(self.by_source.items())
            },
        }


def judge(answerable: Sequence[Confidence], unanswerable: Sequence[Confidence]) -> Abstention:
    """Return the figures for answerable and unanswerable questions."""
    sources: defaultdict[str, tuple[list[Confidence], list[Confidence]]] = defaultdict(
        lambda: ([], [])
    )
    for at, questions in enumerate((answerable, unanswerable)):
        for each in questions:
            sources[each.source][at].append(each)
    return Abstention(
        refusals=_refusals(_refused(answerable), _refused(unanswerable)),
        auc=_auc([each.value for each in answerable], [each.value for each in unanswerable]),
        curve=tuple(_at(allowed, answerable, unanswerable) for allowed in _ALLOWED),
        by_source={
            name: SourceRefusals(len(good), len(bad), _refusals(_refused(good), _refused(bad)))
            for name, (good, bad) in sources.items()
        },
    )


def _at(
    allowed: float, answerable: Sequence[Confidence], unanswerable: Sequence[Confidence]
) -> Cut:
    values = sorted(each.value for each in answerable)
    at = math.floor(allowed * len(values))
    cut = values[at] if at < len(values) else 1.0
    below = [[each.value < cut for each in asked] for asked in (answerable, unanswerable)]
    return Cut(allowed, cut, _refusals(*below))


def _refused(questions: Sequence[Confidence]) -> list[bool]:
    return [each.refused for each in questions]


def _refusals(answerable: Sequence[bool], unanswerable: Sequence[bool]) -> Refusals:
    return Refusals(_share(unanswerable), _share(answerable))


def _share(refused: Sequence[bool]) -> Share | None:
    if not refused:
        return None
    return Share(sum(refused) / len(refused), wilson_95(sum(refused), len(refused)))


def _auc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float | None:
    """Return the area under the curve: Mann and Whitney's U over all pairs, ties counting half."""
    if not answerable or not unanswerable:
        return None
    values = sorted(unanswerable)
    below = sum(bisect_left(values, each) + bisect_right(values, each) for each in answerable) / 2
    return below / (len(answerable) * len(unanswerable))
