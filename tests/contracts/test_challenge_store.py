from __future__ import annotations

from datetime import timedelta

import pytest

from assistant.errors import Refused
from assistant.model import Challenge, ChallengeOutcome, ChallengeReason, Draft, new_id
from assistant.ports import Records
from tests.contracts.conftest import Room
from tests.fakes.samples import MORNING, a_draft

LATER = MORNING + timedelta(days=3)


def a_challenge(draft: Draft, *, days: int = 10) -> Challenge:
    due = MORNING + timedelta(days=days)
    return Challenge(
        new_id(), draft.id, draft.ticket_id, ChallengeReason.WRONG, MORNING, "ada", due
    )


def test_challenges_come_back_whole_the_first_that_is_due_first(records: Records) -> None:
    draft = a_draft()
    records.drafts.add(draft)
    late, soon = a_challenge(draft), a_challenge(draft, days=2)
    records.challenges.add(late)
    records.challenges.add(soon)
    assert records.challenges.list() == [soon, late]


def test_an_outcome_is_kept_once_and_never_changed(records: Records) -> None:
    draft = a_draft()
    records.drafts.add(draft)
    made = a_challenge(draft)
    records.challenges.add(made)
    assert records.challenges.decide(made.id, ChallengeOutcome.CHANGED, by="olaf", at=LATER)
    assert not records.challenges.decide(made.id, ChallengeOutcome.UPHELD, by="rita", at=LATER)
    assert not records.challenges.decide("nobody", ChallengeOutcome.UPHELD, by="rita", at=LATER)
    (kept,) = records.challenges.list()
    assert (kept.outcome, kept.decided_by, kept.decided_at) == (
        ChallengeOutcome.CHANGED,
        "olaf",
        LATER,
    )


def test_a_challenge_of_an_unknown_draft_is_refused(records: Records) -> None:
    with pytest.raises(Refused):
        records.challenges.add(a_challenge(a_draft()))


def test_challenges_go_with_their_drafts(records: Records) -> None:
    gone, left = a_draft(), a_draft()
    for draft in (gone, left):
        records.drafts.add(draft)
        records.challenges.add(a_challenge(draft))
    records.drafts.remove_of(gone.ticket_id)
    assert [each.draft_id for each in records.challenges.list()] == [left.id]


def test_a_tenant_sees_and_decides_its_own_challenges_alone(room: Room) -> None:
    other, draft = room.home.move_in(), a_draft()
    other.records.drafts.add(draft)
    made = a_challenge(draft)
    other.records.challenges.add(made)
    assert room.records.challenges.list() == []
    assert not room.records.challenges.decide(made.id, ChallengeOutcome.UPHELD, by="rita", at=LATER)
    assert other.records.challenges.list() == [made]
