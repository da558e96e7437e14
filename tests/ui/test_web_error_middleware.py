"""When something goes wrong or takes long: plain words, no customer text, and nobody else waits."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from assistant.frames import FrameBook
from assistant.model import Passage, Ticket, Written
from assistant.ports import Writer
from assistant.search.nearness import Nearness
from assistant.writers.extractive import ExtractiveWriter
from tests.fakes.parts import light_parts
from tests.ui.web_fixtures import PLANTED, Site, serving
from ui.web.bindings import Bindings
from ui.web.error_middleware import Calm


async def _breaks(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise RuntimeError(f"{PLANTED} broke it")


def test_an_unexpected_error_is_answered_without_its_words(
    site: Site, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """An unexpected error becomes a plain message; its words reach neither browser nor log."""
    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    async def silence() -> Message:
        return {"type": "http.disconnect"}

    scope: Scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    asyncio.run(Calm(_breaks, site.home)(scope, silence, keep))
    answered = json.loads(sent[1]["body"])
    assert sent[0]["status"] == 500
    assert "RuntimeError" in answered["happened"]
    written = "".join(path.read_text() for path in (site.home.settings.home / "logs").iterdir())
    assert "test_web_error_middleware.py" in written
    assert "Quillfeather" not in written + str(answered) + "".join(capfd.readouterr()) + caplog.text


def test_an_event_that_fails_says_what_is_safe_and_logs_no_words(
    site: Site, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """An event that fails unexpectedly leaves the page unchanged."""
    with site.client("ann") as ann:
        shown = ann.do("qd-as-seen", "change", tenant="acme", opened=f"{PLANTED}\ud800")
    assert shown.changed == []
    assert "qd-problem" in shown.notice
    assert "Quillfeather" not in shown.notice + "".join(capfd.readouterr()) + caplog.text


def test_a_mistake_is_told_in_full(site: Site) -> None:
    """The notice says what happened, what was kept safe and what to do."""
    with site.client("rae") as rae:
        empty = rae.do("qd-question", "submit", tenant="acme", question="   ")
        gone = rae.do("qd-queue", "click", {"draft": "0" * 32}, tenant="acme")
        wrong = rae.do("qd-question", "submit", tenant="acme", question=7)
    assert "The question is empty. Nothing was changed. Write a question first." in _words(empty)
    assert "There is no draft" in _words(gone)
    assert "is not text" in _words(wrong)


def test_a_slow_draft_holds_nobody_up(tmp_path: Path) -> None:
    """While a writer takes its time, others read tickets and ask; then the draft arrives."""
    slow = _Slow()

    def slowly(_frames: FrameBook, _nearness: Nearness) -> Writer:
        return slow

    parts = replace(light_parts(), extractive=slowly)
    with (
        serving(tmp_path, parts=parts) as site,
        site.client("ann") as ann,
        site.client("rae") as rae,
    ):
        ann.fire(ann.event("qd-draft", "click", tenant="acme", opened="AC-1"))
        assert slow.started.wait(30)
        read = rae.do("qd-tickets", "click", {"ticket": "AC-1"}, tenant="acme")
        asked = rae.do("qd-question", "submit", tenant="acme", question="printer queue spooler")
        slow.go.set()
        done = next(each for each in ann.results() if each["msg"] == "process_completed")
    assert PLANTED in read["qd-thread"]
    assert "spooler" in asked["qd-answer"]
    assert "Draft reply" in done["output"]["data"][0]


def test_a_person_who_opens_very_many_pages_loses_only_their_own() -> None:
    """Old pages of the same person are dropped; other people's bindings never change."""
    dropped: list[str] = []
    bindings = Bindings(dropped.append, most=3)
    assert bindings.claim("anns", "ann")
    assert all(bindings.claim(f"bob{number}", "bob") for number in range(5))
    assert dropped == ["bob0", "bob1"]
    assert not bindings.claim("anns", "bob")
    assert not bindings.claim("bob4", "ann")
    assert bindings.claim("bob0", "ann")


class _Slow(ExtractiveWriter):
    """Waits until the test releases it."""

    def __init__(self) -> None:
        super().__init__()
        self.started, self.go = threading.Event(), threading.Event()

    def reply(self, ticket: Ticket, passages: Sequence[Passage]) -> Written:
        self.started.set()
        assert self.go.wait(30)
        return super().reply(ticket, passages)


def _words(shown: dict[str, object]) -> str:
    text = str(shown["qd-notice"])
    return " ".join("".join(part.partition(">")[2] for part in text.split("<")).split())
