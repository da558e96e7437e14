"""A person concerned challenges a reply, and another person takes the second look in time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.desk import Desk
from assistant.errors import BadInput, NotFound, NotPermitted, Refused
from assistant.flows import challenges, review
from assistant.flows.by_hand import write_reply
from assistant.flows.challenges import decide, draft_of_reply, open_challenge
from assistant.flows.forget import forget_ticket
from assistant.flows.summarise import summarise
from assistant.model import Challenge, ChallengeOutcome, ChallengeReason, Draft
from guardrails import RawText
from guardrails.identity.permissions import Person
from guardrails.policy.words import SecondLook
from tests.assistant.test_ai_off import made
from tests.assistant.test_by_hand import AGENT, OTHER, REVIEWER, STRANGER
from tests.fakes.policies import a_policy

THIRD = Person("tess", "harbour", id="u-tess", may_read=True, may_release=True)
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
WRONG = ChallengeReason.WRONG
UPHELD = ChallengeOutcome.UPHELD


def at(desk: Desk, now: datetime) -> Desk:
    return replace(desk, clock=lambda: now)


@pytest.fixture
def desk() -> Desk:
    """A desk at noon whose policy asks for another person."""
    return at(made(a_policy()), NOON)


def written(desk: Desk) -> Draft:
    return write_reply(desk, AGENT, "HD-1", RawText("Hello Priya, clean the tray."))


def released(desk: Desk) -> Draft:
    """A reply that Ada wrote, Olaf approved and Rita released."""
    draft = written(desk)
    review.approve(desk, OTHER, draft.id)
    review.release(desk, REVIEWER, draft.id)
    return draft


def challenged(desk: Desk) -> Challenge:
    return open_challenge(desk, AGENT, released(desk).id, WRONG)


def rows(desk: Desk, kind: str) -> list[dict[str, object]]:
    return [json.loads(row.body) for row in desk.ledger.rows() if row.kind == kind]


def test_a_challenge_is_due_at_the_end_of_the_policys_last_day(desk: Desk) -> None:
    found = challenged(desk)
    assert found.due_at == datetime(2027, 3, 11, 23, 59, 59, 999999, tzinfo=UTC)
    assert challenges.overdue(at(desk, found.due_at)) == []
    assert challenges.overdue(at(desk, found.due_at + timedelta(seconds=1))) == [found]


def test_a_rejected_reply_can_be_challenged(desk: Desk) -> None:
    draft = written(desk)
    review.reject(desk, REVIEWER, draft.id)
    assert open_challenge(desk, AGENT, draft.id, ChallengeReason.REFUSED).draft_id == draft.id


def test_what_still_waits_and_a_summary_cannot_be_challenged(desk: Desk) -> None:
    for draft in (written(desk), summarise(desk, "HD-1")):
        with pytest.raises(Refused, match="released or rejected"):
            open_challenge(desk, AGENT, draft.id, WRONG)
    assert desk.records.challenges.list() == []


def test_a_person_of_another_tenant_opens_and_decides_nothing(desk: Desk) -> None:
    draft = released(desk)
    with pytest.raises(NotPermitted):
        open_challenge(desk, STRANGER, draft.id, WRONG)
    found = open_challenge(desk, AGENT, draft.id, WRONG)
    with pytest.raises(NotPermitted):
        decide(desk, STRANGER, found.id, UPHELD)


def test_one_challenge_of_a_reply_is_open_at_a_time(desk: Desk) -> None:
    found = challenged(desk)
    with pytest.raises(Refused, match="open already"):
        open_challenge(desk, AGENT, found.draft_id, WRONG)
    decide(desk, THIRD, found.id, UPHELD)
    assert open_challenge(desk, AGENT, found.draft_id, WRONG).id != found.id


def test_a_person_without_the_reviewer_role_does_not_decide(desk: Desk) -> None:
    found = challenged(desk)
    with pytest.raises(NotPermitted):
        decide(desk, AGENT, found.id, UPHELD)


@pytest.mark.parametrize("who", [OTHER, REVIEWER])
def test_who_approved_or_released_the_reply_does_not_decide(desk: Desk, who: Person) -> None:
    found = challenged(desk)
    with pytest.raises(Refused, match="another person") as refused:
        decide(desk, who, found.id, UPHELD)
    assert refused.value.safe == "The challenge is still open."
    assert challenges.undecided(desk) == [found]


def test_who_opened_the_challenge_does_not_decide(desk: Desk) -> None:
    found = open_challenge(desk, THIRD, released(desk).id, WRONG)
    with pytest.raises(Refused, match="You opened this challenge"):
        decide(desk, THIRD, found.id, UPHELD)


def test_where_the_policy_allows_anybody_the_same_reviewer_decides() -> None:
    desk = made(a_policy(second_look=SecondLook.ANYBODY))
    found = challenged(desk)
    assert decide(desk, REVIEWER, found.id, UPHELD).decided_by == REVIEWER.id


def test_the_outcome_is_kept_with_ledger_rows_by_user_id(desk: Desk) -> None:
    found = challenged(desk)
    late = at(desk, found.due_at + timedelta(days=1))
    done = decide(late, THIRD, found.id[:8], ChallengeOutcome.CHANGED)
    assert (done.outcome, done.decided_by) == (ChallengeOutcome.CHANGED, "u-tess")
    with pytest.raises(Refused, match="decided already: changed"):
        decide(desk, THIRD, found.id, UPHELD)
    (opened,) = rows(desk, "challenge.opened")
    assert (opened["challenge"], opened["by"], opened["reason"]) == (found.id, "u-ada", "wrong")
    (decided,) = rows(desk, "challenge.decided")
    assert (decided["by"], decided["outcome"], decided["late"]) == ("u-tess", "changed", True)


def test_open_challenges_are_listed_before_decided_ones_and_the_first_due_first(desk: Desk) -> None:
    second = challenged(desk)
    third = open_challenge(at(desk, NOON + timedelta(days=2)), AGENT, released(desk).id, WRONG)
    first = open_challenge(at(desk, NOON - timedelta(days=9)), AGENT, released(desk).id, WRONG)
    decide(desk, THIRD, second.id, UPHELD)
    assert [each.id for each in challenges.listed(desk)] == [first.id, third.id]
    listed = challenges.listed(desk, decided=True)
    assert [each.id for each in listed] == [first.id, third.id, second.id]


def test_a_challenge_is_erased_with_its_ticket(desk: Desk) -> None:
    challenged(desk)
    forget_ticket(desk, "HD-1")
    assert desk.records.challenges.list() == []


def test_a_reply_and_a_challenge_are_found_by_the_beginning_of_their_ids(desk: Desk) -> None:
    draft = released(desk)
    (reply,) = desk.records.drafts.replies()
    assert draft_of_reply(desk, reply.id[:8]) == draft.id
    for start in ("", "nobody"):
        with pytest.raises(NotFound):
            draft_of_reply(desk, start)
        with pytest.raises(NotFound):
            decide(desk, THIRD, start, UPHELD)
    for name in ("ab1", "ab2"):
        due = NOON + timedelta(days=1)
        desk.records.challenges.add(
            Challenge(name, draft.id, draft.ticket_id, WRONG, NOON, "u-ada", due)
        )
    with pytest.raises(BadInput, match="2 challenges begin with ab"):
        decide(desk, THIRD, "ab", UPHELD)
