"""Verifies the file of an exported ledger with the public key alone.

A file is JSON lines: rows (``{"row": …, "chain": …}``), after the rows of each segment its signed
head (``{"statement": …, "signature": …}``), and at the end a head that was signed for the export.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from guardrails.audit.segments import Segment, SignedHead, chain_start, chained
from guardrails.crypto.signing import PublicKey


class State(IntEnum):
    """What was found; the values are exit codes."""

    HOLDS = 0
    BROKEN = 1
    UNPROVEN = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """The result: one sentence, and the first row that is not valid."""

    state: State
    says: str
    rows: int
    broken: int | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    kind: str
    at: str
    body: str
    hash: str


class _Fault(Exception):
    def __init__(self, number: int, why: str) -> None:
        super().__init__(why)
        self.number = number
        self.why = why


def verify_file(lines: Iterable[str], key: PublicKey, anchors: Iterable[SignedHead] = ()) -> Judged:
    """Return whether an exported ledger is whole, unchanged and proven to its end."""
    reading = _Reading(key, {each.segment.last: each for each in anchors})
    try:
        for line in lines:
            if line.strip():
                reading.line(line)
        reading.end()
    except _Fault as fault:
        says = f"The ledger is broken at row {fault.number}: {fault.why}."
        return Judged(State.BROKEN, says, reading.count, fault.number)
    last = reading.last
    if last is None or not last.open or last.last != reading.count:
        until = last.last if last else 0
        says = (
            f"The end is unproven: no head that was signed for the export covers row "
            f"{max(reading.count, 1)}; signed heads prove the rows up to {until}."
        )
        return Judged(State.UNPROVEN, says, reading.count)
    says = f"The ledger holds: {reading.count} rows, proven to its end as of {last.at}."
    return Judged(State.HOLDS, says, reading.count)


class _Reading:
    def __init__(self, key: PublicKey, anchors: dict[int, SignedHead]) -> None:
        self._key = key
        self._anchors = anchors
        self.count = 0
        self.last: Segment | None = None
        self._signature = ""
        self._first = 1
        self._row: _Row | None = None
        self._chain: str | None = None
        self._tenant = ""

    def line(self, line: str) -> None:
        try:
            read: Any = json.loads(line)
            if "row" in read:
                self._on_row(_Row(**read["row"]), str(read["chain"]))
            elif "statement" in read:
                self._head(SignedHead(str(read["statement"]), str(read["signature"])))
            else:
                self._tenant = str(read["tenant"])
        except (ValueError, TypeError, KeyError):
            raise _Fault(self.count + 1, "the line is none that an export writes") from None

    def end(self) -> None:
        for number, anchor in sorted(self._anchors.items()):
            segment = anchor.segment
            if number > self.count and segment.tenant == self._tenant:
                why = f"it was rolled back behind its anchor of {segment.at}, at row {number}"
                raise _Fault(self.count + 1, why)

    def _on_row(self, row: _Row, stated: str) -> None:
        if row.number != self.count + 1:
            raise _Fault(self.count + 1, f"row {self.count + 1} is missing, {row.number} follows")
        start = self._chain or chain_start(self._tenant, self._signature)
        self._chain, self._row = chained(start, row), row
        if self._chain != stated:
            raise _Fault(row.number, "its content was changed, or it was moved")
        self.count += 1
        anchor = self._anchors.get(row.number)
        same = anchor and anchor.segment.tenant == self._tenant
        if anchor and same and anchor.segment.hash != row.hash:
            raise _Fault(row.number, f"it is not the row of the anchor of {anchor.segment.at}")

    def _head(self, head: SignedHead) -> None:
        segment, before = head.segment, self.last
        at = segment.first
        if not head.is_signed(self._key):
            raise _Fault(at, f"the head of segment {segment.segment} is not signed by this key")
        expected = before.segment + 1 if before else 1
        if segment.segment != expected or segment.previous != self._signature:
            raise _Fault(self._first, f"segment {expected} is missing")
        if segment.tenant != self._tenant:
            raise _Fault(at, "it belongs to another tenant")
        if segment.last > self.count:
            missing = f"rows {self.count + 1} to {segment.last} are missing"
            raise _Fault(self.count + 1, missing)
        if segment.first != self._first or segment.last != self.count:
            raise _Fault(self._first, f"segment {segment.segment} has other rows")
        chain = self._chain or chain_start(self._tenant, self._signature)
        if segment.chain != chain:
            raise _Fault(
                at, f"rows {segment.first} to {segment.last} are not those that were signed"
            )
        self.last, self._signature = segment, head.signature
        self._first, self._chain = self.count + 1, None
