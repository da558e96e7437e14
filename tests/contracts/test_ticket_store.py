from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from assistant.model import Life, RawTicket, TicketKind, TicketStatus
from assistant.ports import Records
from assistant.threads.automatic import Mail
from assistant.threads.senders import SenderKind
from guardrails import RawText
from tests.fakes.plain import plain, redacted
from tests.fakes.samples import MORNING, PRIYA, a_raw_ticket, a_redacted_ticket


def test_a_ticket_comes_back_redacted_and_raw(records: Records) -> None:
    raw = a_raw_ticket()
    ticket = a_redacted_ticket(raw)
    assert records.tickets.put(raw, ticket)
    assert records.tickets.get("HD-1001") == ticket
    assert plain(records.tickets.raw("HD-1001")) == plain(raw)
    assert records.tickets.id_of("HD-1001") == ticket.id


def test_what_a_ticket_and_its_turns_are_comes_back_and_its_thread_without_a_text(
    records: Records,
) -> None:
    raw = a_raw_ticket()
    plain_one = a_redacted_ticket(raw)
    turns = (replace(plain_one.turns[0], mail=Mail.THANKS), *plain_one.turns[1:])
    ticket = replace(plain_one, turns=turns, sender=SenderKind.SHARED, digest="d" * 64)
    records.tickets.put(raw, plain_one)
    for each in (ticket, replace(ticket, digest="e" * 64)):
        assert records.tickets.put(raw, each)
        assert not records.tickets.put(raw, each)
        assert records.tickets.get("HD-1001") == each
        assert records.tickets.thread("HD-1001") == each.thread
        assert records.tickets.threads() == {"HD-1001": each.thread}
    assert records.tickets.thread("HD-1") is None


def test_the_times_of_a_ticket_stay_until_others_are_put(records: Records) -> None:
    raw, later = a_raw_ticket(), MORNING + timedelta(days=1)
    ticket = replace(a_redacted_ticket(raw), life=Life(MORNING, MORNING))
    records.tickets.put(raw, ticket)
    records.tickets.put(raw, replace(ticket, life=None))
    records.tickets.put(raw, replace(ticket, life=Life(MORNING, later, later)))
    (listed,) = records.tickets.list()
    assert listed == records.tickets.row("HD-1001")
    assert listed.life == Life(MORNING, MORNING, later)
    records.tickets.put(raw, replace(ticket, digest="d" * 64, life=Life(MORNING, later)))
    kept = records.tickets.get("HD-1001")
    assert kept
    assert kept.life == Life(MORNING, later)


def test_a_ticket_of_another_kind_is_another_ticket(records: Records) -> None:
    raw = a_raw_ticket()
    call = replace(raw, kind=TicketKind.TRANSCRIPT)
    records.tickets.put(raw, a_redacted_ticket(raw))
    assert records.tickets.put(call, replace(a_redacted_ticket(call), kind=call.kind))
    kept = records.tickets.raw("HD-1001")
    assert kept
    assert kept.kind is TicketKind.TRANSCRIPT


def test_a_ticket_of_no_turns_and_no_people_comes_back(records: Records) -> None:
    raw = replace(a_raw_ticket(turns=0), people=(), requester=RawText(""))
    records.tickets.put(raw, a_redacted_ticket(raw))
    assert plain(records.tickets.raw("HD-1001")) == plain(raw)


def test_a_ticket_that_is_put_waits_for_no_cleaning(records: Records) -> None:
    raw = a_raw_ticket()
    records.tickets.put(raw, a_redacted_ticket(raw))
    assert list(records.tickets.with_secrets()) == []


def test_an_unknown_reference_is_none_everywhere(records: Records) -> None:
    assert records.tickets.get("HD-1") is None
    assert records.tickets.raw("HD-1") is None
    assert records.tickets.id_of("HD-1") is None


def test_the_same_ticket_again_changes_nothing(records: Records) -> None:
    raw = a_raw_ticket()
    ticket = a_redacted_ticket(raw)
    records.tickets.put(raw, ticket)
    assert not records.tickets.put(a_raw_ticket(), ticket)
    assert len(records.tickets.list()) == 1


def test_any_difference_is_a_change(records: Records) -> None:
    raw = a_raw_ticket()
    ticket = a_redacted_ticket(raw)
    records.tickets.put(raw, ticket)
    for other in _variants(raw):
        assert records.tickets.put(other, a_redacted_ticket(other, ticket.id))
        assert plain(records.tickets.raw("HD-1001")) == plain(other)
    assert records.tickets.put(raw, replace(ticket, subject=redacted("<PERSON_9> cannot print")))


def test_a_changed_ticket_keeps_the_id_that_it_has(records: Records) -> None:
    raw = a_raw_ticket()
    first = a_redacted_ticket(raw)
    records.tickets.put(raw, first)
    longer = a_raw_ticket(turns=5)
    assert records.tickets.put(longer, a_redacted_ticket(longer))
    kept = records.tickets.get("HD-1001")
    assert kept is not None
    assert (kept.id, len(kept.turns)) == (first.id, 5)


def test_tickets_are_listed_newest_first_with_their_turns_counted(records: Records) -> None:
    for number, reference in enumerate(("HD-1", "HD-2", "HD-3")):
        raw = a_raw_ticket(reference, at=MORNING + timedelta(days=number), turns=number)
        records.tickets.put(raw, a_redacted_ticket(raw))
    listed = [(row.reference, row.turns) for row in records.tickets.list()]
    assert listed == [("HD-3", 2), ("HD-2", 1), ("HD-1", 0)]


def test_tickets_are_listed_by_status(records: Records) -> None:
    for reference, status in (("HD-1", TicketStatus.SOLVED), ("HD-2", TicketStatus.OPEN)):
        raw = replace(a_raw_ticket(reference), status=status)
        records.tickets.put(raw, a_redacted_ticket(raw))
    newest = records.tickets.list()
    assert records.tickets.list(limit=1) == newest[:1]
    assert records.tickets.count() == len(newest)
    assert records.tickets.count(status=TicketStatus.SOLVED) == 1
    solved = records.tickets.list(status=TicketStatus.SOLVED)
    assert [row.reference for row in solved] == ["HD-1"]
    assert len(records.tickets.list()) == 2


def test_a_removed_ticket_is_gone_as_it_came_and_as_it_was_redacted(records: Records) -> None:
    for reference in ("HD-1", "HD-2"):
        raw = a_raw_ticket(reference)
        records.tickets.put(raw, a_redacted_ticket(raw))
    records.tickets.remove("HD-1")
    records.tickets.remove("nobody")
    assert (records.tickets.get("HD-1"), records.tickets.raw("HD-1")) == (None, None)
    assert [row.reference for row in records.tickets.list()] == ["HD-2"]


def _variants(raw: RawTicket) -> list[RawTicket]:
    turn = replace(raw.turns[0], text=RawText("HD-LAP-07 is on fire"))
    return [
        replace(raw, subject=RawText("Priya cannot scan")),
        replace(raw, status=TicketStatus.SOLVED),
        replace(raw, priority="low"),
        replace(raw, people=(PRIYA,)),
        replace(raw, turns=(turn, raw.turns[1])),
        replace(raw, turns=raw.turns[:1]),
        replace(raw, requester=RawText("P. Raghunathan")),
    ]
