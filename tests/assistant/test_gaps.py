"""What was asked in vain is kept redacted, and like questions stand together."""

from __future__ import annotations

import numpy as np

from assistant.flows.ask import ask
from assistant.flows.gaps import clusters, gaps
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
    angles = np.radians([0, 20, 40, 60, 180])  # a chain, and one that looks away
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert clusters(vectors, float(np.cos(np.radians(25)))) == [[0, 1], [2, 3], [4]]
