"""When any part fails at any time, no byte on the wire identifies a person."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pydantic import AnyHttpUrl

from assistant.bootstrap import Home
from assistant.desk import Desk
from assistant.flows.ask import ask, asking
from assistant.flows.draft import draft_reply
from assistant.flows.summarise import summarise
from assistant.model import Audience
from assistant.settings import Settings
from guardrails import RawText
from guardrails.audit.ledger import LedgerMaker, LedgerStore, Row
from guardrails.detect import build_rule_detector
from guardrails.errors import KeyTrouble, QuietdeskError, StorageTrouble
from guardrails.spans import Detector, Span
from ingestion.ingest import ingest
from tests.fakes.parts import light_parts
from tests.fakes.tickets import import_tickets
from tests.model_server import Answer, Handler, ModelServer, Received, hang, say

NAME, MAIL, PHONE, HOST = (
    "Theodora Quillfeather",
    "theo.q@acme.example",
    "+44 20 7946 0958",
    "AC-PC-0417",
)
RAW = (NAME, "Quillfeather", MAIL, "7946 0958", HOST)
ARTICLE = (
    "# Printing\n\n## The printer prints blank pages\n\nOpen the printer queue and restart the "
    f"spooler service. Then print a test page. Ask {NAME} on {PHONE} if that does not help.\n"
)
ASKED = f"The printer of {NAME} ({MAIL}) prints blank pages on {HOST}, what now?"
GOOD = "Open the printer queue and restart the spooler service. [1] Then print a test page. [1]"
TICKET = {
    "id": "AC-1",
    "subject": "The printer prints blank pages",
    "status": "open",
    "requester": {"name": NAME, "email": MAIL, "phone": PHONE},
    "assets": [{"hostname": HOST}],
    "turns": [{"author": NAME, "role": "requester", "text": f"{ASKED}\n\n{NAME}, {PHONE}"}],
}


class Breakable:
    """The rules, until a test replaces the detector."""

    def __init__(self) -> None:
        self.instead: Detector = build_rule_detector()

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        return self.instead.detect(texts)


@dataclass(frozen=True)
class Scene:
    """A tenant with a ticket and an article, and a model server that records every byte."""

    home: Home
    server: ModelServer
    detector: Breakable
    rules: Breakable

    @property
    def desk(self) -> Desk:
        return self.home.desk("acme")

    def flows(self) -> list[Callable[[], object]]:
        """Return all that may ask the model."""
        desk = self.desk
        return [
            lambda: summarise(desk, "AC-1"),
            lambda: draft_reply(desk, "AC-1"),
            lambda: ask(desk, RawText(ASKED)),
            lambda: list(asking(desk, RawText(ASKED))),
            lambda: import_tickets(desk, RawText(json.dumps(TICKET | {"id": "AC-2"})), "t.jsonl"),
        ]

    def must_keep_still(self) -> None:
        """Assert that nothing on the wire identifies a person."""
        seen = self.server.seen().decode("utf-8", "replace").casefold()
        assert [value for value in RAW if value.casefold() in seen] == []

    def try_all(self) -> int:
        """Run every flow; return how many came to an end."""
        done = 0
        for flow in self.flows():
            with suppress(QuietdeskError):
                flow()
                done += 1
        self.must_keep_still()
        return done


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with ModelServer() as server:
        settings = Settings(
            home=tmp_path / "home",
            writer="model",
            model_url=AnyHttpUrl(server.url),
        )
        detector, rules = Breakable(), Breakable()
        parts = replace(light_parts(detector), rules=lambda: rules)
        with Home.open(settings, parts=parts) as home:
            home.add_tenant("acme")
            import_tickets(home.desk("acme"), RawText(json.dumps(TICKET)), "tickets.jsonl")
            book = tmp_path / "printing.md"
            book.write_text(ARTICLE, encoding="utf-8")
            ingest(
                home.desk("acme"),
                book,
                progress=lambda _: None,
                max_bytes=10_000,
                audience=Audience.CUSTOMER,
            )
            server.will(*[say(GOOD)] * 50)
            yield Scene(home, server, detector, rules)


class Failing:
    """A detector that fails at its ``at``-th call and from then on."""

    def __init__(self, error: BaseException, at: int = 1) -> None:
        self._error, self._left = error, at

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        self._left -= 1
        if self._left <= 0:
            raise self._error
        return [[] for _ in texts]


class FailingLedger:
    """A ledger that takes ``rows`` more rows."""

    def __init__(self, inner: LedgerStore, rows: int, error: Exception) -> None:
        self._inner, self._left, self._error = inner, rows, error

    def append(self, make: LedgerMaker) -> Row:
        self._left -= 1
        if self._left < 0:
            raise self._error
        return self._inner.append(make)

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


def test_when_nothing_breaks_the_model_is_asked_and_learns_nobody(scene: Scene) -> None:
    assert scene.try_all() == len(scene.flows())
    assert len(scene.server.received) == 4


ERRORS = [RuntimeError(NAME), MemoryError(NAME), RecursionError(MAIL), OSError(28, MAIL)]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_detector_that_fails_lets_nothing_unredacted_out(scene: Scene, error: Exception) -> None:
    scene.detector.instead = scene.rules.instead = Failing(error)
    assert scene.try_all() < len(scene.flows())
    assert scene.server.received == []


@pytest.mark.parametrize("at", range(1, 12))
def test_a_scan_that_fails_on_the_way_sends_nothing_unscanned(scene: Scene, at: int) -> None:
    scene.rules.instead = Failing(MemoryError(NAME), at)
    scene.try_all()


@pytest.mark.parametrize("rows", range(6))
@pytest.mark.parametrize("error", [StorageTrouble("The disk is full."), OSError(28, NAME)])
def test_a_ledger_that_takes_no_row_stops_the_request(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, rows: int, error: Exception
) -> None:
    desk = scene.desk
    monkeypatch.setattr(desk.ledger, "_store", FailingLedger(desk.ledger._store, rows, error))
    for flow in scene.flows():
        with suppress(QuietdeskError, OSError):
            flow()
    scene.must_keep_still()
    assert len(scene.server.received) <= rows


def test_without_the_key_nothing_is_opened_and_nothing_is_sent(scene: Scene) -> None:
    folder, settings = scene.home.settings.home, scene.home.settings
    scene.home.close()
    (folder / "master.key").unlink()
    with pytest.raises(KeyTrouble):
        Home.open(settings)
    assert scene.server.received == []


def test_a_vault_that_does_not_open_sends_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = scene.desk

    def gone(*_of: object) -> None:
        raise KeyTrouble(NAME)

    monkeypatch.setattr(desk.scanner._vault, "_open", gone)
    assert scene.try_all() < len(scene.flows())
    assert scene.server.received == []


@pytest.mark.prove
def test_a_detector_that_hangs_holds_everything_back(scene: Scene) -> None:
    freed, hanging = threading.Event(), threading.Semaphore(0)

    class Hanging:
        def detect(self, texts: Sequence[str]) -> list[list[Span]]:
            hanging.release()
            freed.wait(60)
            raise MemoryError(str(len(texts)))

    scene.detector.instead = Hanging()
    desk = replace(scene.desk)
    threads = [
        threading.Thread(target=_quietly, args=(lambda: ask(desk, RawText(ASKED)),), daemon=True)
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert hanging.acquire(timeout=60)
    assert all(thread.is_alive() for thread in threads)
    assert scene.server.received == []
    freed.set()
    for thread in threads:
        thread.join(20)
    assert scene.server.received == []


@pytest.mark.prove
def test_a_process_killed_in_the_middle_of_a_request_has_sent_redacted_bytes_and_said_so_before(
    scene: Scene, tmp_path: Path
) -> None:
    settings, server = scene.home.settings, scene.server
    scene.home.close()
    came = threading.Event()
    server._script.clear()
    server.will(_tell(came, hang()))
    environment = {
        **os.environ,
        "QUIETDESK_HOME": str(settings.home),
        "QUIETDESK_WRITER": "model",
        "QUIETDESK_MODEL_URL": server.url,
    }
    killed = subprocess.Popen(
        [sys.executable, "-m", "ui", "summarise", "--tenant", "acme", "AC-1"],
        env=environment,
        cwd=Path(__file__).parents[2],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert came.wait(120)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    scene.must_keep_still()
    assert len(server.received) == 1
    with Home.open(settings) as again:
        rows = [row.kind for row in again.desk("acme").ledger.rows()]
        assert rows[-1] == "model.intent"
        assert again.desk("acme").ledger.verify().broken is None


def _tell(came: threading.Event, then: Answer) -> Answer:
    def answer(handler: Handler, received: Received) -> None:
        came.set()
        then(handler, received)

    return answer


def _quietly(run: Callable[[], object]) -> None:
    with suppress(QuietdeskError):
        run()
