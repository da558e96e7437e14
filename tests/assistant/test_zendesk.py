"""Zendesk's exports: people by id, staff and customers separated, deleted tickets left out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assistant.errors import BadInput
from assistant.model import RawTicket, TicketStatus, TurnRole
from guardrails import RawText
from guardrails.text import unwrap
from tests.fakes.tickets import read_tickets

TICKET: dict[str, Any] = {
    "url": "https://pellmoor.zendesk.com/api/v2/tickets/35436.json",
    "id": 35436,
    "created_at": "2026-10-12T08:14:00Z",
    "subject": "Badge printer jams",
    "raw_subject": "Badge printer jams",
    "description": "It jams.\r\nPriya",
    "priority": None,
    "status": "hold",
    "requester": {"id": 20978392, "name": "Priya Raghunathan", "email": "priya@harbour.example"},
    "submitter": {"id": 20978392, "name": "Priya Raghunathan"},
    "assignee": {"id": 235323, "name": "Sam Whitlock", "email": "sam@pellmoor.example"},
    "collaborator": [{"id": 7, "name": "Tom Okafor", "email": "tom@harbour.example"}],
    "via": {
        "channel": "email",
        "source": {"from": {"address": "p.r@harbour.example", "name": "P"}},
    },
    "comments": [
        {
            "id": 1,
            "author_id": 20978392,
            "body": "It *jams*.",
            "html_body": "<p>It <b>jams</b>.</p>",
            "plain_body": "It jams.\r\nPriya",
            "public": True,
            "created_at": "2026-10-12T08:14:00Z",
        },
        {"id": 2, "author_id": 235323, "body": "Spare in B2.", "public": False},
        {"id": 3, "author_id": 235323, "html_body": "<p>Hi Priya,</p><p>rear tray &amp; flap</p>"},
    ],
}


def test_a_line_of_the_full_export_becomes_a_thread_with_its_people() -> None:
    (ticket,) = _read(json.dumps(TICKET) + "\n")
    assert (ticket.reference, ticket.status, ticket.priority) == (
        "35436",
        TicketStatus.PENDING,
        "normal",
    )
    assert unwrap(ticket.requester) == "Priya Raghunathan"
    assert [(turn.role, unwrap(turn.author), unwrap(turn.text)) for turn in ticket.turns] == [
        (TurnRole.REQUESTER, "Priya Raghunathan", "It jams.\nPriya"),
        (TurnRole.AGENT, "Sam Whitlock", "Spare in B2."),
        (TurnRole.AGENT, "Sam Whitlock", "Hi Priya,\n\nrear tray & flap"),
    ]
    named = {unwrap(each.email) for each in ticket.people if each.email}
    assert named == {
        *("priya@harbour.example", "sam@pellmoor.example"),
        *("tom@harbour.example", "p.r@harbour.example"),
    }


def test_a_page_of_the_api_names_people_beside_the_tickets() -> None:
    bare = {key: value for key, value in TICKET.items() if not isinstance(value, dict)}
    bare |= {"requester_id": 20978392, "assignee_id": 235323, "submitter_id": 20978392}
    users = [TICKET["requester"], TICKET["assignee"], {"id": 9, "name": "Nobody Here"}]
    page = {"tickets": [bare, {**bare, "id": 2}], "users": users, "next_page": None}
    for text in (json.dumps(page), json.dumps(page, indent=2)):
        one, two = _read(text)
        assert (one.reference, two.reference) == ("35436", "2")
        assert [turn.role for turn in one.turns] == ["requester", "agent", "agent"]
        assert "Nobody Here" not in {unwrap(each.name) for each in one.people if each.name}


def test_a_ticket_without_comments_has_its_description() -> None:
    (ticket,) = _read(json.dumps({**TICKET, "comments": []}))
    assert [unwrap(turn.text) for turn in ticket.turns] == ["It jams.\nPriya"]


def test_a_deleted_ticket_is_passed_over() -> None:
    assert _read(json.dumps({**TICKET, "status": "deleted"})) == []


def test_an_author_that_the_export_does_not_name_is_staff_without_a_name() -> None:
    comments = [{"author_id": 1, "body": "Hello"}]
    (ticket,) = _read(json.dumps({**TICKET, "comments": comments}))
    assert [(turn.role, len(turn.author)) for turn in ticket.turns] == [(TurnRole.AGENT, 0)]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"id": None}, "“id”"),
        ({"created_at": "soon"}, "“created_at”"),
        ({"comments": [1]}, "comments 1 must be a JSON object"),
    ],
)
def test_a_ticket_that_cannot_be_used_is_named(change: dict[str, Any], complaint: str) -> None:
    text = "\n".join((json.dumps(TICKET), json.dumps({**TICKET, "id": 2, **change})))
    with pytest.raises(BadInput, match=r"export\.json, line 2") as caught:
        _read(text)
    assert complaint in str(caught.value)
    assert "Priya" not in str(caught.value)


def _read(text: str) -> list[RawTicket]:
    return list(read_tickets(RawText(text), "export.json"))
