"""Token features that an uncased model does not see: case, signs, and the gap before the token.

all-MiniLM-L6-v2 reads lower case without accents and without line breaks, and those are the
cues of names, hosts and addresses. Each token gets one number for them, which replaces BERT's
token type.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

CASES = 7
GAPS = 4
SHAPES = CASES * GAPS * 2


def shapes(text: str, offsets: Sequence[tuple[int, int]]) -> list[int]:
    """Return a number below `SHAPES` for each token of ``text``; special tokens are empty."""
    out: list[int] = []
    before = 0
    for start, end in offsets:
        if start == end:
            out.append(0)
            continue
        gap = 3 if before == 0 else 0 if start == before else _gap(text[before:start])
        out.append(_case(text[start:end]) * GAPS + gap)
        before = end
    return out


def _gap(between: str) -> int:
    lines = between.count("\n")
    return 1 if not lines else 2 if lines == 1 else 3


@lru_cache(maxsize=65536)
def _case(piece: str) -> int:
    """Return the case of ``piece``, and whether it contains characters outside ASCII."""
    return _plain_case(piece) + (0 if piece.isascii() else CASES)


def _plain_case(piece: str) -> int:
    if piece.isdigit():
        return 3
    if not piece.isalnum():
        return 5
    if piece.islower():
        return 0 if piece.isalpha() else 4
    if piece.isupper():
        return 1 if len(piece) == 1 else 2 if piece.isalpha() else 4
    if piece[0].isupper() and piece[1:].islower():
        return 1
    return 4 if any(char.isupper() for char in piece) else 6
