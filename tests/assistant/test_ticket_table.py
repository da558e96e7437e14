"""Tickets as CSV, quoted replies in threads, and files that are not tickets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import BadInput
from assistant.model import RawTicket
from guardrails import RawText
from guardrails.text import unwrap
from tests.fakes.desks import a_desk
from tests.fakes.tickets import import_tickets, read_tickets

CSV = """\
id,subject,status,created_at,requester_name,requester_email,contacts,hosts,at,author,role,text
H-1,A,pending,2026-10-12T08:14Z,Priya Ray,p@h.example,Tom Fox;Li,HD-7,,Priya Ray,requester,"It jams.
Again."
H-1,,,,,,,,2026-10-12T09:00:00Z,Sam Whitlock,agent,Rear tray.
HD-2,Toner,,,,,,,,,,
"""


def test_rows_of_one_id_are_the_messages_of_one_ticket() -> None:
    one, two = _read(CSV)
    assert (one.reference, one.status, two.reference, two.turns) == ("H-1", "pending", "HD-2", ())
    assert [(turn.at.hour, unwrap(turn.text)) for turn in one.turns] == [
        (8, "It jams.\nAgain."),
        (9, "Rear tray."),
    ]
    names = {unwrap(each.name) for each in one.people if each.name}
    assert names == {"Priya Ray", "Tom Fox", "Li", "Sam Whitlock"}
    assert [unwrap(host) for each in one.people for host in each.hosts] == ["HD-7"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            "id,at,text\n1,2026-10-12,a\n2,2026-10-12,b\n1,2026-10-13,c\n",
            "line 4: messages of the ticket 1 are apart from the others",
        ),
        ("id,subject\nPriya R,a\n", "line 2: the field “id”"),
        ("name,shoe\nPriya,9\n", "line 1 is neither a ticket in JSON nor the columns"),
        ('[\n{"id": 1},\n{', "line 3, ticket 2 is not valid JSON"),
        ("[1]", "ticket 1 must be a JSON object"),
    ],
)
def test_what_cannot_be_used_is_named(text: str, complaint: str) -> None:
    with pytest.raises(BadInput) as caught:
        _read(text)
    assert complaint in str(caught.value)
    assert "Priya" not in str(caught.value)


@pytest.mark.parametrize(
    "rows",
    [
        "1,old,2026-10-12,a\n2,x,2026-10-12,b\n1,new,2026-10-12,a\n1,new,2026-10-13,c\n",
        "1,new,2026-10-12,a\n1,new,2026-10-13,c\n2,x,2026-10-12,b\n1,old,2026-10-12,a\n",
        "1,old,,\n2,x,,\n1,new,,\n",
    ],
)
def test_a_ticket_that_is_twice_in_a_table_is_read_once_as_it_is_now(rows: str) -> None:
    tickets = _read("id,subject,at,text\n" + rows)
    assert sorted(ticket.reference for ticket in tickets) == ["1", "2"]
    (one,) = (ticket for ticket in tickets if ticket.reference == "1")
    assert unwrap(one.subject) == "new"


def test_a_half_of_a_character_is_replaced_because_nothing_can_keep_it() -> None:
    (ticket,) = _read('{"id": "1", "subject": "a\\ud83d b \\ud83d\\ude00"}')
    assert unwrap(ticket.subject) == "a? b 😀"


def test_what_a_reply_only_quotes_is_said_once() -> None:
    desk = a_desk()
    first = "The badge printer jams.\nWhich tray?"
    reply = (
        "Rear tray.\n\nOn Mon 12 Oct 2026 Priya wrote:\n> The badge printer jams.\n> Which tray?"
    )
    last = "It beeps too.\n\nOn Mon 12 Oct 2026 Sam wrote:\n> Have you tried the front one?"
    turns = [{"text": text, "role": "agent"} for text in (first, reply, last)]
    import_tickets(desk, RawText(json.dumps({"id": "1", "turns": turns})), "f")
    ticket = desk.records.tickets.get("1")
    raw = desk.records.tickets.raw("1")
    assert ticket is not None
    assert raw is not None
    one, two, three = (turn.text.reveal() for turn in ticket.turns)
    assert (one, two) == (first, "Rear tray.\n\n[quoted from above]")
    assert three.endswith("> Have you tried the front one?")
    assert unwrap(raw.turns[1].text) == reply


_NAMES = st.sampled_from(
    "id subject status comments requester requester_id author_id conversations helpdesk_ticket "
    "notes body turns tickets users cc_emails created_at ticket".split()
)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.just("2026-10-12T08:14:00Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(_NAMES, _JSON, max_size=6), st.booleans())
def test_any_json_is_tickets_or_a_clear_complaint(value: Any, listed: bool) -> None:
    text = json.dumps([value] if listed else value)
    try:
        tickets = _read(text)
    except BadInput as error:
        complaint = str(error)
    else:
        complaint = "f"
        assert all(isinstance(ticket, RawTicket) for ticket in tickets)
    assert complaint.startswith("f")


def _read(text: str) -> list[RawTicket]:
    return list(read_tickets(RawText(text), "f"))
