"""Monthly segments with signed heads, exports that an auditor verifies, and anchors."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.errors import Refused
from guardrails.audit.exported import State, verify_file
from guardrails.audit.ledger import Ledger, Proof
from guardrails.audit.segments import SignedHead
from guardrails.crypto.keys import DataKey
from guardrails.crypto.signing import PublicKey, SigningKey
from guardrails.policy import Policy
from tests.fakes.databases import Room

SIGNER = SigningKey(DataKey(b"s" * 32))


class Time:
    def __init__(self) -> None:
        self.now = datetime(2026, 9, 30, tzinfo=UTC)


class Book:
    """A ledger of three months: rows 1 to 3, 4 to 5, and 6."""

    def __init__(self, room: Room) -> None:
        self.room, self.time = room, Time()
        for month, count in ((9, 3), (10, 2), (11, 1)):
            self.time.now = datetime(2026, month, 30, tzinfo=UTC)
            for _ in range(count):
                self.ledger.append("sent")

    @property
    def ledger(self) -> Ledger:
        return Ledger(
            self.room.records.ledger,
            self.room.key,
            Policy,
            clock=lambda: self.time.now,
            signer=SIGNER,
            tenant=self.room.tenant.id,
        )

    def do(self, statement: str) -> None:
        where = " WHERE tenant_id = :tenant"
        self.room.home.tamper(
            statement.replace(" WHERE", f"{where} AND"), tenant=self.room.tenant.id
        )


@pytest.fixture
def book(room: Room) -> Book:
    return Book(room)


def test_each_finished_month_has_a_signed_head_that_follows_the_one_before(book: Book) -> None:
    first, second = book.room.records.ledger.segments()
    found = [
        (each.segment.month, each.segment.first, each.segment.last) for each in (first, second)
    ]
    assert found == [("2026-09", 1, 3), ("2026-10", 4, 5)]
    assert (first.segment.previous, second.segment.previous) == ("", first.signature)
    assert all(each.is_signed(SIGNER.public) for each in (first, second))
    assert book.ledger.verify() == Proof(6, None)


@pytest.mark.parametrize(
    ("deed", "row"),
    [
        ("DELETE FROM ledger_segments WHERE number = 1", 1),
        ("DELETE FROM ledger_segments WHERE number = 2", 6),
        ("DELETE FROM ledger_segments WHERE number > 0", 4),
        ("UPDATE ledger_segments SET signature = 'AAAA' WHERE number = 2", 5),
        ("UPDATE ledger_rows SET body = '{}' WHERE number = 4", 4),
    ],
)
def test_a_segment_that_is_missing_or_changed_is_named(book: Book, deed: str, row: int) -> None:
    book.do(deed)
    broken = book.ledger.verify().broken
    assert broken
    assert broken.number == row


def test_an_auditor_verifies_an_export_with_the_public_key_alone(book: Book) -> None:
    key = PublicKey.of_pem(SIGNER.public.pem)
    found = verify_file(book.ledger.export(), key)
    assert (found.state, found.rows) == (State.HOLDS, 6)
    other = SigningKey(DataKey.fresh()).public
    assert verify_file(book.ledger.export(), other).state is State.BROKEN


def _changed(lines: list[str]) -> list[str]:
    return [line.replace('"kind":"sent","number":2', '"kind":"kept","number":2') for line in lines]


def _dropped(lines: list[str]) -> list[str]:
    return [line for line in lines if '"number":2}' not in line]


def _moved(lines: list[str]) -> list[str]:
    return [lines[0], lines[2], lines[1], *lines[3:]]


def _without_a_segment(lines: list[str]) -> list[str]:
    return [lines[0], *lines[5:]]


def _without_a_head(lines: list[str]) -> list[str]:
    return [*lines[:4], *lines[5:]]


def _cut(lines: list[str]) -> list[str]:
    return [*lines[:-2], lines[-1]]


@pytest.mark.parametrize(
    ("change", "row"),
    [(_changed, 2), (_dropped, 2), (_moved, 1), (_without_a_segment, 1), (_cut, 6)],
)
def test_a_change_of_an_export_is_named_by_its_row(
    book: Book, change: Callable[[list[str]], list[str]], row: int
) -> None:
    found = verify_file(change([*book.ledger.export()]), SIGNER.public)
    assert (found.state, found.broken) == (State.BROKEN, row)
    assert f"row {row}" in found.says


def test_an_export_without_one_of_its_heads_is_broken(book: Book) -> None:
    found = verify_file(_without_a_head([*book.ledger.export()]), SIGNER.public)
    assert found.state is State.BROKEN


def test_an_auditor_cannot_forge_a_row_even_with_every_chain_made_again(book: Book) -> None:
    from guardrails.audit.exported import _Row
    from guardrails.audit.segments import chain_start, chained, exported

    lines = [*book.ledger.export()]
    chain = chain_start(book.room.tenant.id, "")
    for at in (1, 2, 3):
        row = _Row(**json.loads(lines[at])["row"])
        row = replace(row, kind="kept") if at == 2 else row
        chain = chained(chain, row)
        lines[at] = f'{{"row":{exported(row)},"chain":"{chain}"}}'
    found = verify_file(lines, SIGNER.public)
    assert (found.state, found.broken) == (State.BROKEN, 1)
    assert "not those that were signed" in found.says


@pytest.mark.parametrize("left", [8, 7, 2, 1])
def test_an_export_that_lost_its_end_is_unproven_and_not_broken(book: Book, left: int) -> None:
    found = verify_file([*book.ledger.export()][:left], SIGNER.public)
    assert found.state is State.UNPROVEN
    assert "unproven" in found.says


def test_a_ledger_set_back_behind_its_anchor_is_named(book: Book) -> None:
    kept = SignedHead.of_line(book.ledger.anchor().line())
    assert book.ledger.verify([kept]) == Proof(6, None)
    short = [*book.ledger.export()]
    head = book.room.home.tamper("SELECT hash, previous FROM ledger_rows WHERE number = 5")
    assert head
    book.ledger.append("sent")
    later = SignedHead.of_line(book.ledger.anchor().line())
    assert verify_file(short, SIGNER.public, [later]).broken == 7
    assert verify_file(short, SIGNER.public, [kept]).state is State.HOLDS


def test_a_database_that_was_restored_from_before_its_anchor_is_named(book: Book) -> None:
    tenant = {"tenant": book.room.tenant.id}
    query = "SELECT number, hash, proof FROM ledger_heads WHERE tenant_id = :tenant"
    ((number, digest, proof),) = book.room.home.tamper(query, **tenant)
    book.ledger.append("sent")
    anchor = book.ledger.anchor()
    book.do("DELETE FROM ledger_rows WHERE number > 6")
    book.room.home.tamper(
        "UPDATE ledger_heads SET number = :number, hash = :hash, proof = :proof"
        " WHERE tenant_id = :tenant",
        number=number,
        hash=digest,
        proof=proof,
        **tenant,
    )
    assert book.ledger.verify() == Proof(6, None)
    broken = book.ledger.verify([anchor]).broken
    assert broken
    assert (broken.number, "rolled back" in broken.why) == (7, True)
    with pytest.raises(Refused):
        book.ledger.anchor([anchor])


def test_nothing_that_is_broken_is_signed(book: Book) -> None:
    book.do("UPDATE ledger_rows SET body = '{}' WHERE number = 6")
    book.time.now = datetime(2026, 12, 1, tzinfo=UTC)
    book.ledger.append("sent")
    assert len(book.room.records.ledger.segments()) == 2
    with pytest.raises(Refused):
        book.ledger.anchor()
