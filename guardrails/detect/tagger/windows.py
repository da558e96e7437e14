"""Overlapping windows of long texts: the model was trained on short ones; no name is cut."""

from __future__ import annotations

from collections.abc import Iterator

SIZE = 4000
OVERLAP = 400


def windows(text: str, size: int = SIZE, overlap: int = OVERLAP) -> Iterator[tuple[int, str]]:
    """Yield ``(offset, piece)``: pieces of at most ``size``, cut at blanks, that overlap."""
    start = 0
    while len(text) - start > size:
        end = _blank_before(text, start + size - overlap // 2, start + size)
        yield start, text[start:end]
        start = max(_blank_before(text, end - overlap, end - overlap // 2), start + 1)
    yield start, text[start:]


def _blank_before(text: str, low: int, high: int) -> int:
    """Return the place after the last blank between ``low`` and ``high``, else ``high``."""
    for at in range(high - 1, low - 1, -1):
        if text[at].isspace():
            return at + 1
    return high
