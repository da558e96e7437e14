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
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import LiteralString, Protocol

from guardrails.audit.segments import (
    Check,
    Segment,
    SignedHead,
    chain_start,
    chained,
    exported,
    heads_of,
    month_of,
    signed,
)
from guardrails.clock import Clock, utc_now
from guardrails.crypto.keys import DataKey
from guardrails.crypto.signing import SigningKey
from guardrails.errors import Refused
from guardrails.policy import Policy
from guardrails.policy.words import Purpose

_OWN = frozenset({"policy_version", "policy_hash"})
"""Facts that the ledger adds to each row."""
GENESIS = "0" * 64
REKEYED = "ledger.rekeyed"
"""The kind of the row that marks where the ledger's own key takes over; ``until`` counts the rows
of earlier versions."""
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
        """Append the rows that ``make(head)`` returns, and their head, in one transaction.

        Returns the last of them.

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

    def segments(self) -> Sequence[SignedHead]:
        """Return the signed heads of the finished segments, in order."""
        ...

    def head(self) -> Head | None:
        """Return the head, None for an empty ledger."""
        ...


@dataclass(frozen=True, slots=True)
class Additions:
    """Rows to append with their head, and the signed heads of the segments that they finish."""

    rows: Sequence[Row]
    head: Head
    segments: Sequence[SignedHead] = ()


class LedgerMaker(Protocol):
    """Makes the next rows from the head they follow."""

    def __call__(self, head: Head | None, /) -> Additions: ...


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
    ``before`` is the tenant's data key: earlier versions derived the ledger's key from it. The row
    `REKEYED` marks the change; rows after it are valid under the ledger's own key alone. When a row
    begins a new month, ``signer`` signs the heads of the finished segments of ``tenant``.
    """

    def __init__(
        self,
        store: LedgerStore,
        key: DataKey,
        policy: Callable[[], Policy],
        *,
        clock: Clock = utc_now,
        before: DataKey | None = None,
        signer: SigningKey | None = None,
        tenant: str = "",
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._key = key.derive("quietdesk.ledger.v2")
        self._signer = signer
        self._tenant = tenant
        self._last: Row | None = None
        self._before = before.derive("quietdesk.ledger.v1") if before else None

    def append(self, kind: LiteralString, **facts: Fact) -> Row:
        """Append one row. Facts are hashes, counts, ids and words of closed sets; never text.

        Version and hash of the policy that is in force are added to them.
        """
        if not _OWN.isdisjoint(facts):
            raise ValueError(f"the ledger itself states {', '.join(sorted(_OWN))}")

        def make(head: Head | None, /) -> Additions:
            rows: list[Row] = []
            segments = self._finished(head) if head else ()
            if head and self._is_of_before(head):
                rows.append(self._next(head, REKEYED, {"until": head.number}))
                head = self._head_of(rows[-1])
            rows.append(self._next(head, kind, facts))
            return Additions(rows, self._head_of(rows[-1]), segments)

        self._last = self._store.append(make)
        return self._last

    def _finished(self, head: Head) -> Sequence[SignedHead]:
        """Return the heads of the segments that end before a row of this month, if it is new.

        Nothing is signed that is not valid: `verify` names the row.
        """
        month = month_of(self._clock().isoformat())
        if self._signer is None:
            return ()
        mine = self._last is not None and self._last.hash == head.hash
        last = self._last if mine else next(iter(self._store.last(1)), None)
        if last is None or month_of(last.at) == month:
            return ()
        return self._signed(head.number)

    def _signed(self, until: int) -> Sequence[SignedHead]:
        if self._signer is None:
            raise ValueError("a ledger without a signing key signs no heads")
        heads = self._store.segments()
        last = heads[-1] if heads else None
        after = last.segment.last if last else 0
        rows: list[Row] = []
        before = self._before is not None and not heads
        for row in self._store.rows(after):
            if row.number > until:
                break
            before = before and not self._is_ours(row)
            if not self._is_ours(row, before=before):
                return ()
            rows.append(row)
        at = self._clock().isoformat(timespec="milliseconds")
        return heads_of(rows, self._tenant, last, self._signer, at)

    @property
    def tenant(self) -> str:
        """The id of the tenant that its heads name."""
        return self._tenant

    def anchor(self, known: Sequence[SignedHead] = ()) -> SignedHead:
        """Return a head over the open segment, signed now. `Refused` if the ledger does not hold.

        An open segment may hold rows of several months, where none was finished yet.
        """
        proof = self.verify(known)
        if proof.broken or self._signer is None:
            raise Refused(
                "The ledger of this tenant does not hold, so its head is not signed.",
                todo="`quietdesk ledger verify` names the first row that is not valid.",
            )
        heads, at = self._store.segments(), self._clock().isoformat(timespec="milliseconds")
        last = heads[-1] if heads else None
        after, previous = (last.segment.last, last.signature) if last else (0, "")
        chain, number, digest, month = chain_start(self._tenant, previous), after, "", at[:7]
        for row in self._store.rows(after):
            chain, number, digest, month = chained(chain, row), row.number, row.hash, row.at[:7]
        count = last.segment.segment + 1 if last else 1
        stated = Segment(
            self._tenant, count, month, after + 1, number, digest, chain, previous, at, open=True
        )
        return signed(stated, self._signer)

    def export(self) -> Iterator[str]:
        """Yield the lines of an export: rows, heads of segments, and a head signed for it."""
        end = self.anchor()
        heads = {each.segment.last: each for each in self._store.segments()}
        yield json.dumps({"ledger": 1, "tenant": self._tenant}, sort_keys=True)
        chain = chain_start(self._tenant, "")
        for row in self._store.rows():
            if row.number > end.segment.last:
                break
            chain = chained(chain, row)
            yield f'{{"row":{exported(row)},"chain":"{chain}"}}'
            if row.number in heads:
                yield heads[row.number].line()
                chain = chain_start(self._tenant, heads[row.number].signature)
        yield end.line()

    def _next(self, head: Head | None, kind: LiteralString, facts: Mapping[str, Fact]) -> Row:
        policy = self._policy()
        own = {"policy_version": policy.version, "policy_hash": policy.digest}
        at, body = self._clock().isoformat(timespec="milliseconds"), canonical({**facts, **own})
        number, previous = (head.number + 1, head.hash) if head else (1, GENESIS)
        digest = _hash(self._key, number, kind, at, body, previous)
        return Row(number, kind, at, body, previous, digest)

    def _head_of(self, row: Row) -> Head:
        return Head(row.number, row.hash, _prove(self._key, row.number, row.hash))

    def _is_of_before(self, head: Head) -> bool:
        """Return whether an earlier version wrote the last row."""
        return self._before is not None and _is_proven(self._before, head)

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
        found = self._store.of_kinds((*kinds, REKEYED))
        rows = [row for row in found if row.kind in kinds]
        if head is None:
            holds = not rows
        else:
            marks = [row.number for row in found if row.kind == REKEYED and self._is_ours(row)]
            since = marks[0] if marks else head.number + 1 if self._is_of_before(head) else 1
            holds = (
                (_is_proven(self._key, head) or since > head.number)
                and self._store.count(head.number) == head.number
                and all(self._is_ours(row, before=row.number < since) for row in rows)
            )
        if not holds:
            raise Refused(
                "The ledger of this tenant was changed.",
                todo="`quietdesk ledger verify` names the first row that is not valid.",
            )
        return rows

    def verify(self, anchors: Sequence[SignedHead] = ()) -> Proof:
        """Recompute every hash and the heads; name the first row that is not valid.

        With ``anchors``, heads that were kept elsewhere, a ledger that was rolled back is named.
        """
        check = self._check(anchors)
        previous, count, judged = GENESIS, 0, -1
        before = self._before is not None
        while True:
            for row in self._store.rows(after=count):
                count += 1
                before = before and not self._is_ours(row)
                why = self._fault(row, count, previous, before=before)
                why = why or (check.fault(row, own=not before) if check else "")
                if why:
                    return Proof(count, Broken(count, why))
                previous = row.hash
            broken = self._head_fault(count, previous, before=before)
            if broken is None and check and (why := check.end_fault(count)):
                broken = Broken(count + 1, why)
            if broken is None or count == judged:
                return Proof(count, broken)
            judged = count  # the head may include rows appended since: compare again

    def _check(self, anchors: Sequence[SignedHead]) -> Check | None:
        if self._signer is None:
            return None
        public = self._signer.public
        for each in anchors:
            if not each.is_signed(public) or each.segment.tenant != self._tenant:
                raise Refused("The anchor is not one of this ledger.")
        return Check(self._tenant, public, self._store.segments(), anchors)

    def _fault(self, row: Row, number: int, previous: str, *, before: bool) -> str:
        if row.number != number:
            return f"row {number} is missing"
        if row.previous != previous:
            return "it does not follow the row before it"
        return "" if self._is_ours(row, before=before) else "its content was changed"

    def _is_ours(self, row: Row, *, before: bool = False) -> bool:
        """Return whether a row is valid; with ``before`` under the key of earlier versions."""
        key = self._before if before else self._key
        if key is None:
            return False
        expected = _hash(key, row.number, row.kind, row.at, row.body, row.previous)
        return hmac.compare_digest(expected, row.hash)

    def _head_fault(self, count: int, last: str, *, before: bool) -> Broken | None:
        head = self._store.head()
        if head is None:
            return Broken(1, "the head is missing") if count else None
        if not (_is_proven(self._key, head) or (before and self._is_of_before(head))):
            return Broken(head.number, "the head was changed")
        if head.number > count:
            return Broken(count + 1, missing(count + 1, head.number))
        if (head.number, head.hash) != (count, last):
            return Broken(head.number + 1, "it comes after the head")
        return None


def _hash(key: bytes, number: int, kind: str, at: str, body: str, previous: str) -> str:
    content = "\x1f".join(("quietdesk.ledger.row.v1", str(number), kind, at, body, previous))
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()


def _prove(key: bytes, number: int, digest: str) -> str:
    content = f"quietdesk.ledger.head.v1\x1f{number}\x1f{digest}"
    return hmac.new(key, content.encode(), hashlib.sha256).hexdigest()


def _is_proven(key: bytes, head: Head) -> bool:
    return hmac.compare_digest(head.proof, _prove(key, head.number, head.hash))


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


def missing(first: int, last: int) -> str:
    """Say that rows are missing, for people."""
    return f"row {first} is missing" if first == last else f"rows {first} to {last} are missing"


def canonical(facts: Mapping[str, Fact]) -> str:
    """Return the one JSON form of ``facts``: sorted keys, no spaces, ASCII."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(body: bytes) -> str:
    """Return the SHA-256 (hex) of the exact bytes that were sent or received."""
    return hashlib.sha256(body).hexdigest()
