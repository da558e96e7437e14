"""Imports an export into a new home and is killed during it: ``gallows.py FOLDER STEP``."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.desk import Desk
from guardrails import RawText, Redactor
from guardrails.audit.ledger import Head, Ledger, LedgerMaker, LedgerStore, Row
from guardrails.audit.segments import SignedHead
from guardrails.detect.directory import KnownValues
from guardrails.policy import Policy
from tests.fakes.databases import Room, sqlite_home
from tests.fakes.desks import NameList, a_desk
from tests.fakes.tickets import import_tickets


class Gallows:
    """A ledger store at whose ``step``-th row the process dies, the transaction still open."""

    def __init__(self, inner: LedgerStore, step: int) -> None:
        self._inner = inner
        self._left = step

    def append(self, make: LedgerMaker) -> Row:
        row = self._inner.append(make)
        self._left -= 1
        if not self._left:
            os._exit(9)
        return row

    def rows(self, after: int = 0) -> Iterable[Row]:
        return self._inner.rows(after)

    def last(self, count: int, after: int = 0) -> Sequence[Row]:
        return self._inner.last(count, after)

    def of_kinds(self, kinds: Collection[str]) -> Sequence[Row]:
        return self._inner.of_kinds(kinds)

    def count(self, until: int) -> int:
        return self._inner.count(until)

    def segments(self) -> Sequence[SignedHead]:
        return self._inner.segments()

    def head(self) -> Head | None:
        return self._inner.head()


def desk_of(room: Room, *, dies_at: int = 0) -> Desk:
    """Return a desk over real records."""
    store = Gallows(room.records.ledger, dies_at) if dies_at else room.records.ledger
    return replace(
        a_desk(),
        records=room.records,
        sealer=room.sealer,
        redactor=Redactor(NameList(), room.vault, KnownValues()),
        ledger=Ledger(store, room.key, Policy),
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    export = RawText((folder / "export.jsonl").read_text(encoding="utf-8"))
    room = sqlite_home(folder).move_in()
    import_tickets(desk_of(room, dies_at=int(sys.argv[2])), export, "export.jsonl")
