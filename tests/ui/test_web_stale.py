"""A draft whose ticket has a new message says so, and waits until a person has read it."""

from __future__ import annotations

import json

from assistant.flows.draft import draft_reply
from guardrails import RawText
from tests.fakes.tickets import import_tickets
from tests.ui.web_fixtures import HOSTILE, PLANTED, Site, ticket

NEWS = f"It works again, thank you. {HOSTILE}"


def test_new_messages_are_shown_and_read_with_one_click(own_site: Site) -> None:
    desk = own_site.home.desk("acme")
    draft = draft_reply(desk, "AC-1")
    import_tickets(desk, RawText(_written_again()), "again.jsonl")
    with own_site.client("rae") as rae:
        opened = {"tenant": "acme", "draft_opened": draft.id}
        queue = rae.do("Review", "select", tenant="acme")["qd-queue"]
        assert "1 new message" in queue
        shown = rae.do("qd-queue", "click", {"draft": draft.id}, tenant="acme")
        assert "1 new message since this draft was made" in shown["qd-compare"]
        assert "It works again, thank you." in shown["qd-compare"]
        assert "<script" not in shown["qd-compare"]
        text = {"edit": shown["qd-edit"]}
        early = rae.do("qd-approve", "click", **opened, **text)
        assert "qd-problem" in early.notice
        assert early.changed == []
        picked = {"do": "seen", "seen": _between(shown["qd-compare"], 'data-seen="', '"')}
        read = rae.do("qd-compare", "click", picked, **opened)
        assert "Read." in read.notice
        assert "since this draft was made" not in read["qd-compare"]
        assert "Approved." in rae.do("qd-approve", "click", **opened, **text).notice


def test_an_agent_reads_the_new_message_and_confirms_nothing(own_site: Site) -> None:
    desk = own_site.home.desk("acme")
    draft = draft_reply(desk, "AC-1")
    import_tickets(desk, RawText(_written_again()), "again.jsonl")
    with own_site.client("ann") as ann:
        shown = ann.do("qd-queue", "click", {"draft": draft.id}, tenant="acme")["qd-compare"]
        assert "It works again" in shown
        assert "data-seen" not in shown


def _written_again() -> str:
    line = json.loads(
        ticket("AC-1", "Printer prints blank pages", "The printer prints blank pages since today.")
    )
    later = {**line["turns"][0], "at": "2026-10-12T09:30:00Z", "author": PLANTED, "text": NEWS}
    return json.dumps({**line, "turns": [*line["turns"], later]})


def _between(text: str, before: str, after: str) -> str:
    return text.partition(before)[2].partition(after)[0]
