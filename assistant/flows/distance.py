"""How much of a text was changed, in words."""

from __future__ import annotations

from collections.abc import Sequence

_MOST = 3_000  # words; of a longer text the rest is not compared


def edit_distance(before: str, after: str) -> float:
    """Return the edit distance of two texts in words (Levenshtein 1966), from 0 to 1.

    It is divided by the length of the longer text: 0 is the same text, 1 one without a common word.
    """
    one, two = before.split()[:_MOST], after.split()[:_MOST]
    longest = max(len(one), len(two))
    return _levenshtein(*_differing(one, two)) / longest if longest else 0.0


def _differing(one: list[str], two: list[str]) -> tuple[list[str], list[str]]:
    """Return both lists without what they have in common at the start and at the end."""
    shorter = min(len(one), len(two))
    first = next((at for at in range(shorter) if one[at] != two[at]), shorter)
    one, two = one[first:], two[first:]
    shorter = min(len(one), len(two))
    last = next((at for at in range(shorter) if one[-1 - at] != two[-1 - at]), shorter)
    return one[: len(one) - last], two[: len(two) - last]


def _levenshtein(one: Sequence[str], two: Sequence[str]) -> int:
    row = list(range(len(two) + 1))
    for at, word in enumerate(one, 1):
        corner, row[0] = row[0], at
        for place, other in enumerate(two, 1):
            best = min(row[place] + 1, row[place - 1] + 1, corner + (word != other))
            corner, row[place] = row[place], best
    return row[-1]
