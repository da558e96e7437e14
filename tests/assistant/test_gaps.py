"""Unanswered questions are kept redacted, and similar ones are grouped."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.flows.ask import ask
from assistant.flows.gaps import clusters, gaps
from assistant.ports import Vectors
from assistant.search.filters import DocumentFilter
from guardrails import RawText
from tests.fakes.desks import a_desk
from tests.fakes.samples import a_document, chunks_of


def test_a_question_that_nothing_answers_is_kept_redacted() -> None:
    desk = a_desk("Priya Raghunathan")
    assert not ask(desk, RawText("Where does Priya Raghunathan park?")).answerable
    (group,) = gaps(desk)
    assert group.typical.reveal() == "Where does <PERSON> park?"


def test_what_a_filter_left_out_is_no_gap() -> None:
    desk = a_desk()
    document = a_document("vpn/guide.md")
    desk.records.documents.put(document, chunks_of(document, ["Of no use."]))
    found = ask(desk, RawText("Where is the car park?"), filters=DocumentFilter(type="md"))
    assert (found.answerable, found.narrowed) == (False, True)
    assert gaps(desk) == []


def test_like_questions_stand_together_and_the_most_often_asked_comes_first() -> None:
    desk = a_desk()
    for question in ("reset my badge", "park the car where", "reset the badge", "reset a badge"):
        ask(desk, RawText(question))
    groups = gaps(desk)
    assert [len(each.gaps) for each in groups] == [3, 1]
    assert "badge" in groups[0].typical.reveal()
    assert groups[0].last_asked == max(each.asked_at for each in groups[0].gaps)


def test_nothing_asked_in_vain_is_no_group() -> None:
    assert gaps(a_desk()) == []


def test_two_groups_join_only_when_they_are_alike_on_average() -> None:
    angles = np.radians([0, 20, 40, 60, 180])  # a chain, and one in the opposite direction
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert clusters(vectors, float(np.cos(np.radians(25)))) == [[0, 1], [2, 3], [4]]


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 14), st.floats(0.0, 0.9))
def test_the_groups_are_those_of_joining_the_two_most_alike_again_and_again(
    seed: int, count: int, alike: float
) -> None:
    rows = np.random.default_rng(seed).normal(size=(count, 4)).astype(np.float32)
    vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    assert clusters(vectors, alike) == sorted(_joined_one_by_one(vectors, alike))


def test_a_thousand_equal_questions_are_one_group() -> None:
    vectors = np.tile(np.array([[0.6, 0.8]], dtype=np.float32), (1000, 1))
    assert clusters(vectors, 0.6) == [list(range(1000))]


def _joined_one_by_one(vectors: Vectors, alike: float) -> list[list[int]]:
    groups = [[at] for at in range(len(vectors))]
    near = vectors.astype("f8") @ vectors.astype("f8").T
    while len(groups) > 1:
        pairs = [(one, two) for one in groups for two in groups if one < two]
        best = max(pairs, key=lambda pair: near[np.ix_(*pair)].mean())
        if near[np.ix_(*best)].mean() < alike:
            break
        groups = [each for each in groups if each not in best] + [sorted(best[0] + best[1])]
    return groups
