"""The number of the page's database statements does not grow with the data."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import pytest

from assistant.flows.draft import draft_reply
from guardrails import RawText
from tests.fakes.tickets import import_tickets
from tests.statements import counted, opened
from tests.ui.web_fixtures import Site, serving, ticket
from ui.operations.base import silent
from ui.operations.callers import Interface, logged_in
from ui.operations.operator import Operator
from ui.operations.tickets import FIND, FindArgs

MANY = 120


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    """A site whose tenant acme has many tickets, each of another person, and some drafts."""
    with serving(tmp_path_factory.mktemp("crowded")) as made:
        desk = made.home.desk("acme")
        lines = (
            ticket(
                f"ZZ-{at}", f"Printer {at}", "The printer prints blank pages.", f"Zoe Quill{at:03}"
            )
            for at in range(MANY)
        )
        import_tickets(desk, RawText("\n".join(lines)), "many.jsonl")
        for at in range(8):
            draft_reply(desk, f"ZZ-{at}")
        yield made


def test_a_keystroke_in_the_filter_takes_thirteen_statements_at_most(crowded: Site) -> None:
    """Six of them write the row of the ledger; the session middleware adds one for each request."""
    with crowded.client("rae") as rae:
        rae.part("qd-filter")
        with counting(crowded) as sent:
            shown = rae.do("qd-filter", "input", tenant="acme", filter="quill007")
    assert "Zoe Quill007" in shown["qd-tickets"]
    own = [each for each in sent if "FROM users JOIN sessions" not in each]
    assert len(own) <= 13, own


def test_opening_the_page_takes_thirty_statements_at_most(crowded: Site) -> None:
    with crowded.client("rae") as rae:
        arrival = next(
            each for each in rae.config["dependencies"] if each["targets"][0][1] == "load"
        )
        body: dict[str, object] = {
            "session_hash": rae.session_hash,
            "fn_index": arrival["id"],
            "data": [],
        }
        with counting(crowded) as sent:
            assert rae.fire(body).status_code == 200
            done = next(each for each in rae.results() if each["msg"] == "process_completed")
    assert done["success"]
    assert f"{MANY + 3} tickets" in str(done["output"]["data"])
    assert len(sent) <= 30, sent


def test_a_list_without_a_filter_opens_the_tickets_that_it_shows_alone(
    crowded: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = logged_in(crowded.home, "rae", Interface.PAGE)
    with opened(monkeypatch) as seen:
        args = FindArgs(tenant="acme", limit=5)
        found = Operator(crowded.home).perform(FIND, caller, args, silent)
    assert (len(found.tickets), found.count) == (5, MANY + 3)
    assert seen.count("tickets.subject") == 5


@contextmanager
def counting(site: Site) -> Generator[list[str]]:
    """Yield the queries that are sent to the home's database inside; a begin is none."""
    queries: list[str] = []
    with counted(site.home._database.engine) as sent:
        yield queries
    queries += [each for each in sent if not each.startswith("BEGIN")]
