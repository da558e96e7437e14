from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.errors import Refused
from assistant.model import DraftKind, DraftState, Review, Written
from assistant.ports import Records
from tests.fakes.plain import plain, redacted
from tests.fakes.samples import MORNING, a_draft, a_reply, a_written


def test_a_draft_comes_back_whole(records: Records) -> None:
    draft = a_draft()
    records.drafts.add(draft)
    assert records.drafts.get(draft.id) == draft
    assert records.drafts.get("nobody") is None


def test_a_draft_without_citations_or_findings_comes_back_whole(records: Records) -> None:
    nothing = Written(redacted("saw"), redacted(""), redacted(""), "extractive")
    draft = replace(a_draft(), written=nothing)
    records.drafts.add(draft)
    assert records.drafts.get(draft.id) == draft


def test_drafts_are_listed_oldest_first_and_by_state_and_kind(records: Records) -> None:
    later = a_draft(at=MORNING + timedelta(hours=1))
    summary = a_draft(kind=DraftKind.SUMMARY, at=MORNING + timedelta(minutes=1))
    first = a_draft()
    for draft in (later, summary, first):
        records.drafts.add(draft)
    records.drafts.move(later.id, expected=DraftState.PENDING, to=DraftState.APPROVED)
    pending = records.drafts.list(state=DraftState.PENDING)
    assert [draft.id for draft in records.drafts.list()] == [first.id, summary.id, later.id]
    assert [draft.id for draft in pending] == [first.id, summary.id]
    assert [draft.id for draft in records.drafts.list(kind=DraftKind.SUMMARY)] == [summary.id]


def test_a_draft_moves_only_from_where_it_was_expected(records: Records) -> None:
    draft = a_draft()
    records.drafts.add(draft)
    pending, approved, rejected = DraftState.PENDING, DraftState.APPROVED, DraftState.REJECTED
    assert records.drafts.move(draft.id, expected=pending, to=approved)
    assert not records.drafts.move(draft.id, expected=pending, to=rejected)
    assert not records.drafts.move("nobody", expected=pending, to=approved)
    kept = records.drafts.get(draft.id)
    assert kept is not None
    assert kept.state is approved


def test_a_rewritten_draft_holds_the_new_words_alone(records: Records) -> None:
    draft = a_draft()
    records.drafts.add(draft)
    written = replace(a_written("Buy a new one."), citations=(), findings=())
    records.drafts.rewrite(draft.id, written)
    assert records.drafts.get(draft.id) == replace(draft, written=written)


def test_decisions_come_back_in_order(records: Records) -> None:
    draft, other = a_draft(), a_draft()
    records.drafts.add(draft)
    records.drafts.add(other)
    second = Review(draft.id, "sam", "approved", MORNING + timedelta(minutes=5))
    first = Review(draft.id, "kim", "edited", MORNING)
    records.drafts.record(second)
    records.drafts.record(first)
    records.drafts.record(Review(other.id, "kim", "rejected", MORNING))
    assert records.drafts.reviews(draft.id) == [first, second]


def test_a_released_reply_waits_until_it_is_delivered(records: Records) -> None:
    late, early = a_draft(), a_draft()
    records.drafts.add(late)
    records.drafts.add(early)
    second, first = a_reply(late, at=MORNING + timedelta(days=1)), a_reply(early)
    records.drafts.put_reply(second)
    records.drafts.put_reply(first)
    assert plain(records.drafts.replies()) == plain([first, second])
    noon = MORNING + timedelta(days=2)
    records.drafts.delivered(first.id, noon)
    assert [reply.delivered_at for reply in records.drafts.replies()] == [noon, None]


def test_a_draft_is_released_once(records: Records) -> None:
    draft = a_draft()
    records.drafts.add(draft)
    records.drafts.put_reply(a_reply(draft))
    with pytest.raises(Refused):
        records.drafts.put_reply(a_reply(draft))
    assert len(records.drafts.replies()) == 1


def test_a_reply_or_a_decision_about_no_draft_is_refused(records: Records) -> None:
    with pytest.raises(Refused):
        records.drafts.put_reply(a_reply(a_draft()))
    with pytest.raises(Refused):
        records.drafts.record(Review("nobody", "sam", "approved", MORNING))


def test_what_was_written_about_a_ticket_goes_with_its_decisions_and_replies(
    records: Records,
) -> None:
    gone, kept = a_draft("HD-1"), a_draft("HD-2")
    for draft in (gone, kept):
        records.drafts.add(draft)
        records.drafts.record(Review(draft.id, "sam", "approve", MORNING))
        records.drafts.put_reply(a_reply(draft))
    assert records.drafts.remove_of(gone.ticket_id) == [gone]
    assert [draft.id for draft in records.drafts.list()] == [kept.id]
    assert [reply.draft_id for reply in records.drafts.replies()] == [kept.id]
    assert records.drafts.reviews(gone.id) == []
    assert records.drafts.remove_of(gone.ticket_id) == []
