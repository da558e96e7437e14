"""A ledger that was changed with the database's password is detected, with the changed place."""

from __future__ import annotations

import pytest

from assistant.errors import Refused
from guardrails.audit.ledger import Ledger
from tests.fakes.databases import Room

_MINE = " WHERE tenant_id = :tenant"


@pytest.mark.parametrize(
    ("column", "value"),
    [("body", "'{}'"), ("kind", "'other'"), ("at", "'2020'"), ("previous", "'0'"), ("hash", "'0'")],
)
def test_a_changed_row_is_named(room: Room, column: str, value: str) -> None:
    ledger = _ledger(room)
    _do(room, f"UPDATE ledger_rows SET {column} = {value}{_MINE} AND number = 3")
    assert _broken_at(ledger) == 3


def test_a_removed_row_is_named(room: Room) -> None:
    ledger = _ledger(room)
    _do(room, f"DELETE FROM ledger_rows{_MINE} AND number = 2")
    assert _broken_at(ledger) == 2


def test_a_removed_row_is_named_even_if_the_others_close_the_gap(room: Room) -> None:
    ledger = _ledger(room)
    _do(room, f"DELETE FROM ledger_rows{_MINE} AND number = 2")
    for number in (3, 4, 5):
        _do(room, f"UPDATE ledger_rows SET number = number - 1{_MINE} AND number = {number}")
    assert _broken_at(ledger) == 2


def test_rows_cut_off_the_end_are_named(room: Room) -> None:
    ledger = _ledger(room)
    _do(room, f"DELETE FROM ledger_rows{_MINE} AND number > 3")
    assert _broken_at(ledger) == 4


def test_two_rows_that_changed_places_are_named(room: Room) -> None:
    ledger = _ledger(room)
    for at, to in ((2, 99), (3, 2), (99, 3)):
        _do(room, f"UPDATE ledger_rows SET number = {to}{_MINE} AND number = {at}")
    assert _broken_at(ledger) == 2


def test_an_added_row_is_named(room: Room) -> None:
    ledger = _ledger(room)
    _do(
        room,
        "INSERT INTO ledger_rows SELECT tenant_id, 6, kind, at, body, hash, hash"
        f" FROM ledger_rows{_MINE} AND number = 5",
    )
    assert _broken_at(ledger) == 6


def test_a_head_set_back_with_its_rows_left_is_named(room: Room) -> None:
    ledger = _ledger(room, 3)
    head = room.home.tamper(f"SELECT number, hash, proof FROM ledger_heads{_MINE}", **_tenant(room))
    ledger.append("sent")
    number, digest, proof = head[0]
    room.home.tamper(
        f"UPDATE ledger_heads SET number = :number, hash = :hash, proof = :proof{_MINE}",
        number=number,
        hash=digest,
        proof=proof,
        **_tenant(room),
    )
    assert _broken_at(ledger) == 4


@pytest.mark.parametrize(
    "deed",
    [
        f"DELETE FROM ledger_heads{_MINE}",
        f"UPDATE ledger_heads SET number = 0{_MINE}",
        f"UPDATE ledger_heads SET number = 4{_MINE}",
        f"UPDATE ledger_heads SET proof = '0'{_MINE}",
    ],
)
def test_a_head_that_was_touched_is_noticed(room: Room, deed: str) -> None:
    ledger = _ledger(room)
    _do(room, deed)
    assert ledger.verify().broken is not None


def test_a_ledger_copied_from_another_tenant_is_noticed(room: Room) -> None:
    other = room.home.move_in()
    _ledger(other)
    room.home.tamper(
        "INSERT INTO ledger_rows SELECT :mine, number, kind, at, body, previous, hash"
        " FROM ledger_rows WHERE tenant_id = :other",
        mine=room.tenant.id,
        other=other.tenant.id,
    )
    assert _broken_at(room.ledger) == 1


def test_nothing_is_appended_over_a_row_whose_head_was_removed(room: Room) -> None:
    ledger = _ledger(room)
    _do(room, f"DELETE FROM ledger_heads{_MINE}")
    with pytest.raises(Refused):
        ledger.append("sent")


def _ledger(room: Room, rows: int = 5) -> Ledger:
    for number in range(rows):
        room.ledger.append("sent", count=number)
    assert room.ledger.verify().broken is None
    return room.ledger


def _do(room: Room, deed: str) -> None:
    assert room.home.tamper(deed, **_tenant(room))


def _tenant(room: Room) -> dict[str, str]:
    return {"tenant": room.tenant.id}


def _broken_at(ledger: Ledger) -> int | None:
    broken = ledger.verify().broken
    return broken.number if broken else None
