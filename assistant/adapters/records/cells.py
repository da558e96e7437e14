"""The sealed columns of one row: each value opens only in the row and column it was sealed for.

Several texts may share a column. Each of them is then bound to its position and to their number, so
that none can be dropped, added or moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from assistant.errors import SealBroken
from guardrails import RawText, RedactedText
from guardrails.crypto.seal import Place, Sealed, Sealer

_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class Cells:
    """Seals and opens the columns of row ``row`` of ``table``."""

    sealer: Sealer
    table: LiteralString
    row: str
    policy_version: int

    def seal_redacted(self, column: LiteralString, text: RedactedText) -> Sealed:
        """Seal redacted text."""
        return self.sealer.seal_redacted(self._place(column), text)

    def open_redacted(self, column: LiteralString, body: bytes) -> RedactedText:
        """Open what `seal_redacted` sealed in this column."""
        return self.sealer.open_redacted(self._place(column), body)

    def seal_raw(self, column: LiteralString, text: RawText) -> Sealed:
        """Seal raw text."""
        return self.sealer.seal_raw(self._place(column), text)

    def open_raw(self, column: LiteralString, body: bytes) -> RawText:
        """Open what `seal_raw` sealed in this column."""
        return self.sealer.open_raw(self._place(column), body)

    def seal_redacted_all(self, column: LiteralString, texts: Sequence[RedactedText]) -> bytes:
        """Seal several redacted texts into one column."""
        places = self._places(column, len(texts))
        return frame([self.sealer.seal_redacted(*each) for each in zip(places, texts, strict=True)])

    def open_redacted_all(self, column: LiteralString, body: bytes) -> list[RedactedText]:
        """Open what `seal_redacted_all` sealed in this column."""
        parts = unframe(body)
        places = self._places(column, len(parts))
        return [self.sealer.open_redacted(*each) for each in zip(places, parts, strict=True)]

    def seal_raw_all(self, column: LiteralString, texts: Sequence[RawText | None]) -> bytes:
        """Seal several raw texts into one column; None is kept as None."""
        places = self._places(column, len(texts))
        return frame(
            [
                b"" if text is None else self.sealer.seal_raw(place, text)
                for place, text in zip(places, texts, strict=True)
            ]
        )

    def open_raw_all(self, column: LiteralString, body: bytes) -> list[RawText | None]:
        """Open what `seal_raw_all` sealed in this column."""
        parts = unframe(body)
        places = self._places(column, len(parts))
        return [
            self.sealer.open_raw(place, part) if part else None
            for place, part in zip(places, parts, strict=True)
        ]

    def _place(self, column: LiteralString) -> Place:
        return Place(self.table, column, self.row, self.policy_version)

    def _places(self, column: LiteralString, count: int) -> list[Place]:
        return [
            Place(self.table, column, f"{self.row}/{at}/{count}", self.policy_version)
            for at in range(count)
        ]


def frame(parts: Sequence[bytes]) -> bytes:
    """Return ``parts`` one after another, each with its length before it."""
    return b"".join(len(part).to_bytes(_LENGTH_BYTES, "big") + part for part in parts)


def unframe(body: bytes) -> list[bytes]:
    """Return the parts of what `frame` made. `SealBroken` when it was cut."""
    parts: list[bytes] = []
    at = 0
    while at < len(body):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(body[at:start], "big")
        parts.append(bytes(body[start:at]))
    if at != len(body):
        raise SealBroken("A sealed row cannot be opened: it was cut short.")
    return parts
