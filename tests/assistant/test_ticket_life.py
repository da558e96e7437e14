"""A draft and the ticket it was made for: what is new, what is answered, what wants no reply."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from assistant.desk import Desk
from assistant.errors import BadInput, Refused
from assistant.flows import review
from assistant.flows.draft import draft_reply
from assistant.flows.seen import mark_seen, news_of, state_of
from assistant.flows.summarise import summarise
from assistant.flows.unanswered import ANSWERED, choose, why_not
from assistant.model import Draft, DraftKind, DraftState
from assistant.threads.senders import SenderKind
from guardrails import RawText
from guardrails.identity.permissions import Person
from tests.fakes.desks import a_desk
from tests.fakes.tickets import import_tickets

REVIEWER = Person("rita", "harbour", may_read=True, may_release=True)
ASKS = "The label printer prints blank labels."
AGAIN = "Never mind the labels. My question now: the scanner jams."


def turn(text: str, role: str = "requester", **more: Any) -> dict[str, Any]:
    author = {"requester": "Priya Raghunathan", "agent": "Tom Okafor"}.get(role, "System")
    return {"at": "2026-10-12T08:14:00Z", "author": author, "role": role, "text": text, **more}


def bring(desk: Desk, *turns: dict[str, Any], reference: str = "HD-1", **fields: Any) -> None:
    ticket = {
        "id": reference,
        "subject": "Labels",
        "requester": {"name": "Priya Raghunathan", "email": "priya@harbour.example"},
        "turns": turns,
        **fields,
    }
    import_tickets(desk, RawText(json.dumps(ticket)), "tickets.jsonl")


@pytest.fixture
def desk() -> Desk:
    return a_desk("Tom")


@pytest.fixture
def draft(desk: Desk) -> Draft:
    bring(desk, turn(ASKS))
    return draft_reply(desk, "HD-1")


def state(desk: Desk, draft: Draft) -> DraftState:
    kept = desk.records.drafts.get(draft.id)
    assert kept
    return kept.state


def kinds(desk: Desk) -> list[str]:
    return [row.kind for row in desk.ledger.rows()]


def test_a_draft_is_up_to_date_until_the_requester_writes_again(desk: Desk, draft: Draft) -> None:
    assert (draft.turns, news_of(desk, draft)) == (1, 0)
    bring(desk, turn(ASKS), turn(AGAIN), turn("Hello?"))
    assert news_of(desk, draft) == 2


def test_a_changed_text_makes_a_draft_stale_too(desk: Desk, draft: Draft) -> None:
    bring(desk, turn(ASKS + " All of them."))
    assert news_of(desk, draft) == 1


def test_the_same_ticket_imported_again_or_closed_leaves_a_draft_up_to_date(
    desk: Desk, draft: Draft
) -> None:
    bring(desk, turn(ASKS), status="solved", priority="high")
    assert news_of(desk, draft) == 0


def test_a_stale_draft_is_neither_approved_nor_released_before_the_news_was_seen(
    desk: Desk, draft: Draft
) -> None:
    bring(desk, turn(ASKS), turn(AGAIN))
    with pytest.raises(Refused, match="1 new message came after"):
        review.approve(desk, REVIEWER, draft.id)
    review.approve(desk, REVIEWER, draft.id, seen="2")
    review.release(desk, REVIEWER, draft.id)
    kept = ["draft.seen", "draft.approved", "identity.restored", "reply.released"]
    assert kinds(desk)[-4:] == kept
    actions = [each.action for each in desk.records.drafts.reviews(draft.id)]
    assert actions == ["draft.seen", "draft.approved", "reply.released"]
    assert json.loads([*desk.ledger.rows()][-4].body)["turns"] == 2


def test_a_message_between_approval_and_release_holds_the_reply_back(
    desk: Desk, draft: Draft
) -> None:
    review.approve(desk, REVIEWER, draft.id)
    bring(desk, turn(ASKS), turn(AGAIN))
    with pytest.raises(Refused, match="new message"):
        review.release(desk, REVIEWER, draft.id)
    assert not desk.records.drafts.replies()
    assert state(desk, draft) is DraftState.APPROVED
    mark_seen(desk, REVIEWER, draft.id, state_of(desk, draft))
    review.release(desk, REVIEWER, draft.id)
    assert len(desk.records.drafts.replies()) == 1


@pytest.mark.parametrize("seen", ["1", "3", "2-00000000"])
def test_what_was_seen_must_be_what_is_there_now(desk: Desk, draft: Draft, seen: str) -> None:
    bring(desk, turn(ASKS), turn(AGAIN))
    with pytest.raises(Refused, match="has changed since you read it"):
        review.approve(desk, REVIEWER, draft.id, seen=seen)
    assert state(desk, draft) is DraftState.PENDING
    assert "draft.seen" not in kinds(desk)


def test_a_message_that_changes_while_a_person_decides_is_not_taken_as_seen(
    desk: Desk, draft: Draft
) -> None:
    bring(desk, turn(ASKS), turn(AGAIN))
    read = state_of(desk, draft)
    bring(desk, turn(ASKS), turn(AGAIN + " It also beeps."))
    with pytest.raises(Refused, match="has changed"):
        review.approve(desk, REVIEWER, draft.id, seen=read)


@pytest.mark.parametrize("seen", ["", "all", "two", "-1", "2-XYZ"])
def test_seen_is_a_number_or_what_was_shown(desk: Desk, draft: Draft, seen: str) -> None:
    bring(desk, turn(ASKS), turn(AGAIN))
    with pytest.raises(BadInput):
        mark_seen(desk, REVIEWER, draft.id, seen)


def test_a_draft_of_an_earlier_version_is_not_called_stale(desk: Desk, draft: Draft) -> None:
    old = replace(draft, id="0" * 32, turns=0, digest="")
    desk.records.drafts.add(old)
    bring(desk, turn(ASKS), turn(AGAIN))
    assert news_of(desk, old) == 0


def test_a_newer_draft_replaces_the_older_one(desk: Desk, draft: Draft) -> None:
    summary = summarise(desk, "HD-1")
    review.approve(desk, REVIEWER, draft.id)
    newer = draft_reply(desk, "HD-1")
    assert state(desk, draft) is DraftState.SUPERSEDED
    assert state(desk, summary) is DraftState.PENDING
    assert [each.id for each in review.pending(desk, REVIEWER)] == [newer.id]
    assert kinds(desk)[-2:] == ["draft.queued", "draft.superseded"]
    for act in (review.approve, review.release, review.reject):
        with pytest.raises(Refused, match="superseded"):
            act(desk, REVIEWER, draft.id)
    with pytest.raises(Refused, match="superseded"):
        review.edit(desk, REVIEWER, draft.id, RawText("Hello"))


def test_a_released_reply_is_not_replaced(desk: Desk, draft: Draft) -> None:
    review.approve(desk, REVIEWER, draft.id)
    review.release(desk, REVIEWER, draft.id)
    draft_reply(desk, "HD-1")
    assert state(desk, draft) is DraftState.RELEASED


def wanted(desk: Desk, kind: DraftKind = DraftKind.REPLY) -> tuple[str, ...]:
    return choose(desk, [row.reference for row in desk.records.tickets.list()], kind).wanted


def test_what_was_drafted_is_not_drafted_again_and_a_follow_up_is(desk: Desk) -> None:
    bring(desk, turn(ASKS))
    assert wanted(desk) == ("HD-1",)
    made = draft_reply(desk, "HD-1")
    assert wanted(desk) == ()
    review.approve(desk, REVIEWER, made.id)
    review.release(desk, REVIEWER, made.id)
    assert wanted(desk) == ()
    bring(desk, turn(ASKS), turn("Restart it.", "agent"))
    assert wanted(desk) == ()
    bring(desk, turn(ASKS), turn("Restart it.", "agent"), turn(AGAIN))
    assert wanted(desk) == ("HD-1",)
    draft_reply(desk, "HD-1")
    assert wanted(desk) == ()


def test_a_rejected_draft_is_not_made_again_until_the_requester_writes(
    desk: Desk, draft: Draft
) -> None:
    review.reject(desk, REVIEWER, draft.id)
    assert wanted(desk) == ()
    bring(desk, turn(ASKS), turn(AGAIN))
    assert wanted(desk) == ("HD-1",)


def test_a_changed_question_is_drafted_again(desk: Desk, draft: Draft) -> None:
    bring(desk, turn(AGAIN))
    assert wanted(desk) == (draft.reference,)


def test_an_internal_note_or_a_receipt_is_no_answer(desk: Desk) -> None:
    bring(desk, turn(ASKS), turn("Internal note:\nAsk Olga first.", "agent"))
    assert wanted(desk) == ("HD-1",)
    bring(desk, turn(ASKS), turn("We have received your request.", "agent"))
    assert wanted(desk) == ("HD-1",)
    bring(desk, turn(ASKS), turn("Please restart the printer.", "agent"))
    assert choose(desk, ["HD-1"], DraftKind.REPLY).skipped[0].why == ANSWERED


def test_a_summary_is_written_of_any_ticket_and_again_when_its_thread_changed(desk: Desk) -> None:
    bring(desk, turn(ASKS), turn("Restart it.", "agent"), status="closed")
    assert wanted(desk, DraftKind.SUMMARY) == ("HD-1",)
    summarise(desk, "HD-1")
    assert wanted(desk, DraftKind.SUMMARY) == ()
    bring(desk, turn(ASKS), turn("Restart it.", "agent"), turn(AGAIN), status="closed")
    assert wanted(desk, DraftKind.SUMMARY) == ("HD-1",)


OUT = "I am out of the office until 12 October."


@pytest.mark.parametrize(
    ("turns", "why"),
    [
        ([turn(OUT)], "out-of-office"),
        ([turn(ASKS), turn(OUT)], ""),
        ([turn(ASKS), turn("Restart it.", "agent"), turn(OUT)], "out-of-office"),
        ([turn(ASKS), turn("Restart it.", "agent"), turn("Thanks!")], "only thanks"),
        ([turn(ASKS), turn("Thanks!")], ""),
        ([turn(ASKS), turn("It works again, you can close this.")], "settled"),
        ([turn(ASKS), turn("Restart it.", "agent"), turn("Thanks, but it still fails")], ""),
        ([turn("Disk full on host 7", "system")], "no message that a person"),
        ([], "no message that a person"),
        ([turn(ASKS), turn("Closed and merged into request #7.", "agent")], "merged"),
        ([turn(ASKS, headers={"Auto-Submitted": "auto-replied"})], "no message that a person"),
        ([turn(ASKS, headers={"auto-submitted": "no"})], ""),
    ],
)
def test_the_reason_why_no_reply_is_wanted_is_told(
    desk: Desk, turns: list[dict[str, Any]], why: str
) -> None:
    bring(desk, *turns)
    ticket = desk.records.tickets.get("HD-1")
    assert ticket
    told = why_not(ticket)
    assert (why in told) if why else not told


@pytest.mark.parametrize("status", ["solved", "closed"])
def test_a_ticket_that_is_done_wants_no_reply(desk: Desk, status: str) -> None:
    bring(desk, turn(ASKS), status=status)
    assert choose(desk, ["HD-1"], DraftKind.REPLY).skipped[0].why == f"it is {status}"


@pytest.mark.parametrize(
    ("name", "email", "kind"),
    [
        ("Priya Raghunathan", "priya@harbour.example", SenderKind.PERSON),
        ("Priya", "", SenderKind.PERSON),
        ("Caller +44 20 7946 0958", "", SenderKind.SHARED),
        ("+44 20 7946 0958", "", SenderKind.SHARED),
        ("Accounts Payable", "ap@harbour.example", SenderKind.SHARED),
        ("Info", "info@harbour.example", SenderKind.SHARED),
        ("Larchfield Ltd.", "", SenderKind.SHARED),
        ("Growth Rocket", "hey@growthrocket.example", SenderKind.SHARED),
        ("Priya Raghunathan", "reception@harbour.example", SenderKind.SHARED),
        ("Shop", "no-reply@shop.example", SenderKind.NO_REPLY),
        ("Mail Delivery System", "mailer-daemon@mx.example", SenderKind.DAEMON),
    ],
)
def test_only_a_person_is_greeted_by_name(
    desk: Desk, name: str, email: str, kind: SenderKind
) -> None:
    bring(desk, turn(ASKS), requester={"name": name, "email": email})
    ticket = desk.records.tickets.get("HD-1")
    assert ticket
    assert ticket.sender is kind
    body = draft_reply(desk, "HD-1").written.body.reveal()
    assert body.startswith("Hello <PERSON_" if kind is SenderKind.PERSON else "Hello,\n")
