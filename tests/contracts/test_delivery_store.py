from __future__ import annotations

from dataclasses import replace

from assistant.model import Delivery, Draft
from assistant.ports import Records
from tests.contracts.conftest import Room
from tests.fakes.samples import MORNING, a_draft, a_reply


def test_attempts_are_replaced_by_the_next_and_forgotten_alone(records: Records) -> None:
    one, two = _reply(records), _reply(records)
    records.deliveries.put(one)
    records.deliveries.put(two)
    later = replace(one, attempts=2, failure="http-422", next_at=None)
    records.deliveries.put(later)
    assert set(records.deliveries.all()) == {later, two}
    records.deliveries.remove(two.reply_id)
    records.deliveries.remove("nobody")
    assert records.deliveries.all() == [later]


def test_attempts_go_with_the_reply(room: Room) -> None:
    draft = a_draft()
    room.records.deliveries.put(_reply(room.records, draft))
    room.records.drafts.remove_of(draft.ticket_id)
    assert room.records.deliveries.all() == []


def test_a_tenant_sees_its_own_attempts_alone(room: Room) -> None:
    other = room.home.move_in()
    kept = _reply(room.records)
    room.records.deliveries.put(kept)
    other.records.deliveries.remove(kept.reply_id)
    assert other.records.deliveries.all() == []
    assert room.records.deliveries.all() == [kept]


def _reply(records: Records, draft: Draft | None = None) -> Delivery:
    draft = draft or a_draft()
    records.drafts.add(draft)
    reply = a_reply(draft)
    records.drafts.put_reply(reply)
    return Delivery(reply.id, 1, "http-500", MORNING)
