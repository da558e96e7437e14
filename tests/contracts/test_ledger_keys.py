"""The ledger's own key, and rows of earlier versions under a key derived from the data key."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from assistant.errors import KeyTrouble, Refused
from guardrails.audit.ledger import GENESIS, REKEYED, Additions, Head, Ledger, Proof, Row
from guardrails.crypto.keys import DataKey, MasterKey
from guardrails.policy import Policy
from tests.fakes.databases import Room
from tests.fakes.records import FakeLedger

DATA_KEY = DataKey(b"d" * 32)
OWN = DataKey(b"o" * 32)


def before(count: int) -> FakeLedger:
    """Return a ledger as an earlier version wrote it."""
    store, key = FakeLedger(), DATA_KEY.derive("quietdesk.ledger.v1")

    def mac(*parts: str) -> str:
        return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()

    for number in range(1, count + 1):
        head = store.head()
        previous, at, body = head.hash if head else GENESIS, "2026-10-01T00:00", '{"n":1}'
        digest = mac("quietdesk.ledger.row.v1", str(number), "sent", at, body, previous)
        proof = mac("quietdesk.ledger.head.v1", str(number), digest)
        row = Row(number, "sent", at, body, previous, digest)
        store.append(
            lambda _, row=row, proof=proof: Additions([row], Head(row.number, row.hash, proof))
        )
    return store


def ledger(store: FakeLedger, *, own: DataKey = OWN, data: DataKey | None = DATA_KEY) -> Ledger:
    return Ledger(store, own, Policy, before=data)


def test_rows_of_before_hold_as_they_are() -> None:
    assert ledger(before(5)).verify() == Proof(5, None)
    assert len(ledger(before(5)).proven("sent")) == 5


def test_a_row_marks_the_change_of_key_once_and_all_rows_hold() -> None:
    store = before(3)
    for _ in range(2):
        ledger(store).append("sent")
    assert [row.kind for row in store.rows()] == ["sent"] * 3 + [REKEYED, "sent", "sent"]
    assert json.loads(store.of_kinds((REKEYED,))[0].body)["until"] == 3
    assert ledger(store).verify() == Proof(6, None)
    assert len(ledger(store).proven("sent")) == 5


def test_a_new_ledger_has_no_change_of_key_and_holds_without_the_data_key() -> None:
    store = FakeLedger()
    ledger(store).append("sent")
    assert [row.kind for row in store.rows()] == ["sent"]
    assert ledger(store, data=None).verify() == Proof(1, None)
    assert ledger(store, data=DataKey.fresh()).verify() == Proof(1, None)


@pytest.mark.parametrize("number", [2, 4, 5])
def test_a_changed_row_before_or_after_the_change_of_key_is_named(number: int) -> None:
    store = before(3)
    ledger(store).append("sent")
    row = store._rows[number - 1]
    store._rows[number - 1] = Row(number, row.kind, row.at, "{}", row.previous, row.hash)
    broken = ledger(store).verify().broken
    assert broken
    assert broken.number == number


def test_who_has_the_data_key_alone_adds_no_row_after_the_change_of_key() -> None:
    store = before(3)
    ledger(store).append("sent")
    forged, last = before(6), store._rows[-1]
    key = DATA_KEY.derive("quietdesk.ledger.v1")
    parts = ("quietdesk.ledger.row.v1", "6", "sent", "2026", "{}", last.hash)
    digest = hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()
    store._rows.append(Row(6, "sent", "2026", "{}", last.hash, digest))
    store._head = forged.head()
    broken = ledger(store).verify().broken
    assert broken
    assert broken.number == 6
    with pytest.raises(Refused):
        ledger(store).proven("sent")


def test_the_key_of_a_ledger_is_kept_wrapped_and_opens_as_no_other(room: Room) -> None:
    accounts, tenant = room.home.accounts, room.tenant.id
    key = accounts.ledger_key(tenant)
    assert accounts.ledger_key(tenant) == key
    assert key != room.key
    query = "SELECT wrapped_key FROM ledger_keys WHERE tenant_id = :tenant"
    ((wrapped,),) = room.home.tamper(query, tenant=tenant)
    assert key.value not in bytes(wrapped)
    master = MasterKey(b"k" * 32)
    assert master.unwrap_ledger_key(tenant, bytes(wrapped)) == key
    for name, unwrap in (("other", master.unwrap_ledger_key), (tenant, master.unwrap)):
        with pytest.raises(KeyTrouble):
            unwrap(name, bytes(wrapped))


def test_the_key_of_a_ledger_outlives_its_tenant(room: Room) -> None:
    key = room.home.accounts.ledger_key(room.tenant.id)
    room.home.tamper("DELETE FROM tenants WHERE id = :tenant", tenant=room.tenant.id)
    assert room.home.accounts.ledger_key(room.tenant.id) == key
