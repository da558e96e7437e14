"""A reviewer corrects what was masked wrongly or missed; the correction applies from then on."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from assistant.errors import BadInput
from assistant.flows.draft import draft_reply
from assistant.flows.terms import terms
from assistant.model import Finding, FindingKind
from guardrails import RawText
from tests.fakes.tickets import import_tickets
from tests.ui.web_fixtures import HOSTILE, MAIL, PLANTED, Browser, Shown, Site, ticket
from ui.operations.base import silent
from ui.operations.callers import Interface, logged_in
from ui.operations.terms import ADD, OneTerm
from ui.operations.tickets import REDACT, RedactArgs

WORD = "Yardarm"
AT: dict[str, Any] = {"tenant": "acme", "opened": "AC-5", "as_seen": True}


@pytest.fixture
def desk_site(own_site: Site) -> Site:
    """A ticket that names a vendor's address, a word that is not masked, and a password."""
    said = f"{WORD} wants help@vendor.example. The password is hunter2-Xy99. Say <PERSON_1> hello."
    export = RawText(ticket("AC-5", "Printer prints blank pages", said))
    import_tickets(own_site.home.desk("acme"), export, "t.jsonl")
    return own_site


def test_a_missed_word_is_masked_in_the_open_ticket_at_once(desk_site: Site) -> None:
    with desk_site.client("rae") as rae:
        assert WORD in _thread(rae)
        shown = _correct(rae, do="mask", words=f" {WORD.upper()} ", kind="ORGANIZATION")
        assert WORD not in shown["qd-thread"]
        assert "organization" in shown["qd-thread"]
        assert "Masked from now on." in shown.notice
        assert "1 document was read under earlier terms" in shown.notice
        assert WORD in shown["qd-correcting"]
    assert WORD not in draft_reply(desk_site.home.desk("acme"), "AC-5").written.saw.reveal()


def test_what_was_masked_for_nothing_is_read_again_by_writers_too(desk_site: Site) -> None:
    with desk_site.client("rae") as rae:
        thread = _thread(rae)
        assert "help@vendor.example" not in thread
        name = _placeholder(rae, "help@vendor.example")
        shown = _correct(rae, do="allow", placeholder=name)
        assert "help@vendor.example" in shown["qd-thread"]
        assert "Left readable from now on." in shown.notice
    desk = desk_site.home.desk("acme")
    assert "help@vendor.example" in draft_reply(desk, "AC-5").written.saw.reveal()
    assert desk.scanner.scan("Mail help@vendor.example").remask == ()


def test_the_tickets_own_people_stay_masked_and_that_is_said(desk_site: Site) -> None:
    with desk_site.client("rae") as rae:
        _thread(rae)
        shown = _correct(rae, do="allow", placeholder=_placeholder(rae, PLANTED))
    assert PLANTED not in shown["qd-thread"]
    assert "It stays masked here" in shown.notice


def test_a_secret_cannot_be_brought_back_and_that_is_said(desk_site: Site) -> None:
    with desk_site.client("rae") as rae:
        _thread(rae)
        opened = rae.do("qd-tickets", "click", {"ticket": "AC-5"}, tenant="acme")
        assert "A secret is destroyed when it is masked" in opened["qd-correcting"]
        shown = _correct(rae, do="allow", placeholder="<SECRET>")
    assert shown.changed == []
    assert "The value of this placeholder was not kept" in shown.notice


def test_a_draft_is_corrected_like_a_ticket(desk_site: Site) -> None:
    draft = draft_reply(desk_site.home.desk("acme"), "AC-5")
    with desk_site.client("rae") as rae:
        opened = rae.do("qd-queue", "click", {"draft": draft.id}, tenant="acme")
        name = _placeholder_in(opened["qd-draft-correcting"], "help@vendor.example")
        picked = {"do": "allow", "placeholder": name}
        shown = rae.do("qd-draft-correcting", "click", picked, tenant="acme", draft_opened=draft.id)
        assert "decided: readable" in shown["qd-draft-correcting"]
        assert "help@vendor.example" in _thread(rae)


def test_a_suspicious_span_that_was_honest_is_not_shown_again(desk_site: Site) -> None:
    desk = desk_site.home.desk("acme")
    draft = draft_reply(desk, "AC-5")
    ticket_of = desk.records.tickets.get("AC-5")
    assert ticket_of is not None
    said = ticket_of.turns[0].text.reveal().split(". The")[0]
    note = f"in message 1, “{said}.” reads so"
    found = Finding(FindingKind.INJECTION, 0, len(draft.written.body), note, blocks=False)
    desk.records.drafts.rewrite(draft.id, replace(draft.written, findings=(found,)))
    with desk_site.client("rae") as rae:
        shown = rae.do("qd-queue", "click", {"draft": draft.id}, tenant="acme")
        assert "This was honest" in shown["qd-compare"]
        picked = {"do": "honest", "number": "1"}
        gone = rae.do("qd-compare", "click", picked, tenant="acme", draft_opened=draft.id)
        assert "Not flagged again." in gone.notice
        assert "This was honest" not in gone["qd-compare"]
    assert len(desk.records.honest.list()) == 1


def test_terms_are_listed_added_and_removed_on_their_own_page(desk_site: Site) -> None:
    with desk_site.client("rae") as rae:
        added = {"do": "read", "words": HOSTILE, "kind": "PERSON"}
        shown = rae.do("qd-terms", "click", added, tenant="acme")["qd-terms"]
        assert "<img src=x" not in shown
        assert "left readable" in shown
        found = re.search(r'data-term="(\w+)"', shown)
        assert found
        gone = rae.do("qd-terms", "click", {"do": "remove", "term": found[1]}, tenant="acme")
        assert "No terms yet" in gone["qd-terms"]
        again = rae.do("qd-terms", "click", {"do": "remove", "term": found[1]}, tenant="acme")
        assert "removed already" in again.notice


def test_the_shell_decides_and_redacts_again_like_the_page(desk_site: Site) -> None:
    home, rae = desk_site.home, logged_in(desk_site.home, "rae", Interface.SHELL)
    terms_now = ADD.run(
        home, rae, OneTerm(tenant="acme", text=WORD, mask_as="ORGANIZATION"), silent
    )
    assert [(each.text, each.mask_as) for each in terms_now.terms] == [(WORD, "ORGANIZATION")]
    assert terms_now.stale_documents == 1
    assert REDACT.run(home, rae, RedactArgs(tenant="acme"), silent).changed == 1
    assert REDACT.run(home, rae, RedactArgs(tenant="acme"), silent).changed == 0
    with pytest.raises(BadInput, match="no such type"):
        ADD.run(home, rae, OneTerm(tenant="acme", text=WORD, mask_as="NAME"), silent)


@pytest.mark.parametrize(
    "picked",
    [
        {"do": "mask", "words": WORD, "kind": "LITERAL"},
        {"do": "mask", "words": WORD, "kind": "x"},
        {"do": "mask", "words": "x", "kind": "PERSON"},
        {"do": "mask", "words": "x" * 201, "kind": "PERSON"},
        {"do": "read", "words": " "},
        {"do": "drop"},
        {},
        {"do": "allow", "placeholder": "<PERSON_999>"},
        {"do": "allow", "placeholder": "<LITERAL_1>"},
        {"do": "allow", "placeholder": MAIL},
        {"do": "remove", "term": "0"},
    ],
)
def test_what_cannot_be_decided_changes_nothing(site: Site, picked: dict[str, str]) -> None:
    with site.client("rae") as rae:
        shown = rae.do("qd-correcting", "click", picked, tenant="acme", opened="AC-1")
    assert shown.changed == []
    assert "qd-problem" in shown.notice
    desk, person = site.home.desk("acme"), site.home.person("rae", "acme")
    assert terms(desk, person) == []


def _thread(browser: Browser) -> str:
    """Open the ticket as a model sees it."""
    return str(browser.do("qd-as-seen", "change", **AT)["qd-thread"])


def _correct(browser: Browser, **picked: str) -> Shown:
    return browser.do("qd-correcting", "click", picked, **AT)


def _placeholder(browser: Browser, value: str) -> str:
    return _placeholder_in(browser.do("qd-as-seen", "change", **AT)["qd-correcting"], value)


def _placeholder_in(shown: str, value: str) -> str:
    """Return the placeholder in the row of a value."""
    row = next(each for each in shown.split("<li") if f">{value}<" in each)
    found = re.search(r"&lt;(\w+)&gt;", row)
    assert found
    return f"<{found[1]}>"
