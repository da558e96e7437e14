"""What became of drafts is kept as numbers, by reviewer, writer and topic."""

from __future__ import annotations

import json

import pytest

from assistant.desk import Desk
from assistant.flows import review
from assistant.flows.distance import edit_distance
from assistant.flows.draft import draft_reply
from assistant.flows.track_record import Figures, track_record
from guardrails import RawText
from guardrails.identity.permissions import Person
from guardrails.policy import Policy, Rules
from tests.fakes.desks import a_desk
from tests.fakes.tickets import import_tickets

RITA = Person("r@x", "harbour", may_read=True, may_release=True, id="rita")
REX = Person("x@x", "harbour", may_read=True, may_release=True, id="rex")


@pytest.mark.parametrize(
    ("before", "after", "distance"),
    [
        ("", "", 0),
        ("a b c d", "a b c d", 0),
        ("a b c d", "a x c d", 0.25),
        ("a b c d", "a b c", 0.25),
        ("a b", "c d e f", 1),
        ("", "a", 1),
        ("a b c", "b c a", 2 / 3),
    ],
)
def test_the_distance_is_the_share_of_words_changed(
    before: str, after: str, distance: float
) -> None:
    assert edit_distance(before, after) == pytest.approx(distance)
    assert edit_distance(after, before) == pytest.approx(distance)


def drafted(desk: Desk, reference: str) -> str:
    ticket = {"id": reference, "turns": [{"text": "The printer jams."}]}
    import_tickets(desk, RawText(json.dumps(ticket)), "t.jsonl")
    return draft_reply(desk, reference).id


def of(desk: Desk, by: str) -> dict[str, Figures]:
    return {each.name: each for each in track_record(desk) if each.by == by}


def test_acceptance_changes_and_time_are_counted_for_each() -> None:
    desk = a_desk()
    as_drafted, edited, refused, waiting = (drafted(desk, f"T-{at}") for at in range(4))
    review.approve(desk, RITA, as_drafted)
    review.release(desk, RITA, as_drafted)
    review.edit(desk, REX, edited, RawText("Please restart the printer."))
    review.edit(desk, REX, edited, RawText("Please restart it."))
    review.approve(desk, REX, edited)
    review.release(desk, REX, edited)
    review.reject(desk, RITA, refused)
    review.approve(desk, RITA, waiting)
    reviewers, writers = of(desk, "reviewer"), of(desk, "writer")
    assert (reviewers["rita"].decided, reviewers["rita"].acceptance) == (2, 0.5)
    assert (reviewers["rita"].unchanged, reviewers["rita"].distance_p50) == (1, 0)
    assert reviewers["rex"].unchanged == 0
    assert (reviewers["rex"].distance_p50 or 0) > 0.5
    assert list(writers) == ["extractive"]
    assert (writers["extractive"].released, writers["extractive"].rejected) == (2, 1)
    assert of(desk, "topic")["no document"].decided == 3
    assert all(each.seconds_p50 is not None for each in track_record(desk))


def test_no_word_of_a_reply_is_in_the_figures_or_the_ledger() -> None:
    desk = a_desk()
    draft = drafted(desk, "T-1")
    review.edit(desk, RITA, draft, RawText("Quincewort is the answer."))
    review.approve(desk, RITA, draft)
    review.release(desk, RITA, draft)
    assert "Quincewort" not in repr(track_record(desk))
    rows = [row.body for row in desk.ledger.rows()]
    assert not any("Quincewort" in body for body in rows)
    assert json.loads(rows[-1])["changed_permille"] > 0


def test_figures_about_fewer_cases_than_the_policy_asks_for_are_left_out() -> None:
    desk = a_desk(policy=Policy(rules=Rules(least_count=2)))
    for at in range(3):
        reviewer = RITA if at else REX
        review.reject(desk, reviewer, drafted(desk, f"T-{at}"))
    assert list(of(desk, "reviewer")) == ["rita"]
