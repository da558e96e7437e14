"""The ledger: what was changed in the database, or in an export, is named by its row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import asdict, replace
from typing import Any, LiteralString

from assistant.bootstrap import Home
from eval.evidence.control import Control, Off, Seen, same
from eval.evidence.switches import replaced
from eval.evidence.twin import Twin
from guardrails.audit.exported import State, verify_file
from guardrails.audit.ledger import Ledger, Row
from guardrails.audit.segments import Check, SignedHead, chain_start, chained, signed
from guardrails.crypto.keys import DataKey
from guardrails.crypto.signing import PublicKey, SigningKey

_TABLES = ("ledger_rows", "ledger_segments", "ledger_heads")
_MONTH = 31
"""Days after which another month has begun, and fewer than those that put a clock in doubt."""
_ROWS = 3
_SECOND = 2
"""A row of the finished month that has rows on both sides."""

_HOLDS = "an untouched ledger of two months holds"
_FINISHED = "finished months with a signed head"
_CHANGED = "the row that is named after a row was changed"
_DROPPED = "the row that is named after a row was dropped and the gap was closed"
_MOVED = "the row that is named after two rows changed places"
_CUT = "the row that is named after rows were cut from the end"
_HEADLESS = "the row that is named after the head of a month was removed"
_ROLLED = "the row that is named after the ledger was set back behind its anchor"
_AGAIN = "the ledger holds after it was put back"

_DEEDS: Mapping[LiteralString, tuple[str, ...]] = {
    _CHANGED: ("UPDATE ledger_rows SET body = '{}' WHERE tenant_id = :tenant AND number = :last",),
    _DROPPED: (
        "DELETE FROM ledger_rows WHERE tenant_id = :tenant AND number = :second",
        "UPDATE ledger_rows SET number = 1 - number WHERE tenant_id = :tenant AND number > :second",
        "UPDATE ledger_rows SET number = -number WHERE tenant_id = :tenant AND number < 0",
    ),
    _MOVED: (
        "UPDATE ledger_rows SET number = 0 WHERE tenant_id = :tenant AND number = :second",
        "UPDATE ledger_rows SET number = :second WHERE tenant_id = :tenant AND number = :next",
        "UPDATE ledger_rows SET number = :next WHERE tenant_id = :tenant AND number = 0",
    ),
    _CUT: ("DELETE FROM ledger_rows WHERE tenant_id = :tenant AND number > :first",),
    _HEADLESS: ("DELETE FROM ledger_segments WHERE tenant_id = :tenant AND number = 1",),
}
"""What is done to the tables; ``first`` and ``last`` are rows of the open month."""

_EXPORTED = "an untouched export, by the public key"
_EDITED = "an export with a changed row, by the public key"
_FORGED = "an export with a changed row, with chains and statements made to fit"
_SHORT = "an export without its end, by the public key"
_INTACT = "rows of the ledger that are not valid"


def _holds(twin: Twin) -> Generator[Seen]:
    _write(twin)
    twin.clock.forward(days=_MONTH)
    _write(twin)
    earlier = _stored(twin)
    _write(twin)
    (anchor,) = twin.perform("ledger.anchor")["lines"]
    opened = SignedHead.of_line(anchor).segment
    yield same(_HOLDS, 0, _named(twin, anchor))
    yield same(_FINISHED, 1, len(earlier["ledger_segments"]))
    first, last = opened.first, opened.last
    named = (last, _SECOND, _SECOND, first + 1, first)
    for (what, deeds), row in zip(_DEEDS.items(), named, strict=True):
        with _tampered(twin):
            _run(twin, deeds, first=first, last=last)
            yield same(what, row, _named(twin), (row,))
    with _tampered(twin):
        _put(twin, earlier)
        behind = len(earlier["ledger_rows"]) + 1
        yield same(_ROLLED, behind, _named(twin, anchor), (behind,))
    yield same(_AGAIN, 0, _named(twin, anchor))
    yield from _exports(twin)


def _write(twin: Twin) -> None:
    """Append rows; no operation is used, because the tenant's rules may forbid any of them."""
    for count in range(_ROWS):
        twin.desk.ledger.append("evidence.trial", count=count)


def _named(twin: Twin, anchor: str = "") -> int:
    """Return the row that verifying names, 0 if the ledger holds."""
    return twin.perform("ledger.verify", anchor=anchor)["broken"] or 0


# Exports


def _exports(twin: Twin) -> Iterator[Seen]:
    path = twin.folder / "ledger.jsonl"
    twin.perform("ledger.export", path=str(path))
    key = PublicKey.of_pem(twin.home.accounts.signing_key().public.pem)
    lines = path.read_text("ascii").splitlines()
    edited = [_edited(line) for line in lines]
    whole, forged = verify_file(lines, key), verify_file(_forged(edited), key)
    yield same(_EXPORTED, State.HOLDS.name, whole.state.name)
    yield same(_EDITED, _SECOND, verify_file(edited, key).broken or 0, (_SECOND,))
    yield same(_FORGED, State.BROKEN.name, forged.state.name)
    yield same(_SHORT, State.UNPROVEN.name, verify_file(lines[:-2], key).state.name)


def _edited(line: str) -> str:
    read: dict[str, Any] = json.loads(line)
    if read.get("row", {}).get("number") == _SECOND:
        read["row"]["kind"] = "changed"
    return json.dumps(read)


def _forged(lines: Iterable[str]) -> Iterator[str]:
    """Make every chain and head again, signed by a key that is not the home's."""
    forger, tenant, previous, chain = SigningKey(DataKey.fresh()), "", "", ""
    for line in lines:
        read: dict[str, Any] = json.loads(line)
        if "row" in read:
            chain = chained(chain or chain_start(tenant, previous), Row(**read["row"], previous=""))
            read["chain"] = chain
        elif "statement" in read:
            segment = SignedHead.of_line(line).segment
            stated = chain or chain_start(tenant, previous)
            head = signed(replace(segment, chain=stated, previous=previous), forger)
            read, previous, chain = asdict(head), head.signature, ""
        else:
            tenant = read["tenant"]
        yield json.dumps(read)


# The tables, as who has the database's password and no key can change them


_Tables = Mapping[str, Sequence[tuple[Any, ...]]]


def _database(twin: Twin) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(twin.home.settings.home / "quietdesk.db", timeout=10))


def _stored(twin: Twin) -> _Tables:
    query = "SELECT * FROM {} WHERE tenant_id = ?"
    mine = (twin.desk.tenant.id,)
    with _database(twin) as database:
        return {name: database.execute(query.format(name), mine).fetchall() for name in _TABLES}


def _put(twin: Twin, tables: _Tables) -> None:
    """Replace the tenant's rows of the tables."""
    mine = (twin.desk.tenant.id,)
    with _database(twin) as database, database:
        for name, rows in tables.items():
            marks = ", ".join("?" * len(rows[0])) if rows else ""
            database.execute(f"DELETE FROM {name} WHERE tenant_id = ?", mine)  # noqa: S608 - names of ours
            database.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 - marks


def _run(twin: Twin, statements: Sequence[str], *, first: int, last: int) -> None:
    values = {
        "tenant": twin.desk.tenant.id,
        "second": _SECOND,
        "next": _SECOND + 1,
        "first": first,
        "last": last,
    }
    with _database(twin) as database, database:
        for statement in statements:
            assert database.execute(statement, values).rowcount > 0


@contextmanager
def _tampered(twin: Twin) -> Generator[None]:
    """Put the tables back at the end."""
    tables = _stored(twin)
    try:
        yield
    finally:
        _put(twin, tables)


def _watch(home: Home, slug: str) -> Iterator[Seen]:
    broken = home.ledger(slug).verify().broken
    yield same(_INTACT, 0, int(broken is not None), (broken.number,) if broken else ())


# Without a guard


def _no_fault(*_of: object, **_and: object) -> str:
    return ""


def _no_compare() -> AbstractContextManager[None]:
    return replaced((Ledger, "_is_ours", _yes))


def _no_order() -> AbstractContextManager[None]:
    return replaced((Ledger, "_fault", _no_fault))


def _no_head() -> AbstractContextManager[None]:
    return replaced((Ledger, "_head_fault", _nothing))


def _no_segments() -> AbstractContextManager[None]:
    return replaced((Ledger, "_check", _nothing))


def _no_anchors() -> AbstractContextManager[None]:
    return replaced((Check, "end_fault", _no_fault))


def _no_signature() -> AbstractContextManager[None]:
    return replaced((PublicKey, "signed", _yes))


def _yes(*_of: object, **_and: object) -> bool:
    return True


def _nothing(*_of: object, **_and: object) -> None:
    return None


CONTROLS = (
    Control(
        "ledger.holds",
        "A row that was changed, dropped or moved is named, and a cut end or a roll-back too.",
        _holds,
        _watch,
        {
            "hash of each row": Off(_no_compare, _CHANGED),
            "order of rows": Off(_no_order, _MOVED),
            "a gap": Off(_no_order, _DROPPED),
            "head": Off(_no_head, _CUT),
            "signed months": Off(_no_segments, _HEADLESS),
            "anchor": Off(_no_anchors, _ROLLED),
            "signature of an export": Off(_no_signature, _FORGED),
        },
    ),
)
