"""Each view of unredacted text and each restored value is a row of the ledger, written before."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import Home
from assistant.desk import Desk
from assistant.flows import outbox, review, show
from assistant.flows.draft import draft_reply
from assistant.model import Draft, Membership, Role, User
from assistant.settings import Settings
from guardrails import RawText
from guardrails.audit.ledger import Ledger
from guardrails.audit.viewing import Views, recorded
from guardrails.errors import NotPermitted, Refused
from guardrails.identity.permissions import Person
from guardrails.identity.permissions import show as show_raw
from guardrails.policy import Access
from tests.fakes.parts import light_parts
from tests.fakes.plain import redacted
from tests.fakes.tickets import import_tickets

RITA = Person("rita", "harbour", may_read=True, may_release=True, id="u-rita")
TICKET = """\
{"id": "HD-1", "subject": "Printer of Priya Raghunathan", "requester": {"name": "Priya Raghunathan",
 "email": "priya@harbour.example"}, "turns": [{"author": "Priya Raghunathan",
 "text": "The printer prints blank pages. Priya Raghunathan"}]}
""".replace("\n ", " ")


@pytest.fixture
def desk(tmp_path: Path) -> Generator[Desk]:
    with Home.open(Settings(home=tmp_path / "home"), parts=light_parts()) as home:
        home.add_tenant("harbour")
        import_tickets(home.desk("harbour"), RawText(TICKET), "tickets.jsonl")
        yield home.desk("harbour")


@pytest.fixture
def draft(desk: Desk) -> Draft:
    return draft_reply(desk, "HD-1")


def rows(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    found = ((row.kind, json.loads(row.body)) for row in desk.ledger.rows())
    return [each for each in found if each[0] in ("raw.viewed", "identity.restored")]


def test_a_raw_ticket_is_shown_with_one_row_that_says_who_saw_what_and_how_much(desk: Desk) -> None:
    seen = show.ticket(desk, RITA, "HD-1")
    assert "Priya" in seen.turns[0].text.for_display()
    ((kind, facts),) = rows(desk)
    assert kind == "raw.viewed"
    assert facts["by"] == "u-rita"
    assert facts["ticket"] == desk.records.tickets.id_of("HD-1")
    assert facts["values"] == 4  # subject, requester, and author and text of one message


def test_a_list_with_names_is_one_row_and_counts_each_value_once(desk: Desk) -> None:
    (line,) = show.tickets(desk, RITA)
    assert line.requester.for_display().startswith("Priya")
    ((kind, facts),) = rows(desk)
    assert (kind, facts["by"]) == ("identity.restored", "u-rita")
    shown = {str(each.placeholder) for each in _places(desk)}
    assert facts["values"] == len(shown)


def _places(desk: Desk) -> Iterator[Any]:
    from guardrails.placeholders import find

    (row,) = desk.records.tickets.list()
    for text in (row.subject, row.requester):
        yield from find(text.reveal())


def test_a_draft_on_the_screen_is_a_row_with_its_id(desk: Desk, draft: Draft) -> None:
    review.view(desk, RITA, draft.id)
    ((kind, facts),) = rows(desk)
    assert (kind, facts["draft"]) == ("identity.restored", draft.id)


def test_a_released_reply_is_a_row_when_it_is_released_and_whenever_it_is_shown(
    desk: Desk, draft: Draft
) -> None:
    review.approve(desk, RITA, draft.id)
    review.release(desk, RITA, draft.id)
    outbox.replies(desk, RITA)
    outbox.replies(desk, RITA)
    assert [kind for kind, _ in rows(desk)] == ["identity.restored", "raw.viewed", "raw.viewed"]


def test_what_holds_no_name_is_no_row(desk: Desk) -> None:
    assert show.restored(desk, RITA, redacted("Restart it.")).for_display() == "Restart it."
    assert rows(desk) == []


def _ticket(desk: Desk, _draft: Draft) -> object:
    return show.ticket(desk, RITA, "HD-1")


def _list(desk: Desk, _draft: Draft) -> object:
    return show.tickets(desk, RITA)


def _draft(desk: Desk, draft: Draft) -> object:
    return review.view(desk, RITA, draft.id)


@pytest.mark.parametrize("look", [_ticket, _list, _draft])
def test_nothing_is_shown_while_the_ledger_cannot_be_written(
    desk: Desk,
    draft: Draft,
    look: Callable[[Desk, Draft], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_of: object, **_and: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Ledger, "append", broken)
    with pytest.raises(OSError, match="disk is full"):
        look(desk, draft)


def test_raw_text_is_not_shown_outside_a_view(desk: Desk) -> None:
    with pytest.raises(Refused, match="without a row in the ledger"):
        show_raw(RawText("Priya"), RITA, desk.tenant.slug)


def test_one_operation_is_one_view_and_an_operation_that_fails_shows_nothing(desk: Desk) -> None:
    with Views("tickets.show").gathering():
        show.ticket(desk, RITA, "HD-1")
        show.ticket(desk, RITA, "HD-1")
        assert rows(desk) == []
    with pytest.raises(NotPermitted, match="no"):
        _fail_after(desk)
    ((kind, facts),) = rows(desk)
    assert (kind, facts["where"], facts["values"]) == ("raw.viewed", "tickets.show", 8)


def _fail_after(desk: Desk) -> None:
    with Views("tickets.show").gathering():
        show.ticket(desk, RITA, "HD-1")
        raise NotPermitted("no")


def test_a_stream_writes_each_value_once_and_before_its_piece(desk: Desk) -> None:
    (row,) = desk.records.tickets.list()

    def pieces() -> Iterator[str]:
        for _ in range(3):
            yield show.restored(desk, RITA, row.requester).for_display()

    counts: list[int] = []
    for piece in recorded("ask", pieces()):
        assert piece.startswith("Priya")
        counts.append(len(rows(desk)))
    assert counts == [1, 1, 1]


def _as(access: Access, *roles: Role) -> Person:
    return Membership(User("u-1", "kim"), "harbour", frozenset(roles)).person(access)


def test_rules_without_raw_text_show_the_ticket_redacted_and_leave_no_row(desk: Desk) -> None:
    person = _as(Access(read_raw=frozenset({Role.OFFICER})), Role.AGENT)
    seen = show.ticket(desk, person, "HD-1")
    assert not seen.raw
    shown = [seen.subject, seen.requester, *(each.text for each in seen.turns)]
    assert not [each for each in shown if "Priya" in each.for_display()]
    assert rows(desk) == []


def test_rules_without_restoring_leave_placeholders_in_lists_drafts_and_the_outbox(
    desk: Desk, draft: Draft
) -> None:
    review.approve(desk, RITA, draft.id)
    review.release(desk, RITA, draft.id)
    before = rows(desk)
    person = _as(Access(restore=frozenset()), Role.REVIEWER)
    (line,), (item,) = show.tickets(desk, person), outbox.replies(desk, person)
    seen = review.view(desk, person, draft.id)
    shown = [line.subject, line.requester, item.text, seen.to_send, seen.brief]
    assert not [each for each in shown if "Priya" in each.for_display()]
    assert not [each for each in seen.put_back if "Priya" in each.value.for_display()]
    assert rows(desk) == before


def test_a_reviewer_whom_the_rules_do_not_let_release_approves_and_sends_nothing(
    desk: Desk, draft: Draft
) -> None:
    person = _as(Access(release=frozenset()), Role.REVIEWER)
    review.approve(desk, person, draft.id)
    with pytest.raises(NotPermitted, match="may not release"):
        review.release(desk, person, draft.id)
    assert desk.records.drafts.replies() == []


@pytest.mark.parametrize(
    ("roles", "reads", "restores"),
    [
        ((Role.AGENT,), True, True),
        ((Role.REVIEWER,), True, True),
        ((Role.OFFICER,), True, True),
        ((Role.KNOWLEDGE,), False, False),
        ((Role.ADMIN,), False, False),
        ((Role.KNOWLEDGE, Role.ADMIN), False, False),
    ],
)
def test_a_knowledge_manager_and_an_admin_see_no_name_under_any_rules(
    roles: tuple[Role, ...], *, reads: bool, restores: bool
) -> None:
    widest = Access(read_raw=frozenset(Role), restore=frozenset(Role), release=frozenset(Role))
    person = _as(widest, *roles)
    assert (person.may_read, person.reads_raw, person.restores) == (reads, reads, restores)
    assert person.may_release is (Role.REVIEWER in roles)
