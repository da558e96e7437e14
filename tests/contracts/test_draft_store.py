from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.errors import Refused
from assistant.model import DraftKind, DraftState, Review, Thread, Written
from assistant.ports import Records
from guardrails.ai_mark import AiMark
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
    pending = records.drafts.list(states=[DraftState.PENDING])
    both = records.drafts.list(states=[DraftState.PENDING, DraftState.APPROVED])
    assert [draft.id for draft in records.drafts.list()] == [first.id, summary.id, later.id]
    assert [draft.id for draft in pending] == [first.id, summary.id]
    assert [draft.id for draft in both] == [first.id, summary.id, later.id]
    assert [draft.id for draft in records.drafts.list(ticket_id=first.ticket_id)] == [first.id]
    assert [draft.id for draft in records.drafts.list(kind=DraftKind.SUMMARY)] == [summary.id]


def test_a_newer_draft_supersedes_those_that_wait_and_no_others(records: Records) -> None:
    mine = [a_draft(at=MORNING + timedelta(minutes=at)) for at in range(3)]
    summary, other = a_draft(kind=DraftKind.SUMMARY), a_draft()
    for draft in (*mine, summary):
        records.drafts.add(replace(draft, ticket_id="one"))
    records.drafts.add(replace(other, ticket_id="two"))
    records.drafts.move(mine[1].id, expected=DraftState.PENDING, to=DraftState.APPROVED)
    records.drafts.move(mine[2].id, expected=DraftState.PENDING, to=DraftState.REJECTED)
    gone = records.drafts.supersede("one", DraftKind.REPLY)
    assert sorted(gone) == sorted([mine[0].id, mine[1].id])
    superseded = records.drafts.list(states=[DraftState.SUPERSEDED])
    assert [each.id for each in superseded] == [mine[0].id, mine[1].id]
    assert records.drafts.supersede("one", DraftKind.REPLY) == []


def test_what_a_draft_was_made_for_is_known_without_its_texts(records: Records) -> None:
    draft = replace(a_draft(), turns=2, digest="d" * 64)
    records.drafts.add(draft)
    records.drafts.add(a_draft(kind=DraftKind.SUMMARY))
    (made,) = records.drafts.made(DraftKind.REPLY)
    assert (made.id, made.reference, made.state) == (draft.id, draft.reference, draft.state)
    assert made.thread == Thread(2, "d" * 64)
    records.drafts.seen(draft.id, Thread(3, "e" * 64))
    kept = records.drafts.get(draft.id)
    assert kept == replace(draft, turns=3, digest="e" * 64)


def test_decisions_are_counted_without_a_text(records: Records) -> None:
    draft = a_draft()
    edited = replace(draft.written, writer="person", drafted=redacted("x"), drafted_by="model m")
    records.drafts.add(draft)
    records.drafts.rewrite(draft.id, edited)
    records.drafts.record(Review(draft.id, "rita", "reply.released", MORNING, 0.25))
    (decision,) = records.drafts.decisions()
    assert (decision.writer, decision.by, decision.distance) == ("model m", "rita", 0.25)
    assert decision.document_id == min(edited.citations, key=lambda each: each.number).document_id
    kept = records.drafts.get(draft.id)
    assert kept is not None
    assert kept.written == edited


def test_the_newest_draft_of_each_kind_about_a_ticket_is_found(records: Records) -> None:
    old, summary, new, other = (
        replace(a_draft(kind=kind, at=MORNING + timedelta(hours=at)), ticket_id=ticket)
        for at, (ticket, kind) in enumerate(
            [
                ("one", DraftKind.REPLY),
                ("one", DraftKind.SUMMARY),
                ("one", DraftKind.REPLY),
                ("two", DraftKind.REPLY),
            ]
        )
    )
    for draft in (new, other, old, summary):
        records.drafts.add(draft)
    assert records.drafts.newest("one") == [summary, new]
    assert records.drafts.newest("two") == [other]
    assert records.drafts.newest("three") == []


def test_ids_are_found_by_how_they_begin(records: Records) -> None:
    ids = ["ab01", "ab02", "a%01"]
    for each in ids:
        records.drafts.add(replace(a_draft(), id=each))
    assert records.drafts.ids("ab", 5) == ["ab01", "ab02"]
    assert records.drafts.ids("ab", 1) == ["ab01"]
    assert records.drafts.ids("a%", 5) == ["a%01"]
    assert records.drafts.ids("AB", 5) == []
    assert len(records.drafts.ids("", 5)) == 3


def test_drafts_that_cite_one_of_some_documents_are_counted(records: Records) -> None:
    drafts = [a_draft(), a_draft()]
    for draft in drafts:
        records.drafts.add(draft)
    cited = [draft.written.citations[0].document_id for draft in drafts]
    assert records.drafts.citing({cited[0]}) == (2 if cited[0] == cited[1] else 1)
    assert records.drafts.citing({*cited, "nobody"}) == 2
    assert records.drafts.citing(set()) == records.drafts.citing({"nobody"}) == 0


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
    marked = replace(a_reply(early), ai=AiMark(generated=True, notices=("An AI helped.", "Ask.")))
    second, first = a_reply(late, at=MORNING + timedelta(days=1)), marked
    records.drafts.put_reply(second)
    records.drafts.put_reply(first)
    assert plain(records.drafts.replies()) == plain([first, second])
    noon = MORNING + timedelta(days=2)
    records.drafts.delivered(first.id, noon)
    assert [reply.delivered_at for reply in records.drafts.replies()] == [noon, None]
    assert plain(records.drafts.replies(waiting=True)) == plain([second])


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
