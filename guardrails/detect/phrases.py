"""Finds many phrases in one pass over a text; the time depends on the text, not on the phrases.

A phrase is a sequence of tokens. The caller splits texts and phrases into tokens in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class Phrases(Generic[_Value]):
    """Phrases with a value each. Others may read while one thread adds."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, ...], _Value] = {}
        self._sizes: dict[str, tuple[int, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._values)

    def __contains__(self, token: object) -> bool:
        """Return whether a phrase begins with ``token``."""
        return token in self._sizes

    def get(self, tokens: tuple[str, ...]) -> _Value | None:
        """Return the value of the phrase that is all of ``tokens``."""
        return self._values.get(tokens)

    def add(self, tokens: tuple[str, ...], value: _Value) -> None:
        """Add or replace a phrase of one token or more."""
        self._values[tokens] = value
        sizes = self._sizes.get(tokens[0], ())
        if len(tokens) not in sizes:
            self._sizes[tokens[0]] = tuple(sorted((*sizes, len(tokens)), reverse=True))

    def at(self, tokens: Sequence[str], start: int) -> Iterator[tuple[int, _Value]]:
        """Yield the phrases that ``tokens`` hold from ``start``: count and value, longest first."""
        for size in self._sizes.get(tokens[start], ()):
            here = tuple(tokens[start : start + size])  # shorter at the end
            value = self._values.get(here)
            if value is not None:
                yield len(here), value
