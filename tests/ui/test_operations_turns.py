"""Operations that change a tenant's index take its turn, from every interface."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from assistant.bootstrap import Home
from assistant.model import Role
from assistant.settings import Settings
from tests.fakes.parts import light_parts
from tests.ui.web_fixtures import ticket
from ui.operations.base import silent
from ui.operations.callers import Caller, Interface
from ui.operations.ingest import INGEST, IngestArgs
from ui.operations.operator import Operator
from ui.operations.tenants import SET, TenantRules
from ui.operations.terms import OpenArgs
from ui.operations.tickets import IMPORT, Export

OWNER = Caller(Interface.SHELL, owner=True)
PATIENCE_S = 60
ANSWER = "The driver of the yardarm printer is broken. Install it again from the share."


@pytest.fixture
def operator(tmp_path: Path) -> Generator[Operator]:
    """An operator of a home with one resolved ticket that can be found."""
    with Home.open(Settings(home=tmp_path / "home"), parts=light_parts()) as home:
        home.add_tenant("acme")
        home.accounts.add_user("rae", "correct-horse-battery", "acme", Role.REVIEWER)
        made = Operator(home)
        made.perform(SET, OWNER, TenantRules(tenant="acme", resolved_tickets=True), silent)
        made.perform(IMPORT, OWNER, Export(tenant="acme", name="t.jsonl", text=_solved()), silent)
        yield made


def test_a_page_decision_during_an_ingest_loses_no_vector(
    operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ingest is held between its vectors and its record; meanwhile a reviewer masks a word."""
    from ui.web.tabs.correcting import decide
    from ui.web.visit import open_visit

    path, home = _article(tmp_path), operator.home
    happened: SimpleQueue[str] = SimpleQueue()
    turn = _Turn(happened)
    operator = Operator(home, lambda: turn)
    added = threading.Event()

    def between() -> None:
        if added.is_set():  # the decision adds vectors of its own
            return
        added.set()
        assert happened.get(timeout=PATIENCE_S) == "waits for its turn"

    index = type(home.desk("acme").vectors)
    monkeypatch.setattr(index, "add", _held(index.add, between))

    def decides() -> None:
        visit = open_visit(
            operator, "rae", "acme", {"do": "mask", "words": "yardarm", "kind": "PERSON"}
        )
        decide(visit, OpenArgs(tenant="acme", reference="AC-7"))
        happened.put("has decided")

    with ThreadPoolExecutor(2) as pool:
        args = IngestArgs(tenant="acme", path=str(path))
        ingest = pool.submit(operator.perform, INGEST, OWNER, args, silent)
        assert added.wait(PATIENCE_S)
        turn.watched = True
        decision = pool.submit(decides)
        ingest.result(PATIENCE_S)
        decision.result(PATIENCE_S)
    desk = home.desk("acme")
    assert desk.records.documents.chunk_ids() == desk.vectors.ids()
    assert len(desk.records.documents.documents()) == 2


def test_asking_and_drafting_one_ticket_wait_for_no_turn(operator: Operator) -> None:
    from ui.operations.ask import ASK, Question
    from ui.operations.writing import DRAFT, WriteArgs

    with operator._turn(SET, TenantRules(tenant="acme")):
        asked = Question(tenant="acme", question="Which driver is broken?")
        assert operator.perform(ASK, OWNER, asked, silent).nearest
        one = WriteArgs(tenant="acme", references=("AC-7",), anyway=True)
        assert operator.perform(DRAFT, OWNER, one, silent).written


class _Turn:
    """A lock that reports when a thread has to wait."""

    def __init__(self, happened: SimpleQueue[str]) -> None:
        self._lock = threading.Lock()
        self._happened = happened
        self.watched = False

    def __enter__(self) -> None:
        if self.watched:
            self._happened.put("waits for its turn")
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _held(add: Callable[..., None], between: Callable[[], None]) -> Callable[..., None]:
    """Return ``add`` that calls ``between`` once vectors are added and no record names them."""

    def adding(*given: Any, **named: Any) -> None:
        add(*given, **named)
        between()

    return adding


def _article(folder: Path) -> Path:
    path = folder / "printing.md"
    path.write_text("# Blank pages\n\nRestart the spooler. Then print a test page.\n")
    return path


def _solved() -> str:
    import json

    row = json.loads(ticket("AC-7", "Printer", "The yardarm printer prints blank pages."))
    row["status"] = "solved"
    at = row["turns"][0]["at"]
    row["turns"].append({"at": at, "author": "Ann", "role": "agent", "text": ANSWER})
    return json.dumps(row)
