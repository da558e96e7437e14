"""Files in and out by our own routes."""

from __future__ import annotations

import json
from http.client import HTTPConnection

import httpx
import pytest

from assistant.flows.draft import draft_reply
from assistant.flows.review import approve, release
from tests.ui.web_fixtures import PLANTED, Browser, Site, ticket

NOTE = "# Badge\n\nA lost badge is blocked at the front desk within the hour."


def test_a_reviewer_imports_tickets(own_site: Site) -> None:
    """An export is read, and the page shows how many tickets are new."""
    export = "\n".join(
        (ticket("AC-8", "Badge", "I lost my badge."), ticket("AC-9", "Tap", "Drips."))
    )
    with own_site.client("rae") as rae:
        first = _send(rae, "tickets", "export.jsonl", export)
        again = _send(rae, "tickets", "export.jsonl", export)
        listed = rae.do("Tickets", "select", tenant="acme")
    assert first.json()["said"] == "2 new, 0 changed, 0 unchanged."
    assert again.json()["said"] == "0 new, 0 changed, 2 unchanged."
    assert "AC-9" in listed["qd-tickets"]


def test_a_reviewer_imports_an_article_and_replaces_it(own_site: Site) -> None:
    """An article can be found at once; one of the same name takes its place."""
    with own_site.client("rae") as rae:
        first = _send(rae, "knowledge", "badge.md", NOTE)
        same = _send(rae, "knowledge", "badge.md", NOTE)
        newer = _send(rae, "knowledge", "badge.md", f"{NOTE} Ask for Willow.")
        asked = rae.do("qd-question", "submit", tenant="acme", question="Who blocks a lost badge?")
    shown = [answer.json()["said"] for answer in (first, same, newer)]
    assert shown[0].startswith("Added")
    assert shown[1].startswith("Nothing changed")
    assert shown[2].startswith("Replaced")
    assert "front desk" in asked["qd-answer"]
    assert len(own_site.home.desk("acme").records.documents.documents()) == 2


@pytest.mark.parametrize(
    ("kind", "name", "body", "why"),
    [
        ("tickets", "broken.jsonl", b'{"id": ', "line 1"),
        ("tickets", "latin.jsonl", "é".encode("latin-1"), "not UTF-8"),
        ("knowledge", "tool.exe", b"MZ", "not read"),
        ("knowledge", "empty.md", b"", "empty"),
        ("knowledge", "..", b"x", "no usable name"),
        ("knowledge", "", b"x", "no usable name"),
    ],
)
def test_what_cannot_be_used_is_named(
    site: Site, kind: str, name: str, body: bytes, why: str
) -> None:
    """A file that cannot be used changes nothing, and the message says which and why."""
    with site.client("rae") as rae:
        answer = _send(rae, kind, name, body)
    assert answer.status_code == 400
    assert why in answer.json()["happened"]


def test_a_huge_file_is_refused_before_it_is_read(site: Site) -> None:
    """A length above the limit is refused at once, and so is a stream that grows above it."""
    most = site.home.settings.max_file_mb * 1_048_576
    with site.client("rae") as rae:
        declared = _only_declared(rae, most + 1)
        grown = rae.post(
            "/uploads/tickets?tenant=acme",
            headers={"x-file-name": "big.jsonl"},
            content=(b" " * 1_048_576 for _ in range(most // 1_048_576 + 2)),
        )
    assert grown.status_code == 400
    for shown in (declared, grown.json()):
        assert "larger than" in shown["happened"]


def test_the_outbox_can_be_taken_away(own_site: Site) -> None:
    """Every released reply is one line, with its text as it was released."""
    desk, rae = own_site.home.desk("acme"), own_site.home.person("rae", "acme")
    draft = draft_reply(desk, "AC-1")
    approve(desk, rae, draft.id)
    release(desk, rae, draft.id)
    with own_site.client("ann") as ann:
        answer = ann.get("/exports/outbox.jsonl?tenant=acme")
    (line,) = map(json.loads, answer.text.splitlines())
    assert line["reference"] == "AC-1"
    assert line["released_by"] == "rae"
    assert PLANTED in line["text"]
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"


def _send(browser: Browser, kind: str, name: str, body: str | bytes) -> httpx.Response:
    headers = {"x-file-name": name}
    return browser.post(f"/uploads/{kind}?tenant=acme", content=body, headers=headers)


def _only_declared(browser: Browser, length: int) -> dict[str, str]:
    """Send the head of a request and no body, as a client that means to go on for long."""
    line = HTTPConnection(browser.base_url.host, browser.base_url.port or 80, timeout=30)
    line.putrequest("POST", "/uploads/tickets?tenant=acme")
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    for name, value in (
        ("origin", str(browser.headers["origin"])),
        ("cookie", cookie),
        ("x-file-name", "big.jsonl"),
        ("content-length", str(length)),
    ):
        line.putheader(name, value)
    line.endheaders()
    answer = line.getresponse()
    shown = json.loads(answer.read())
    line.close()
    assert answer.status == 400
    return shown
