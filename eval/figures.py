"""Means and quantiles, as the reports show them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean


def mean(values: Sequence[float]) -> float | None:
    """Return the mean (of booleans, the share that is true) to four decimals; None of nothing."""
    return round(fmean(values), 4) if values else None


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` of the ``ordered`` values are; 0 without values."""
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0
