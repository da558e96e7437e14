from __future__ import annotations

from datetime import timedelta

import numpy as np

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


def test_a_vector_is_kept_with_its_question_for_the_embedder_that_made_it(
    records: Records,
) -> None:
    gaps = [_gap(f"Question {at}", at) for at in range(3)]
    for gap in gaps[:2]:
        records.gaps.put(gap, keep=2)
    one, two = (np.array([at, 0.5], dtype=np.float32) for at in (1, 2))
    records.gaps.put_vectors("mini", {gaps[0].id: one, gaps[1].id: two, "nobody": one})
    kept = records.gaps.vectors("mini")
    assert {key: each.tolist() for key, each in kept.items()} == {
        gaps[0].id: [1, 0.5], gaps[1].id: [2, 0.5]
    }  # fmt: skip
    assert records.gaps.vectors("large") == {}
    records.gaps.put_vectors("large", {gaps[1].id: one})
    records.gaps.put(gaps[2], keep=2)
    assert records.gaps.vectors("mini") == {}
    assert records.gaps.vectors("large").keys() == {gaps[1].id}


def test_a_tenant_sees_and_pushes_out_its_own_questions_alone(room: Room) -> None:
    other = room.home.move_in()
    other.records.gaps.put(_gap("Theirs", 0), keep=1)
    room.records.gaps.put(_gap("Ours", 1), keep=1)
    assert [each.question.reveal() for each in other.records.gaps.list()] == ["Theirs"]


def _gap(question: str, minutes: int) -> Gap:
    return Gap(new_id(), MORNING + timedelta(minutes=minutes), redacted(question))
