"""Confidence intervals of a share."""

from __future__ import annotations

from math import sqrt

_Z_95 = 1.959964
_HALVINGS = 60
_DOUBT = 0.05


def upper_bound_95(leaks: int, planted: int) -> float:
    """Return Clopper and Pearson's one-sided 95 % upper bound: for no leak, 1 - .05^(1/n)."""
    if planted == 0 or leaks >= planted:
        return 1.0
    low, high = leaks / planted, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        beyond = _at_most(leaks, planted, middle) > _DOUBT
        low, high = (middle, high) if beyond else (low, middle)
    return high


def wilson_95(leaks: int, planted: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    if planted == 0:
        return 0.0, 1.0
    share, square = leaks / planted, _Z_95**2
    centre = share + square / (2 * planted)
    spread = _Z_95 * sqrt(share * (1 - share) / planted + square / (4 * planted**2))
    whole = 1 + square / planted
    return max(0.0, (centre - spread) / whole), min(1.0, (centre + spread) / whole)


def _at_most(leaks: int, planted: int, rate: float) -> float:
    """Return the probability of at most ``leaks`` of ``planted``, each with ``rate``."""
    term = total = (1 - rate) ** planted
    for count in range(1, leaks + 1):
        term *= (planted - count + 1) / count * rate / (1 - rate)
        total += term
    return total
