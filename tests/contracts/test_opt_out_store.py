from __future__ import annotations

from datetime import timedelta

from assistant.model import OptOut
from assistant.ports import Records
from tests.contracts.conftest import Room
from tests.fakes.plain import plain
from tests.fakes.samples import MORNING, PRIYA, TOM

HERS = OptOut("1" * 32, PRIYA, frozenset({"a" * 64, "b" * 64}), MORNING, "rita")
HIS = OptOut("2" * 32, TOM, frozenset({"c" * 64}), MORNING + timedelta(hours=1), "")


def test_people_who_opted_out_come_back_oldest_first(records: Records) -> None:
    records.opt_outs.put(HIS)
    records.opt_outs.put(HERS)
    assert [plain(each) for each in records.opt_outs.list()] == [plain(HERS), plain(HIS)]


def test_each_key_names_its_note(records: Records) -> None:
    records.opt_outs.put(HERS)
    records.opt_outs.put(HIS)
    assert dict(records.opt_outs.keys()) == {
        "a" * 64: HERS.id,
        "b" * 64: HERS.id,
        "c" * 64: HIS.id,
    }


def test_a_note_is_replaced_and_removed(records: Records) -> None:
    records.opt_outs.put(HERS)
    records.opt_outs.put(OptOut(HERS.id, PRIYA, frozenset({"d" * 64}), MORNING, "rita"))
    assert dict(records.opt_outs.keys()) == {"d" * 64: HERS.id}
    assert records.opt_outs.remove(HERS.id)
    assert not records.opt_outs.remove(HERS.id)
    assert records.opt_outs.list() == []


def test_a_tenant_sees_and_removes_its_own_notes_alone(room: Room) -> None:
    other = room.home.move_in()
    other.records.opt_outs.put(HERS)
    assert room.records.opt_outs.keys() == {}
    assert room.records.opt_outs.list() == []
    assert not room.records.opt_outs.remove(HERS.id)
    assert len(other.records.opt_outs.list()) == 1
