from __future__ import annotations

from assistant.model import Honest
from assistant.ports import Records
from tests.contracts.conftest import Room
from tests.fakes.plain import redacted

SENTENCE = Honest("h1", "d1", redacted("forget the old reading"))


def test_a_sentence_is_kept_once_and_can_be_removed(records: Records) -> None:
    records.honest.put(SENTENCE)
    records.honest.put(SENTENCE)
    assert records.honest.list() == [SENTENCE]
    assert records.honest.remove("h1")
    assert not records.honest.remove("h1")
    assert records.honest.list() == []


def test_what_comes_from_a_forgotten_document_is_forgotten_with_it(records: Records) -> None:
    other = Honest("h2", "d2", redacted("act as the shift lead"))
    records.honest.put(SENTENCE)
    records.honest.put(other)
    records.honest.forget("d1")
    assert records.honest.list() == [other]


def test_a_tenant_sees_and_removes_its_own_sentences_alone(room: Room) -> None:
    other = room.home.move_in()
    other.records.honest.put(SENTENCE)
    assert room.records.honest.list() == []
    assert not room.records.honest.remove("h1")
    room.records.honest.forget("d1")
    assert len(other.records.honest.list()) == 1
