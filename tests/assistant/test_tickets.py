from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.desk import Desk
from assistant.errors import BadInput, Refused, StorageTrouble
from assistant.model import RawTicket, Ticket, TicketStatus, TurnRole
from guardrails import RawText, Redactor
from guardrails.audit.ledger import Ledger, LedgerMaker, Row
from guardrails.detect.directory import KnownValues
from guardrails.identity.vault import Vault
from guardrails.policy import Policy
from guardrails.spans import Span
from guardrails.text import unwrap
from ingestion.tickets import Imported
from tests.assistant.gallows import desk_of
from tests.fakes.databases import sqlite_home
from tests.fakes.desks import KEY, a_desk
from tests.fakes.records import FakeLedger, FakeRecords
from tests.fakes.tickets import import_tickets, read_tickets

WHOLE: dict[str, Any] = {
    "id": "HD-1001",
    "subject": "Priya cannot print",
    "status": "pending",
    "priority": "High",
    "created_at": "2026-10-12T08:14:00Z",
    "requester": {
        "name": "Priya Raghunathan",
        "email": "priya@harbour.example",
        "phone": "020 7946 0958",
        "username": "praghunathan",
    },
    "contacts": [{"name": "Tom Okafor"}],
    "assets": [{"hostname": "HD-LAP-07", "serial": "5CD1234XYZ"}],
    "turns": [
        {
            "at": "2026-10-12T09:00:00+01:00",
            "author": "Priya Raghunathan",
            "role": "requester",
            "text": "hd-lap-07 (5CD1234XYZ) is dead. Ask Tom, or mail priya@harbour.example.",
        },
        {
            "at": "2026-10-12T10:00:00",
            "author": "Sam Whitlock",
            "role": "agent",
            "text": "Hello Priya, Whitlock here; Raghunathan, P. 020 7946 0958, praghunathan.",
        },
        {"author": "System", "role": "system", "text": "The system closed nothing."},
    ],
}
IDENTITY = (
    "priya raghunathan okafor tom whitlock sam hd-lap-07 5cd1234xyz harbour.example 7946".split()
)


def test_a_line_becomes_a_ticket() -> None:
    (ticket,) = _read(WHOLE)
    assert ticket.reference == "HD-1001"
    assert (ticket.status, ticket.priority) == (TicketStatus.PENDING, "high")
    assert ticket.created_at == datetime(2026, 10, 12, 8, 14, tzinfo=UTC)
    assert unwrap(ticket.requester) == "Priya Raghunathan"
    assert [turn.role for turn in ticket.turns] == [
        TurnRole.REQUESTER,
        TurnRole.AGENT,
        TurnRole.SYSTEM,
    ]
    assert [turn.at.hour for turn in ticket.turns] == [8, 10, 0]


def test_an_id_is_enough() -> None:
    (ticket,) = _read({"id": 17})
    assert ticket.reference == "17"
    assert (ticket.status, ticket.priority) == (TicketStatus.OPEN, "normal")
    assert (ticket.people, ticket.turns, len(ticket.requester)) == ((), (), 0)


def test_a_requester_without_a_name_is_known_by_the_next_best() -> None:
    (ticket,) = _read({"id": "1", "requester": {"email": "kim@harbour.example"}})
    assert unwrap(ticket.requester) == "kim@harbour.example"


def test_a_byte_order_mark_blank_lines_and_windows_line_ends_do_not_matter() -> None:
    text = "\ufeff\n" + json.dumps({"id": "1"}) + "\r\n\r\n" + json.dumps({"id": "2"}) + "\n"
    assert [each.reference for each in read_tickets(RawText(text), "f")] == ["1", "2"]


def test_a_line_ends_only_where_json_lines_end() -> None:
    line = json.dumps({"id": "1", "subject": "a\u2028b\x85c"}, ensure_ascii=False)
    (ticket,) = read_tickets(RawText(line), "f")
    assert unwrap(ticket.subject) == "a\u2028b\x85c"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "not valid JSON"),
        ("[1]", "must be a JSON object"),
        ('{"subject": "no id"}', "“id”"),
        ('{"id": "Priya Raghunathan"}', "“id”"),
        ('{"id": "1", "status": "asleep"}', "“status”"),
        ('{"id": "1", "priority": "ask Priya"}', "“priority”"),
        ('{"id": "1", "created_at": "yesterday"}', "“created_at”"),
        ('{"id": "1", "created_at": "0001-01-01T00:00:00+20:00"}', "“created_at”"),
        ('{"id": "1", "turns": "none"}', "“turns”"),
        ('{"id": "1", "turns": [{"text": {}}]}', "“text”"),
        ('{"id": "1", "turns": [{"role": "boss"}]}', "“role”"),
        ('{"id": ' + "9" * 5000 + "}", "not valid JSON"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_and_nothing_is_kept(line: str, complaint: str) -> None:
    desk = a_desk()
    text = "\n".join((json.dumps(WHOLE), line))
    with pytest.raises(BadInput, match=r"export\.jsonl, line 2") as caught:
        import_tickets(desk, RawText(text), "export.jsonl")
    assert complaint in str(caught.value)
    assert "Priya" not in str(caught.value)
    assert (desk.records.tickets.list(), list(desk.ledger.rows())) == ([], [])


def test_of_a_ticket_that_is_there_twice_the_newer_one_counts() -> None:
    newer = WHOLE | {"subject": "newer", "updated_at": "2026-10-13T00:00:00Z"}
    for tickets in ((WHOLE, newer), (newer, WHOLE), (WHOLE | {"subject": "older"}, newer)):
        (ticket,) = _read(*tickets)
        assert unwrap(ticket.subject) == "newer"
    one, two = _read(WHOLE, {"id": "2"}, newer)
    assert (one.reference, two.reference) == ("2", "HD-1001")


def test_where_two_are_equally_new_the_later_one_counts() -> None:
    (ticket,) = _read(WHOLE, WHOLE | {"subject": "later"})
    assert unwrap(ticket.subject) == "later"


def test_people_in_the_tickets_fields_are_masked_throughout_without_a_detector() -> None:
    desk = a_desk()
    _import(desk, WHOLE)
    texts = _texts(desk.records.tickets.get("HD-1001"))
    for text in texts:
        assert not [name for name in IDENTITY if name in text.casefold()], text
    assert texts[-1] == "The system closed nothing."
    assert "<HOSTNAME_" in texts[3]
    assert "<SERIAL_NUMBER_" in texts[3]


def test_one_value_has_one_placeholder_in_every_ticket() -> None:
    desk = a_desk()
    _import(desk, WHOLE, WHOLE | {"id": "HD-1002", "turns": []})
    one, two = desk.records.tickets.get("HD-1001"), desk.records.tickets.get("HD-1002")
    assert one is not None
    assert two is not None
    assert one.requester == two.requester


def test_the_raw_side_is_kept_for_the_people_who_may_see_it() -> None:
    desk = a_desk()
    _import(desk, WHOLE)
    raw = desk.records.tickets.raw("HD-1001")
    assert raw is not None
    assert unwrap(raw.subject) == "Priya cannot print"


def test_importing_again_doubles_nothing_and_sees_what_changed() -> None:
    desk = a_desk()
    other = {"id": "HD-1002", "subject": "Scanner"}
    assert _import(desk, WHOLE, other) == Imported(new=2, changed=0, unchanged=0)
    first = desk.records.tickets.id_of("HD-1002")
    assert _import(desk, WHOLE, other) == Imported(new=0, changed=0, unchanged=2)
    louder = other | {"priority": "urgent"}
    third = {"id": "HD-1003"}
    assert _import(desk, third, louder, WHOLE) == Imported(new=1, changed=1, unchanged=1)
    assert desk.records.tickets.id_of("HD-1002") == first
    assert len(desk.records.tickets.list()) == 3


def test_a_ledger_row_records_each_change_in_counts_alone() -> None:
    desk = a_desk()
    _import(desk, WHOLE)
    _import(desk, WHOLE)
    (row,) = desk.ledger.rows()
    body = json.loads(row.body)
    assert row.kind == "ticket.imported"
    assert (body["turns"], body["new"], body["policy_version"]) == (3, True, 1)
    assert body["placeholders"]["HOSTNAME"] == 1
    assert body["ticket"] == desk.records.tickets.id_of("HD-1001")
    assert not [name for name in IDENTITY if name in row.body.casefold()]


def test_a_ticket_is_not_kept_without_its_ledger_row() -> None:
    records = FakeRecords()
    broken = FullLedger(after=1)
    desk = replace(a_desk(records=records), ledger=Ledger(broken, KEY, Policy))
    with pytest.raises(StorageTrouble):
        _import(desk, WHOLE, {"id": "HD-1002"})
    assert [row.reference for row in records.tickets.list()] == ["HD-1001"]


def test_a_ticket_that_cannot_be_redacted_is_not_kept() -> None:
    records = FakeRecords()
    vault = Vault(records.vault, a_desk().sealer, KEY)
    desk = replace(
        a_desk(records=records), redactor=Redactor(BrokenDetector(), vault, KnownValues())
    )
    with pytest.raises(Refused):
        _import(desk, WHOLE)
    assert records.tickets.list() == []


def test_an_import_that_was_killed_is_simply_run_again(tmp_path: Path) -> None:
    export = "\n".join(json.dumps(WHOLE | {"id": f"HD-{number}"}) for number in range(4))
    (tmp_path / "export.jsonl").write_text(export, encoding="utf-8")
    died = [sys.executable, "-m", "tests.assistant.gallows", str(tmp_path), "3"]
    killed = subprocess.run(died, check=False, timeout=120)
    assert killed.returncode == 9
    home = sqlite_home(tmp_path)
    desk = desk_of(home.rooms()[0])
    assert len(desk.records.tickets.list()) == len(list(desk.ledger.rows())) == 2
    done = import_tickets(desk, RawText(export), "export.jsonl")
    assert done == Imported(new=2, changed=0, unchanged=2)
    assert [desk.ledger.verify().broken, len(list(desk.ledger.rows()))] == [None, 4]
    home.close()


@given(st.text())
def test_any_file_is_a_ticket_or_a_clear_error(text: str) -> None:
    for shape in (text, json.dumps({"id": "1", "subject": text, "turns": [{"text": text}]})):
        try:
            tickets = list(read_tickets(RawText(shape), "export.jsonl"))
        except BadInput as error:
            complaint = str(error)
        else:
            complaint = ""
            assert all(isinstance(ticket, RawTicket) for ticket in tickets)
        assert not complaint or complaint.startswith("export.jsonl")


class FullLedger(FakeLedger):
    """A ledger whose disk is full after some rows."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._left = after

    def append(self, make: LedgerMaker) -> Row:
        if not self._left:
            raise StorageTrouble("The disk is full.")
        self._left -= 1
        return super().append(make)


class BrokenDetector:
    """A detector that fails."""

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        raise RuntimeError("planted")


def _read(*tickets: dict[str, Any]) -> list[RawTicket]:
    return list(read_tickets(RawText("\n".join(map(json.dumps, tickets))), "export.jsonl"))


def _import(desk: Desk, *tickets: dict[str, Any]) -> Imported:
    return import_tickets(desk, RawText("\n".join(map(json.dumps, tickets))), "export.jsonl")


def _texts(ticket: Ticket | None) -> list[str]:
    assert ticket is not None
    parts = [ticket.subject, ticket.requester]
    for turn in ticket.turns:
        parts += (turn.author, turn.text)
    return [part.reveal() for part in parts]
