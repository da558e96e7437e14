"""A secret is destroyed in the raw copy too, and in raw copies that an earlier version stored."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.adapters.generations import Generations
from assistant.adapters.records.tickets import SqlTickets
from assistant.bootstrap import Home
from assistant.desk import Desk
from assistant.errors import Refused
from assistant.flows.review import approve, edit, release
from assistant.flows.show import ticket as show_ticket
from assistant.flows.tickets import redact_again
from assistant.model import RawTicket, Written
from assistant.settings import Settings
from guardrails import RawText
from guardrails.detect.directory import KnownPerson
from guardrails.identity.destroyed import MARK, without_secrets
from guardrails.identity.permissions import Person
from guardrails.text import unwrap
from ingestion.tickets import Imported
from tests.fakes.desks import NameList
from tests.fakes.parts import light_parts
from tests.fakes.plain import plain
from tests.fakes.samples import a_draft
from tests.fakes.tickets import import_tickets

PASSWORD = "Tr0ub4dor&3xyz"
REVIEWER = Person("rita", "acme", may_read=True, may_release=True)


def a_ticket(number: int, secret: str = PASSWORD) -> dict[str, Any]:
    return {
        "id": f"AC-{number}",
        "subject": f"Locked out, password: {secret}",
        "requester": {"name": f"Theodora password: {secret}", "email": "theo@acme.example"},
        "turns": [
            {"author": f"Theodora password: {secret}", "text": f"My password is {secret}, help."},
            {"author": "Sam", "role": "agent", "text": "Please call Theodora back."},
        ],
    }


WITH_PASSWORD = KnownPerson(name=RawText(f"Theodora password: {PASSWORD}"))
PLAIN = {"id": "AC-0", "subject": "Paper jam", "turns": [{"text": "Tray 2 jams."}]}


@pytest.fixture
def home(tmp_path: Path) -> Generator[Home]:
    with _opened(tmp_path) as home:
        home.add_tenant("acme")
        yield home


def test_the_raw_copy_shows_where_a_secret_was_and_not_what_it_was(home: Home) -> None:
    desk = home.desk("acme")
    _import(desk, a_ticket(1))
    raw = _raw(desk)
    assert PASSWORD not in str(plain(raw))
    assert unwrap(raw.subject) == f"Locked out, password: {MARK}"
    assert unwrap(raw.turns[0].text) == f"My password is {MARK}, help."
    assert MARK in unwrap(raw.turns[0].author)
    assert MARK in unwrap(raw.requester)
    assert unwrap(raw.turns[1].text) == "Please call Theodora back."
    view = show_ticket(desk, REVIEWER, "AC-1")
    assert view.turns[0].text.for_display() == f"My password is {MARK}, help."


def test_no_column_and_no_vault_value_opens_to_a_secret(home: Home) -> None:
    desk = home.desk("acme")
    _import(desk, a_ticket(1))
    values = [unwrap(each) for each in _vault_values(desk)]
    assert "theo@acme.example" in values
    assert [each for each in values if PASSWORD in each] == []


def test_a_secret_in_a_field_of_somebody_whom_no_message_names_is_destroyed(home: Home) -> None:
    desk = home.desk("acme")
    contact = {"name": f"Bob Marsh password: {PASSWORD}", "email": "bob@acme.example"}
    _import(desk, PLAIN | {"contacts": [contact]})
    assert PASSWORD not in str(plain(_raw(desk, 0)))
    values = [unwrap(each) for each in _vault_values(desk)]
    assert "bob@acme.example" in values
    assert [each for each in values if PASSWORD in each] == []


def test_a_ticket_that_lost_its_secrets_is_unchanged_when_it_comes_or_is_redacted_again(
    home: Home,
) -> None:
    desk = home.desk("acme")
    _import(desk, a_ticket(1))
    rows = len(list(desk.ledger.rows()))
    assert _import(desk, a_ticket(1)) == Imported(new=0, changed=0, unchanged=1)
    before = plain(_raw(desk))
    assert redact_again(desk, "AC-1") == desk.records.tickets.get("AC-1")
    assert plain(_raw(desk)) == before
    assert len(list(desk.ledger.rows())) == rows


def test_who_types_the_mark_restores_nothing(home: Home) -> None:
    desk = home.desk("acme")
    text = f"It said {MARK} here."
    redacted = desk.redactor.redact(RawText(text))
    assert redacted.text.reveal() == "It said <SECRET> here."
    assert unwrap(redacted.kept) == text
    assert "<SECRET>" in unwrap(desk.restorer.restore(redacted.text).text)


def test_a_secret_in_an_edit_is_destroyed_and_never_released(home: Home) -> None:
    desk = home.desk("acme")
    _import(desk, a_ticket(1))
    draft = replace(a_draft(), ticket_id=desk.records.tickets.id_of("AC-1") or "", reference="AC-1")
    desk.records.drafts.add(draft)
    edited = edit(desk, REVIEWER, draft.id, RawText(f"Your new password is {PASSWORD}."))
    assert edited.written.body.reveal() == "Your new password is <SECRET>."
    kept = desk.records.drafts.get(draft.id)
    assert kept is not None
    assert PASSWORD not in str(plain(kept))
    with pytest.raises(Refused, match="unknown placeholder"):
        approve(desk, REVIEWER, draft.id)
    with pytest.raises(Refused):
        release(desk, REVIEWER, draft.id)
    assert desk.records.drafts.replies() == []


def test_without_a_detector_that_knows_secrets_the_raw_copy_keeps_them(tmp_path: Path) -> None:
    """Control: the checks above find the password if no detector does."""
    with Home.open(Settings(home=tmp_path / "home"), parts=light_parts(NameList())) as home:
        home.add_tenant("acme")
        desk = home.desk("acme")
        _import(desk, a_ticket(1))
        assert PASSWORD in str(plain(_raw(desk)))


def test_a_field_that_was_all_secret_is_gone_and_the_others_are_as_they_were() -> None:
    secret = RawText(PASSWORD)
    person = KnownPerson(name=RawText(f"Theo {PASSWORD}"), username=secret, hosts=(RawText("H1"),))
    kept = without_secrets(person, [secret])
    assert plain(kept) == plain(KnownPerson(name=RawText("Theo"), hosts=(RawText("H1"),)))


# Homes of an earlier version


def test_what_an_earlier_version_kept_is_cleaned_when_the_desk_is_opened(
    home: Home, tmp_path: Path
) -> None:
    sealed = _as_an_earlier_version(home, 3)
    home.close()
    assert all(body in _disk(tmp_path) for body in sealed)
    with _opened(tmp_path) as again:
        desk = again.desk("acme")
        _must_be_clean(desk, 3)
        assert _destroyed(desk) == 3
        assert desk.ledger.verify().broken is None
        assert [body for body in sealed if body in _disk(tmp_path)] == []


def test_a_draft_that_names_a_value_with_a_secret_cannot_be_released(
    home: Home, tmp_path: Path
) -> None:
    _as_an_earlier_version(home, 1)
    desk = home.desk("acme")
    name = desk.redactor.learnt([WITH_PASSWORD])
    written = Written(name, name, name, "extractive")
    known = desk.records.tickets.id_of("AC-1") or ""
    draft = replace(a_draft(), ticket_id=known, reference="AC-1", written=written)
    desk.records.drafts.add(draft)
    assert PASSWORD in unwrap(desk.restorer.restore(name).text)
    home.close()
    with _opened(tmp_path) as again:
        desk = again.desk("acme")
        assert PASSWORD not in unwrap(desk.restorer.restore(name).text)
        approve(desk, REVIEWER, draft.id)
        with pytest.raises(Refused, match="no longer be restored"):
            release(desk, REVIEWER, draft.id)


KILLS: list[tuple[type, str, int]] = [
    *((SqlTickets, "raw", at) for at in (1, 2, 3)),  # before a ticket is read
    *((SqlTickets, "put", at) for at in (1, 2, 3, 4)),  # inside a transaction
    *((Generations, "begin_erasing", at) for at in (1, 2, 3)),  # before a ticket is redacted
    (Generations, "end_erasing", 1),  # before the old bytes are gone
]


@pytest.mark.parametrize(("owner", "step", "at"), KILLS)
def test_a_cleaning_that_was_killed_is_started_again_with_nothing_lost_or_doubled(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: type, step: str, at: int
) -> None:
    sealed = _as_an_earlier_version(home, 3)
    home.close()
    monkeypatch.setattr("assistant.flows.tickets._BATCH", 1)
    with _opened(tmp_path) as killed, monkeypatch.context() as patch:
        patch.setattr(owner, step, _dies(getattr(owner, step), at))
        with pytest.raises(_Killed):
            killed.desk("acme")
    with _opened(tmp_path) as again:
        desk = again.desk("acme")
        _must_be_clean(desk, 3)
        assert _destroyed(desk) == 3
        assert desk.ledger.verify().broken is None
        assert [body for body in sealed if body in _disk(tmp_path)] == []
    with _opened(tmp_path) as third:
        assert _destroyed(third.desk("acme")) == 3


class _Killed(BaseException):
    """Simulates that the process was killed."""


def _dies(method: Callable[..., Any], at: int) -> Callable[..., Any]:
    calls = iter(range(1, 100))

    def dying(*args: Any, **more: Any) -> Any:
        if next(calls) == at:
            raise _Killed
        return method(*args, **more)

    return dying


def _as_an_earlier_version(home: Home, count: int) -> list[bytes]:
    """Store tickets with their secrets, and return the sealed texts that hold them."""
    desk = home.desk("acme")
    _import(desk, PLAIN, *(a_ticket(at) for at in range(1, count + 1)))
    for at in range(1, count + 1):
        clean, stored = _raw(desk, at), desk.records.tickets.get(f"AC-{at}")
        assert stored is not None
        secret = RawText(f"My password is {PASSWORD}, help.")
        first = replace(clean.turns[0], text=secret)
        subject = RawText(f"Locked out, password: {PASSWORD}")
        turns = (first, *clean.turns[1:])
        raw = replace(clean, subject=subject, turns=turns, people=(WITH_PASSWORD,))
        desk.records.tickets.put(raw, stored, desk.redactor.learn(raw.people))
    with sqlite3.connect(home.settings.home / "quietdesk.db") as rows:
        rows.execute("UPDATE tickets SET fingerprint = 'f' || substr(fingerprint, 2)")
        texts = "SELECT raw_text FROM ticket_turns WHERE ordinal = 0"
        subjects = "SELECT raw_subject FROM tickets WHERE reference != 'AC-0'"
        kept = "AND ticket_id IN (SELECT id FROM tickets WHERE reference != 'AC-0')"
        return [
            bytes(one) for query in (f"{texts} {kept}", subjects) for (one,) in rows.execute(query)
        ]


def _must_be_clean(desk: Desk, count: int) -> None:
    assert list(desk.records.tickets.with_secrets()) == []
    assert len(desk.records.tickets.list()) == count + 1
    for at in range(1, count + 1):
        assert PASSWORD not in str(plain(_raw(desk, at)))
        assert unwrap(_raw(desk, at).turns[0].text) == f"My password is {MARK}, help."
    assert unwrap(_raw(desk, 0).turns[0].text) == "Tray 2 jams."
    assert [each for each in _vault_values(desk) if PASSWORD in unwrap(each)] == []


def _destroyed(desk: Desk) -> int:
    return [row.kind for row in desk.ledger.rows()].count("ticket.secrets_destroyed")


def _vault_values(desk: Desk) -> list[RawText]:
    vault = desk.restorer._vault
    return [RawText(each.value) for each in vault.surfaces()]


def _raw(desk: Desk, number: int = 1) -> RawTicket:
    raw = desk.records.tickets.raw(f"AC-{number}")
    assert raw is not None
    return raw


def _import(desk: Desk, *tickets: dict[str, Any]) -> Imported:
    return import_tickets(desk, RawText("\n".join(map(json.dumps, tickets))), "tickets.jsonl")


def _opened(folder: Path) -> Home:
    return Home.open(Settings(home=folder / "home"), parts=light_parts())


def _disk(folder: Path) -> bytes:
    return b"\x00".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
