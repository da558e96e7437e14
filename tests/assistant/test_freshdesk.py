"""Freshdesk's exports: numbers become words, notes become turns, spam is left out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assistant.model import RawTicket, TicketStatus, TurnRole
from guardrails import RawText
from guardrails.text import unwrap
from tests.fakes.tickets import read_tickets

API: dict[str, Any] = {
    "id": 20,
    "cc_emails": ["Tom Okafor <tom@harbour.example>"],
    "priority": 4,
    "status": 4,
    "spam": False,
    "requester_id": 1,
    "responder_id": 432,
    "subject": "Badge printer jams",
    "description": "<div>It jams.</div>",
    "description_text": "It jams.",
    "created_at": "2026-10-12T08:14:00Z",
    "requester": {"id": 1, "name": "Priya Raghunathan", "email": "priya@harbour.example"},
    "conversations": [
        {
            "body": "<div>Rear tray.</div>",
            "body_text": "Rear tray.",
            "id": 4,
            "incoming": False,
            "private": False,
            "user_id": 432,
            "created_at": "2026-10-12T09:00:00+01:00",
        },
        {"body_text": "Spare in B2.", "incoming": False, "private": True, "user_id": 5},
        {"body_text": "Thanks!", "incoming": True, "user_id": 1},
        {"body_text": "Same here", "incoming": True, "user_id": 9, "from_email": "J <j@x.example>"},
    ],
}
EXPORT: dict[str, Any] = {
    "helpdesk_ticket": {
        "id": 1004029394,
        "display_id": 5,
        "created_at": "2014-04-30T08:30:30+09:00",
        "deleted": False,
        "spam": False,
        "subject": "Badge printer jams",
        "description": "It jams.",
        "description_html": "<div>It jams.</div>",
        "priority": 1,
        "status": 2,
        "requester_id": 7,
        "requester_name": "Priya Raghunathan",
        "responder_id": None,
        "responder_name": "No Agent",
        "cc_email": {"cc_emails": ["tom@harbour.example"], "fwd_emails": []},
        "notes": [{"note": {"body": "Rear tray.", "user_id": 8, "incoming": False}}],
    }
}


def test_a_ticket_of_the_api_becomes_a_thread_with_its_people() -> None:
    (ticket,) = _read(json.dumps(API))
    assert (ticket.reference, ticket.status, ticket.priority) == (
        "20",
        TicketStatus.SOLVED,
        "urgent",
    )
    assert [(turn.role, unwrap(turn.author), unwrap(turn.text)) for turn in ticket.turns] == [
        (TurnRole.REQUESTER, "Priya Raghunathan", "It jams."),
        (TurnRole.AGENT, "", "Rear tray."),
        (TurnRole.AGENT, "", "Spare in B2."),
        (TurnRole.REQUESTER, "Priya Raghunathan", "Thanks!"),
        (TurnRole.REQUESTER, "J", "Same here"),
    ]
    assert ticket.turns[1].at.hour == 8
    emails = {unwrap(each.email) for each in ticket.people if each.email}
    assert {"priya@harbour.example", "tom@harbour.example"} <= emails


def test_the_account_export_is_a_list_of_wrapped_tickets() -> None:
    (ticket,) = _read(json.dumps([EXPORT], indent=1))
    assert (ticket.reference, ticket.status, ticket.priority) == ("5", TicketStatus.OPEN, "low")
    assert unwrap(ticket.requester) == "Priya Raghunathan"
    assert [unwrap(turn.text) for turn in ticket.turns] == ["It jams.", "Rear tray."]


def test_where_nobody_is_assigned_the_words_no_agent_are_nobodys_name() -> None:
    (ticket,) = _read(json.dumps(EXPORT))
    names = {unwrap(each.name) for each in ticket.people if each.name}
    assert names == {"Priya Raghunathan"}


@pytest.mark.parametrize("change", [{"spam": True}, {"deleted": True}])
def test_spam_and_deleted_tickets_are_passed_over(change: dict[str, Any]) -> None:
    assert _read(json.dumps({**API, **change})) == []


def test_a_status_of_the_desks_own_counts_as_open() -> None:
    (ticket,) = _read(json.dumps({**API, "status": 17}))
    assert ticket.status is TicketStatus.OPEN


def _read(text: str) -> list[RawTicket]:
    return list(read_tickets(RawText(text), "export.json"))
