"""The ledger: an append-only log of what was sent, received and stored, with chained hashes.

Each row is canonical JSON whose hash covers the row before it, under a key of the tenant (HMAC-
SHA256), so that write access to the database alone is not enough to change, drop, move or add a row
unnoticed. A row holds hashes, counts, ids and names of ours, never customer text. The head (last
number and hash) is stored separately, so that removing rows from the end is detected too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import LiteralString, Protocol

from guardrails.clock import Clock, utc_now
from guardrails.crypto.keys import DataKey
from guardrails.errors import Refused
from guardrails.policy import Policy
from guardrails.policy.words import Purpose

_OWN = frozenset({"policy_version", "policy_hash"})
"""Facts that the ledger adds to each row."""
GENESIS = "0" * 64
Fact = str | int | bool | None | Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``body`` is canonical JSON, ``hash`` covers ``previous`` and everything here."""

    number: int
    kind: str
    at: str
    body: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last row's number and hash, stored separately from the rows."""

    number: int
    hash: str
    proof: str


class LedgerStore(Protocol):
    """Keeps the rows of one tenant in order."""

    def append(self, make: LedgerMaker) -> Row:
        """Append the row that ``make(head)`` returns, and its head, in one transaction.

        Joins the caller's open transaction if there is one, so that an outcome is committed
        together with the state that it describes.
        """
        ...

    def rows(self, after: int = 0) -> Iterable[Row]:
        """Return the rows numbered above ``after`` in order."""
        ...

    def last(self, count: int, after: int = 0) -> Sequence[Row]:
        """Return the last ``count`` rows of those numbered above ``after``, in order."""
        ...

    def of_kinds(self, kinds: Collection[str]) -> Sequence[Row]:
        """Return the rows of some kinds, in order."""
        ...

    def count(self, until: int) -> int:
        """Return how many rows are numbered up to ``until``."""
        ...

    def head(self) -> Head | None:
        """Return the head, None for an empty ledger."""
        ...


class LedgerMaker(Protocol):
    """Makes the next row from the head it follows."""

    def __call__(self, head: Head | None, /) -> tuple[Row, Head]: ...


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row that is not valid, and why."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The result of verifying a ledger."""

    rows: int
    broken: Broken | None


class Ledger:
    """Appends rows to one tenant's ledger and verifies it.

    ``policy`` returns the policy in force; it is asked for each row, in the row's transaction.
    """

    def __init__(
        self,
        store: LedgerStore,
        key: DataKey,
        policy: Callable[[], Policy],
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._key = key.derive("quietdesk.ledger.v1")

    def append(self, kind: LiteralString, **facts: Fact) -> Row:
        """Append one row. Facts are hashes, counts, ids and words of closed sets; never text.

        Version and hash of the policy that is in force are added to them.
        """
        if not _OWN.isdisjoint(facts):
            raise ValueError(f"the ledger itself states {', '.join(sorted(_OWN))}")

        def make(head: Head | None, /) -> tuple[Row, Head]:
            policy = self._policy()
            own = {"policy_version": policy.version, "policy_hash": policy.digest}
            at, body = self._clock().isoformat(timespec="milliseconds"), canonical(facts | own)
            number, previous = (head.number + 1, head.hash) if head else (1, GENESIS)
            digest = self._hash(number, kind, at, body, previous)
            row = Row(number, kind, at, body, previous, digest)
            return row, Head(number, digest, self._prove(number, digest))

        return self._store.append(make)

    def rows(self, after: int = 0) -> Iterable[Row]:
        """Return the rows numbered above ``after`` in order."""
        return self._store.rows(after)

    def last(self, count: int, after: int = 0) -> Sequence[Row]:
        """Return the last ``count`` rows of those numbered above ``after``, in order."""
        return self._store.last(count, after)

    def proven(self, *kinds: LiteralString) -> Sequence[Row]:
        """Return the rows of ``kinds``, without reading the others.

        `Refused` when one of these rows was changed, or when any row is missing.
        """
        head = self._store.head()
        rows = self._store.of_kinds(kinds)
        if head is None:
            holds = not rows
        else:
            holds = (
                hmac.compare_digest(head.proof, self._prove(head.number, head.hash))
                and self._store.count(head.number) == head.number
                and all(self._is_ours(row) for row in rows)
            )
        if not holds:
            raise Refused(
                "The ledger of this tenant was changed.",
                todo="`quietdesk ledger verify` names the first row that is not valid.",
            )
        return rows

    def verify(self) -> Proof:
        """Recompute every hash and the head; name the first row that is not valid."""
        previous, count, judged = GENESIS, 0, -1
        while True:
            for row in self._store.rows(after=count):
                count += 1
                why = self._fault(row, count, previous)
                if why:
                    return Proof(count, Broken(count, why))
                previous = row.hash
            broken = self._head_fault(count, previous)
            if broken is None or count == judged:
                return Proof(count, broken)
            judged = count  # the head may include rows appended since: compare again

    def _fault(self, row: Row, number: int, previous: str) -> str:
        if row.number != number:
            return f"row {number} is missing"
        if row.previous != previous:
            return "it does not follow the row before it"
        return "" if self._is_ours(row) else "its content was changed"

    def _is_ours(self, row: Row) -> bool:
        expected = self._hash(row.number, row.kind, row.at, row.body, row.previous)
        return hmac.compare_digest(expected, row.hash)

    def _head_fault(self, count: int, last: str) -> Broken | None:
        head = self._store.head()
        if head is None:
            return Broken(1, "the head is missing") if count else None
        if not hmac.compare_digest(head.proof, self._prove(head.number, head.hash)):
            return Broken(head.number, "the head was changed")
        if head.number > count:
            return Broken(count + 1, f"rows {count + 1} to {head.number} are missing")
        if (head.number, head.hash) != (count, last):
            return Broken(head.number + 1, "it comes after the head")
        return None

    def _hash(self, number: int, kind: str, at: str, body: str, previous: str) -> str:
        content = "\x1f".join(("quietdesk.ledger.row.v1", str(number), kind, at, body, previous))
        return hmac.new(self._key, content.encode(), hashlib.sha256).hexdigest()

    def _prove(self, number: int, digest: str) -> str:
        content = f"quietdesk.ledger.head.v1\x1f{number}\x1f{digest}"
        return hmac.new(self._key, content.encode(), hashlib.sha256).hexdigest()


@dataclass(slots=True)
class Call:
    """Why something is about to be sent: opened by a flow, read by the gate.

    ``intents`` gathers the numbers of the intent rows that the gate committed under it.
    """

    purpose: Purpose
    subject: str
    intents: list[int]


_open_call: ContextVar[Call | None] = ContextVar("quietdesk_call", default=None)


@contextmanager
def calling(purpose: Purpose, subject: str) -> Generator[Call]:
    """Attribute every send inside to ``purpose`` and ``subject`` (an id of ours).

    `ValueError` for a purpose that is not in the closed list.
    """
    call = Call(Purpose(purpose), subject, [])
    token = _open_call.set(call)
    try:
        yield call
    finally:
        _open_call.reset(token)


def current_call() -> Call:
    """Return the open call. `Refused` if there is none: nothing is sent without a purpose."""
    call = _open_call.get()
    if call is None:
        raise Refused("A request to a model did not state its purpose, so it was not sent.")
    return call


def canonical(facts: Mapping[str, Fact]) -> str:
    """Return the one JSON form of ``facts``: sorted keys, no spaces, ASCII."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(body: bytes) -> str:
    """Return the SHA-256 (hex) of the exact bytes that were sent or received."""
    return hashlib.sha256(body).hexdigest()
