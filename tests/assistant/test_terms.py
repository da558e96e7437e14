"""A tenant's term is masked in every text, or left readable; secrets are always masked."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.bootstrap import Home
from assistant.errors import BadInput, NotFound
from assistant.flows.summarise import summarise
from assistant.flows.terms import add_term, leave_readable, masked, remove_term, terms
from assistant.flows.tickets import redact_again
from assistant.settings import Settings
from guardrails import RawText
from guardrails.detect.directory import AllowListFilter, Term
from guardrails.errors import NotPermitted
from guardrails.identity.permissions import Person
from guardrails.spans import EntityType, Span
from ingestion.ingest import ingest
from ingestion.staleness import stale
from tests.fakes.desks import a_desk
from tests.fakes.parts import light_parts
from tests.fakes.tickets import import_tickets
from tests.ui.web_fixtures import ticket

REVIEWER = Person("rita", "acme", may_read=True, may_release=True)


class Greedy:
    """A detector that reports the whole text as one span."""

    def __init__(self, kind: EntityType) -> None:
        self._kind = kind

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        return [[Span(0, len(text), self._kind, 0.5, "greedy")] for text in texts]


def test_a_allow_listed_word_stays_readable_in_any_case() -> None:
    filtered = AllowListFilter(Greedy(EntityType.PERSON), [Term(RawText("Mark Two"), None)])
    assert filtered.detect(["mark  TWO"]) == [[]]
    assert filtered.detect(["Mark Three"]) != [[]]


def test_a_allow_listed_word_inside_a_longer_guess_saves_nothing() -> None:
    filtered = AllowListFilter(Greedy(EntityType.PERSON), [Term(RawText("Mark"), None)])
    assert filtered.detect(["Mark Dunmore"]) != [[]]


def test_a_secret_is_never_allow_listed() -> None:
    filtered = AllowListFilter(Greedy(EntityType.SECRET), [Term(RawText("hunter2"), None)])
    assert filtered.detect(["hunter2"]) != [[]]


def test_a_term_is_listed_replaced_and_removed() -> None:
    desk = a_desk()
    rita = replace(REVIEWER, tenant=desk.tenant.slug)
    add_term(desk, rita, RawText("Yardarm"), None)
    add_term(desk, rita, RawText("YARDARM"), EntityType.ORGANIZATION)
    (line,) = terms(desk, rita)
    assert (line.text.for_display(), line.type) == ("YARDARM", EntityType.ORGANIZATION)
    remove_term(desk, rita, RawText("yardarm"))
    assert terms(desk, rita) == []
    with pytest.raises(BadInput, match="no such term"):
        remove_term(desk, rita, RawText("yardarm"))


@pytest.mark.parametrize(
    "person", [Person("aron", "acme", may_read=True), Person("eve", "other", may_release=True)]
)
def test_only_a_reviewer_of_the_tenant_decides(person: Person) -> None:
    with pytest.raises(NotPermitted, match="may not decide"):
        add_term(a_desk(), person, RawText("Yardarm"), None)


def test_a_home_redacts_by_its_terms_and_knows_what_is_stale(home: Home, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Yardarm\n\nMail help@vendor.example about Yardarm.\n")
    ingest(home.desk("acme"), tmp_path, progress=lambda _: None, max_bytes=10_000)
    add_term(home.desk("acme"), REVIEWER, RawText("Yardarm"), EntityType.ORGANIZATION)
    add_term(home.desk("acme"), REVIEWER, RawText("help@vendor.example"), None)
    home.directory_changed("acme")
    desk = home.desk("acme")
    redacted = desk.redactor.redact(
        RawText("Mail help@vendor.example or bob@vendor.example, yardarm")
    )
    assert redacted.text.reveal() == (
        "Mail help@vendor.example or <EMAIL_ADDRESS_2>, <ORGANIZATION_1>"
    )
    assert desk.scanner.scan(redacted.text.reveal()).blocking == ()
    assert stale(desk) == 1


def test_a_ticket_is_redacted_again_by_what_was_decided_since(home: Home) -> None:
    export = RawText(ticket("A-1", "Printer", "Yardarm prints help@vendor.example twice."))
    import_tickets(home.desk("acme"), export, "t.jsonl")
    before = home.desk("acme").records.tickets.get("A-1")
    assert before == redact_again(home.desk("acme"), "A-1")
    add_term(home.desk("acme"), REVIEWER, RawText("yardarm"), EntityType.ORGANIZATION)
    add_term(home.desk("acme"), REVIEWER, RawText("help@vendor.example"), None)
    home.directory_changed("acme")
    after = redact_again(home.desk("acme"), "A-1")
    assert (
        after.turns[0]
        .text.reveal()
        .startswith("<ORGANIZATION_1> prints help@vendor.example twice.")
    )
    assert home.desk("acme").records.tickets.get("A-1") == after
    kinds = [row.kind for row in home.desk("acme").ledger.rows()]
    assert kinds.count("ticket.redacted") == 1
    assert "help@vendor.example" in summarise(home.desk("acme"), "A-1").written.saw.reveal()


def test_a_value_is_left_readable_by_a_placeholder_in_the_text() -> None:
    desk = a_desk("Priya", "Tom")
    rita = replace(REVIEWER, tenant=desk.tenant.slug)
    here, there = (desk.redactor.redact(RawText(f"Hello {name}")).text for name in ("Priya", "Tom"))
    (value,) = masked(desk, rita, [here])
    assert (value.value.for_display(), value.readable_now) == ("Priya", False)
    with pytest.raises(NotFound, match="no such placeholder"):
        leave_readable(desk, rita, "<PERSON_2>", [here])
    leave_readable(desk, rita, "<PERSON_1>", [here, there])
    (value,) = masked(desk, rita, [here])
    assert value.readable_now
    with pytest.raises(NotPermitted):
        masked(desk, Person("aron", desk.tenant.slug, may_read=True), [here])


@pytest.fixture
def home(tmp_path: Path) -> Generator[Home]:
    """A home with one tenant; rules for a detector, no model."""
    settings = Settings(home=tmp_path / "home")
    with Home.open(settings, parts=light_parts()) as home:
        home.add_tenant("acme")
        yield home
