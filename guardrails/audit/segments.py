"""Signed heads over stretches of a ledger, which an auditor verifies without any key of ours.

A segment is a run of rows of one calendar month. Its chain is a plain SHA-256 over the exported
form of its rows; its head states where it begins and ends, and is signed. Each head holds the
signature of the head before it, so that no segment can be left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, Protocol, Self

from guardrails.crypto.signing import PublicKey

SCHEMA = "quietdesk.ledger.head.v1"


class Signs(Protocol):
    """Signs bytes."""

    def sign(self, body: bytes) -> str: ...


class Numbered(Protocol):
    """A row of a ledger."""

    @property
    def number(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def hash(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Segment:
    """What a head states: rows ``first`` to ``last`` of a tenant's ledger, and their chain.

    ``hash`` is that of the last row, ``previous`` the signature of the head before. An ``open``
    segment is not finished: its head was signed for an export or an anchor, at ``at``.
    """

    tenant: str
    segment: int
    month: str
    first: int
    last: int
    hash: str
    chain: str
    previous: str
    at: str
    open: bool = False
    schema: str = SCHEMA


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A statement, as the exact text that was signed, and its signature (base64)."""

    statement: str
    signature: str

    @property
    def segment(self) -> Segment:
        """What it states. `ValueError` for text of another shape."""
        facts: Any = json.loads(self.statement)
        if not isinstance(facts, dict) or facts.get("schema") != SCHEMA:  # pyright: ignore[reportUnknownMemberType] - any JSON
            raise ValueError("this is no head of a ledger")
        try:
            return Segment(**facts)  # pyright: ignore[reportUnknownArgumentType] - checked by its names
        except TypeError:
            raise ValueError("this is no head of a ledger") from None

    @classmethod
    def of_line(cls, line: str) -> Self:
        """Return the head of a line. `ValueError` for anything else."""
        try:
            read: Any = json.loads(line)
            head = cls(str(read["statement"]), str(read["signature"]))
        except (KeyError, TypeError):
            raise ValueError("this is no head of a ledger") from None
        _ = head.segment
        return head

    def line(self) -> str:
        """Return it as a line of JSON."""
        facts = {"statement": self.statement, "signature": self.signature}
        return json.dumps(facts, sort_keys=True)

    def is_signed(self, key: PublicKey) -> bool:
        """Return whether ``key`` verifies it."""
        return key.signed(self.statement.encode(), self.signature)


def signed(segment: Segment, signer: Signs) -> SignedHead:
    """Return the head of a segment."""
    statement = json.dumps(asdict(segment), sort_keys=True, separators=(",", ":"))
    return SignedHead(statement, signer.sign(statement.encode()))


def heads_of(
    rows: Iterable[Numbered], tenant: str, before: SignedHead | None, signer: Signs, at: str
) -> list[SignedHead]:
    """Return a head for each month of ``rows``, which follow the segment ``before``."""
    heads: list[SignedHead] = []
    for month, group in groupby(rows, key=lambda row: month_of(row.at)):
        previous = before.signature if before else ""
        chain, first, last = chain_start(tenant, previous), 0, None
        for last in group:
            first, chain = first or last.number, chained(chain, last)
        if last is not None:
            number = before.segment.segment + 1 if before else 1
            made = Segment(
                tenant, number, month, first, last.number, last.hash, chain, previous, at
            )
            before = signed(made, signer)
            heads.append(before)
    return heads


class Check:
    """Compares rows, as they are read in order, with the heads of their segments and anchors.

    The rows are those of the ledger itself, whose own hashes the caller verifies.
    """

    def __init__(
        self,
        tenant: str,
        key: PublicKey,
        heads: Iterable[SignedHead],
        anchors: Iterable[SignedHead],
    ) -> None:
        self._tenant = tenant
        self._key = key
        self._heads = list(heads)
        self._anchors = {each.segment.last: each.segment for each in anchors}
        self._at = 0
        self._first = 1
        self._month = ""
        self._chain = chain_start(tenant, "")

    def fault(self, row: Numbered, *, own: bool) -> str:
        """Return why ``row`` is not that which was signed, empty if it is or none was.

        Rows that an earlier version wrote, which are not the ledger's ``own``, need no head.
        """
        month, self._month = self._month, month_of(row.at) if own else ""
        anchor = self._anchors.get(row.number)
        if anchor and anchor.hash != row.hash:
            return f"it is not the row of the anchor of {anchor.at}"
        if self._at == len(self._heads):
            late = month not in ("", self._month) and row.number > self._first
            return f"the segment of {month} is missing" if late else ""
        self._chain = chained(self._chain, row)
        head = self._heads[self._at]
        segment = head.segment
        if row.number < segment.last and segment.segment == self._at + 1:
            return ""
        previous = self._heads[self._at - 1].signature if self._at else ""
        if segment.segment != self._at + 1 or segment.previous != previous:
            return f"segment {self._at + 1} is missing"
        stated = (segment.tenant, segment.first, segment.hash, segment.chain)
        found = (self._tenant, self._first, row.hash, self._chain)
        if not head.is_signed(self._key) or stated != found:
            return f"the head of segment {segment.segment} ({segment.month}) was changed"
        self._at, self._first = self._at + 1, row.number + 1
        self._chain = chain_start(self._tenant, head.signature)
        return ""

    def end_fault(self, count: int) -> str:
        """Return why the ledger may not end after ``count`` rows."""
        behind = [each for number, each in sorted(self._anchors.items()) if number > count]
        if behind:
            at, last = behind[0].at, behind[0].last
            return f"it was rolled back behind its anchor of {at}, which covers row {last}"
        left = self._heads[self._at :]
        return f"the head of segment {left[0].segment.segment} covers rows after it" if left else ""


def chain_start(tenant: str, previous: str) -> str:
    """Return what the chain of a segment begins with: it is bound to its tenant and its place."""
    return _sha256(f"quietdesk.ledger.chain.v1\n{tenant}\n{previous}")


def chained(chain: str, row: Numbered) -> str:
    """Return the chain after ``row``."""
    return _sha256(f"{chain}\n{exported(row)}")


def exported(row: Numbered) -> str:
    """Return the one exported form of a row: canonical JSON."""
    facts = {
        "number": row.number,
        "kind": row.kind,
        "at": row.at,
        "body": row.body,
        "hash": row.hash,
    }
    return json.dumps(facts, sort_keys=True, separators=(",", ":"))


def month_of(at: str) -> str:
    """Return the month of a row's time: ``2026-11``."""
    return at[:7]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
