"""When a ticket was received, changed and closed, by our clock; and what kind of record it is."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.adapters.records.migrations.versions import v0016_life_of_tickets
from assistant.desk import Desk
from assistant.flows.tickets import redact_again
from assistant.model import Life, TicketKind
from guardrails import RawText
from tests.assistant.gallows import desk_of
from tests.assistant.test_records_database import home_as_of
from tests.fakes.databases import sqlite_home
from tests.fakes.tickets import import_tickets

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
ASKS = {"at": "2026-10-12T08:14:00Z", "text": "The printer jams."}
THANKS = {"at": "2026-11-05T10:00:00Z", "text": "It works again."}


class Time:
    def __init__(self) -> None:
        self.now = NOW


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def desk(tmp_path: Path, time: Time) -> Desk:
    return replace(desk_of(sqlite_home(tmp_path).move_in()), clock=lambda: time.now)


def bring(desk: Desk, **fields: Any) -> Life:
    ticket = {"id": "HD-1", "subject": "Printer", "turns": [ASKS], **fields}
    import_tickets(desk, RawText(json.dumps(ticket)), "export.jsonl")
    return life(desk)


def life(desk: Desk, reference: str = "HD-1") -> Life:
    kept, row = desk.records.tickets.get(reference), desk.records.tickets.row(reference)
    assert kept
    assert row
    assert kept.life
    assert kept.life == row.life
    return kept.life


@pytest.mark.parametrize("year", ["1970", "2099"])
def test_a_ticket_is_received_by_our_clock_whatever_the_helpdesk_says(
    desk: Desk, year: str
) -> None:
    assert bring(desk, created_at=f"{year}-01-01T00:00:00Z") == Life(NOW, NOW)
    kept = desk.records.tickets.row("HD-1")
    assert kept
    assert kept.created_at.year == int(year)


def test_an_import_that_brings_nothing_new_moves_no_date(desk: Desk, time: Time) -> None:
    bring(desk)
    time.now += DAY
    assert bring(desk) == Life(NOW, NOW)
    redact_again(desk, "HD-1")
    assert life(desk) == Life(NOW, NOW)


def test_a_new_message_moves_the_last_change_and_not_the_receipt(desk: Desk, time: Time) -> None:
    bring(desk)
    time.now += DAY
    assert bring(desk, turns=[ASKS, THANKS]) == Life(NOW, NOW + DAY)


def test_a_ticket_was_closed_when_its_export_says(desk: Desk) -> None:
    said = datetime(2026, 10, 20, tzinfo=UTC)
    closed = bring(desk, status="solved", closed_at="2026-10-20", updated_at="2026-10-30")
    assert closed.closed_at == said


def test_a_ticket_was_closed_at_its_last_change_where_the_export_says_no_more(
    desk: Desk, time: Time
) -> None:
    last = datetime(2026, 10, 30, tzinfo=UTC)
    assert bring(desk, status="closed", updated_at="2026-10-30").closed_at == last
    time.now += DAY
    later = bring(desk, status="closed", updated_at="2026-11-03")
    assert later.closed_at == last


def test_a_ticket_that_says_nothing_was_closed_when_we_heard_of_it(desk: Desk, time: Time) -> None:
    assert bring(desk, status="open").closed_at is None
    time.now += DAY
    assert bring(desk, status="solved").closed_at == NOW + DAY


def test_no_ticket_was_closed_in_the_future(desk: Desk) -> None:
    assert bring(desk, status="closed", closed_at="2099-01-01").closed_at == NOW


def test_a_ticket_that_is_open_again_is_not_closed(desk: Desk, time: Time) -> None:
    bring(desk, status="closed", closed_at="2026-10-20")
    time.now += DAY
    assert bring(desk, status="open", turns=[ASKS, THANKS]).closed_at is None
    assert bring(desk, status="closed", turns=[ASKS, THANKS]).closed_at == NOW + DAY


FRESHDESK: dict[str, Any] = {"requester_id": 7, "description_text": "Rang up", "conversations": []}
ZENDESK: dict[str, Any] = {"requester_id": 7, "description": "Rang up", "comments": []}


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"turns": [ASKS]}, TicketKind.TICKET),
        ({"turns": [ASKS], "kind": "Transcript"}, TicketKind.TRANSCRIPT),
        ({"turns": [ASKS], "kind": "message"}, TicketKind.MESSAGE),
        ({**ZENDESK, "via": {"channel": "voice"}}, TicketKind.TRANSCRIPT),
        ({**ZENDESK, "via": {"channel": "sms"}}, TicketKind.MESSAGE),
        ({**ZENDESK, "via": {"channel": "email"}}, TicketKind.TICKET),
        ({**FRESHDESK, "source": 3}, TicketKind.TRANSCRIPT),
        ({**FRESHDESK, "source": 7}, TicketKind.MESSAGE),
        ({**FRESHDESK, "source": 1}, TicketKind.TICKET),
    ],
)
def test_the_kind_of_a_ticket_is_what_its_export_says(
    desk: Desk, fields: dict[str, Any], kind: TicketKind
) -> None:
    import_tickets(desk, RawText(json.dumps({"id": 5, "subject": "Call", **fields})), "e.json")
    kept, raw = desk.records.tickets.get("5"), desk.records.tickets.raw("5")
    assert kept
    assert raw
    assert (kept.kind, raw.kind) == (kind, kind)


@pytest.mark.parametrize(
    "fields",
    [
        {**ZENDESK, "status": "solved", "metric_set": {"solved_at": "2026-10-20T08:00:00Z"}},
        {**FRESHDESK, "status": 5, "stats": {"resolved_at": None, "closed_at": "2026-10-20T08:00"}},
    ],
)
def test_a_vendors_own_time_of_closing_is_used(desk: Desk, fields: dict[str, Any]) -> None:
    ticket = {"id": 5, "subject": "Call", "updated_at": "2026-10-30T08:00:00Z", **fields}
    import_tickets(desk, RawText(json.dumps(ticket)), "e.json")
    assert life(desk, "5").closed_at == datetime(2026, 10, 20, 8, tzinfo=UTC)


def test_a_table_names_kind_and_closing_too(desk: Desk) -> None:
    table = "id,kind,status,closed_at,text\nHD-1,transcript,closed,2026-10-20,It rang\n"
    import_tickets(desk, RawText(table), "e.csv")
    assert life(desk).closed_at == datetime(2026, 10, 20, tzinfo=UTC)
    kept = desk.records.tickets.row("HD-1")
    assert kept
    assert kept.kind is TicketKind.TRANSCRIPT


def test_a_ticket_of_before_was_received_when_the_ledger_says(tmp_path: Path) -> None:
    path = tmp_path / "quietdesk.db"
    home_as_of(path, v0016_life_of_tickets.down_revision)
    with sqlite3.connect(path) as old:
        old.execute("INSERT INTO tenants VALUES ('t', 'acme', x'00', '2026-01-01')")
        for at, (name, status) in enumerate({"a": "closed", "b": "open", "c": "open"}.items()):
            old.execute(
                "INSERT INTO tickets (tenant_id, id, reference, policy_version, fingerprint,"
                " status, priority, created_at, turns, subject, requester)"
                f" VALUES ('t', '{name}', 'HD-{at}', 1, '', '{status}', '', '1970', 0, x'', x'')"
            )
        old.execute(
            "INSERT INTO ticket_turns (tenant_id, ticket_id, ordinal, at, role, author, text)"
            " VALUES ('t', 'a', 0, '2026-10-05T00:00:00.000000+00:00', 'agent', x'', x'')"
        )
        for number, (name, day) in enumerate([("a", 3), ("b", 4), ("a", 9)], 1):
            old.execute(
                "INSERT INTO ledger_rows VALUES ('t', ?, 'ticket.imported', ?, ?, '', '')",
                (number, f"2026-10-0{day}T00:00:00.000+00:00", json.dumps({"ticket": name})),
            )
    sqlite_home(tmp_path).close()
    query = "SELECT id, kind, received_at, changed_at, closed_at FROM tickets ORDER BY id"
    with sqlite3.connect(path) as now:
        (a, b, c) = now.execute(query).fetchall()
    third, fourth, fifth, ninth = (f"2026-10-0{day}T00:00:00.000000+00:00" for day in (3, 4, 5, 9))
    assert a == ("a", "ticket", third, ninth, fifth)
    assert b == ("b", "ticket", fourth, fourth, None)
    assert c == ("c", "ticket", ninth, ninth, None)
