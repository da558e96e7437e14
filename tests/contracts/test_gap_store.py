from __future__ import annotations

from datetime import timedelta

from assistant.model import Gap, new_id
from assistant.ports import Records
from tests.contracts.conftest import Room
from tests.fakes.plain import redacted
from tests.fakes.samples import MORNING


def test_questions_come_back_newest_first_and_the_oldest_make_room(records: Records) -> None:
    for at in range(4):
        records.gaps.put(_gap(f"Question {at}", at), keep=3)
    assert [each.question.reveal() for each in records.gaps.list()] == [
        "Question 3", "Question 2", "Question 1"
    ]  # fmt: skip
    assert records.gaps.list()[0].asked_at == MORNING + timedelta(minutes=3)


def test_a_tenant_sees_and_pushes_out_its_own_questions_alone(room: Room) -> None:
    other = room.home.move_in()
    other.records.gaps.put(_gap("Theirs", 0), keep=1)
    room.records.gaps.put(_gap("Ours", 1), keep=1)
    assert [each.question.reveal() for each in other.records.gaps.list()] == ["Theirs"]


def _gap(question: str, minutes: int) -> Gap:
    return Gap(new_id(), MORNING + timedelta(minutes=minutes), redacted(question))
