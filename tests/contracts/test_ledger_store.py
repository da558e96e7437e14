from __future__ import annotations

import pytest

from assistant.adapters.records.ledger import SqlLedger
from assistant.ports import Records
from guardrails.audit.ledger import Ledger, Proof
from guardrails.crypto.keys import DataKey
from guardrails.policy import Policy
from tests.fakes.databases import Room
from tests.fakes.samples import fail_after


def test_an_empty_ledger_holds(records: Records) -> None:
    ledger = _ledger(records)
    assert ledger.verify() == Proof(0, None)
    assert list(ledger.rows()) == []


def test_rows_come_back_in_order_and_hold(records: Records) -> None:
    ledger = _ledger(records)
    appended = [ledger.append("sent", count=number, types={"PERSON": 2}) for number in range(25)]
    assert list(ledger.rows()) == appended
    assert [row.number for row in ledger.rows(after=20)] == [21, 22, 23, 24, 25]
    assert ledger.verify() == Proof(25, None)


def test_the_last_rows_come_in_order(records: Records) -> None:
    ledger = _ledger(records)
    for number in range(12):
        ledger.append("sent", count=number)
    assert [row.number for row in ledger.last(3)] == [10, 11, 12]
    assert [row.number for row in ledger.last(3, after=11)] == [12]
    assert len(ledger.last(100)) == 12


def test_a_ledger_of_several_pages_is_read_to_its_end(room: Room) -> None:
    ledger = Ledger(SqlLedger(room.records._scope, page=7), room.key, Policy)
    for number in range(21):
        ledger.append("sent", count=number)
    assert [row.number for row in ledger.rows()] == list(range(1, 22))
    assert ledger.verify() == Proof(21, None)


def test_a_row_goes_with_the_state_that_it_speaks_of(records: Records) -> None:
    ledger = _ledger(records)
    ledger.append("kept")
    with pytest.raises(ZeroDivisionError):
        fail_after(records, lambda: ledger.append("lost"))
    assert [row.kind for row in ledger.rows()] == ["kept"]
    assert ledger.append("next").number == 2
    assert ledger.verify() == Proof(2, None)


def _ledger(records: Records) -> Ledger:
    return Ledger(records.ledger, DataKey(b"l" * 32), Policy)
