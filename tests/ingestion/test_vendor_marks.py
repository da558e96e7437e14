"""What exports say of automatic comments, merges, spam and deleted tickets, by vendor."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assistant.desk import Desk
from assistant.flows.unanswered import ANSWERED, why_not
from assistant.model import Ticket, TurnRole
from ingestion.source import Upload
from ingestion.tickets import Imported, import_tickets
from tests.fakes.desks import a_desk

Fields = dict[str, Any]
ASKS = "Which tray does the label printer use?"
MERGED_HERE = (
    'Request #8 "Labels" was closed and merged into this request. Last comment in request #8: Hi'
)


def zendesk(*comments: Fields, **fields: Any) -> Fields:
    ticket: Fields = {"id": 1, "requester_id": 5, "submitter_id": 5, "status": "open"}
    asked = {"author_id": 5, "body": ASKS, "public": True}
    return ticket | {"comments": [asked, *comments]} | fields


def by_staff(text: str, **fields: Any) -> Fields:
    return {"author_id": 9, "body": text, "public": True, **fields}


def freshdesk(**fields: Any) -> Fields:
    said: Fields = {"description_text": ASKS, "conversations": []}
    return {"id": 1, "requester_id": 5, "responder_id": 9, "status": 2} | said | fields


def bring(desk: Desk, ticket: Fields) -> Imported:
    return import_tickets(desk, Upload("export.json", json.dumps(ticket).encode()))


def imported(ticket: Fields) -> Ticket:
    desk = a_desk()
    bring(desk, ticket)
    found = desk.records.tickets.get("1")
    assert found
    return found


@pytest.mark.parametrize(
    "mark",
    [
        {"via": {"channel": "rule", "source": {"rel": "trigger"}}},
        {"via": {"channel": 8}},
        {"via": {"channel": "merge"}},
        {"via": {"channel": 19}},
        {"metadata": {"system": {}, "flags": [2, 4]}},
    ],
)
def test_a_comment_that_no_person_wrote_answers_nothing(mark: Fields) -> None:
    ticket = imported(zendesk(by_staff("Use the rear tray.", **mark)))
    assert ticket.turns[1].role is TurnRole.SYSTEM
    assert why_not(ticket) == ""


@pytest.mark.parametrize(
    "mark",
    [
        {},
        {"via": {"channel": "email", "source": {"rel": None}}},
        {"via": "rule"},
        {"via": {"channel": ["rule"]}},
        {"metadata": {"flags": [2, 11, 15]}},
        {"metadata": {"flags": "4"}},
        {"metadata": {"suspension_type_id": None}},
    ],
)
def test_a_comment_without_such_a_mark_answers(mark: Fields) -> None:
    ticket = imported(zendesk(by_staff("Use the rear tray.", **mark)))
    assert ticket.turns[1].role is TurnRole.AGENT
    assert why_not(ticket) == ANSWERED


def test_a_requester_s_mail_that_was_generated_automatically_is_not_answered() -> None:
    mail = {"author_id": 5, "body": "Tray status: low.", "metadata": {"flags": [4]}}
    ticket = imported(zendesk() | {"comments": [mail]})
    assert why_not(ticket) == "it holds no message that a person sent us"


def test_a_ticket_that_another_was_merged_into_is_still_drafted() -> None:
    assert why_not(imported(zendesk(by_staff(MERGED_HERE)))) == ""
    note = {"body_text": "Ticket with ticket id 8 is merged with this ticket.", "user_id": 9}
    assert why_not(imported(freshdesk(conversations=[note]))) == ""


def test_a_ticket_that_was_merged_into_another_is_not_drafted() -> None:
    note = by_staff("This request was closed and merged into request #7.", via={"channel": "merge"})
    assert "merged" in why_not(imported(zendesk(note, status="closed")))
    note = {"body_text": "This ticket is closed and merged into ticket 20.", "user_id": 9}
    assert "merged" in why_not(imported(freshdesk(conversations=[note], status=5)))


def test_what_an_agent_began_with_an_outbound_mail_is_not_drafted_until_the_requester_writes() -> (
    None
):
    ticket = imported(freshdesk(source=10))
    assert ticket.turns[0].role is TurnRole.AGENT
    assert why_not(ticket) == "it holds no message that a person sent us"
    reply = {"body_text": "Which one is the rear tray?", "incoming": True, "user_id": 5}
    assert why_not(imported(freshdesk(source=10, conversations=[reply]))) == ""
    assert imported(freshdesk(source=1)).turns[0].role is TurnRole.REQUESTER


GONE = [
    (freshdesk(), {"spam": True}, "it is marked as spam in the helpdesk"),
    (freshdesk(), {"deleted": True}, "it was deleted in the helpdesk"),
    (zendesk(), {"status": "deleted"}, "it was deleted in the helpdesk"),
]


@pytest.mark.parametrize(("ticket", "mark", "why"), GONE)
def test_a_stored_ticket_that_is_spam_or_deleted_now_is_not_drafted_and_the_reason_is_told(
    ticket: Fields, mark: Fields, why: str
) -> None:
    desk = a_desk()
    assert bring(desk, ticket) == Imported(new=1, changed=0, unchanged=0)
    assert bring(desk, ticket | mark) == Imported(new=0, changed=1, unchanged=0, gone=1)
    assert bring(desk, ticket | mark) == Imported(new=0, changed=0, unchanged=0, gone=1)
    found = desk.records.tickets.get("1")
    assert found
    assert why_not(found) == why
    assert found.turns[0].text.reveal() == ASKS
    bring(desk, ticket)
    again = desk.records.tickets.get("1")
    assert again
    assert why_not(again) == "", "it was restored"


@pytest.mark.parametrize(("ticket", "mark", "_why"), GONE)
def test_a_ticket_that_was_spam_or_deleted_from_the_start_is_counted_and_not_stored(
    ticket: Fields, mark: Fields, _why: str
) -> None:
    desk = a_desk()
    assert bring(desk, ticket | mark) == Imported(new=0, changed=0, unchanged=0, gone=1)
    assert desk.records.tickets.get("1") is None
