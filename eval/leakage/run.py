"""One run in a home of its own: plant values, run every flow, and collect all outputs."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from assistant.bootstrap import Home
from assistant.errors import QuietdeskError
from assistant.flows import review
from assistant.flows.ask import Answer, asking
from assistant.model import Role
from assistant.parts import Parts
from assistant.settings import Settings
from eval.homes import own_home, with_model
from eval.leakage.doors import Doors
from eval.leakage.material import Material, Planted
from eval.leakage.replies import liar
from eval.leakage.server import Answer as Answered
from eval.leakage.server import RecordingServer
from guardrails import RawText
from guardrails.spans import EntityType

SURFACES = ("wire", "index", "records", "ledger", "logs", "traces", "exports", "ui", "errors")
Tell = Callable[[str, int, int], None]

_TENANT, _OTHER = "planted", "elsewhere"
_REVIEWER, _STRANGER, _PASSWORD = "rita", "eve", "correct horse battery"
_EVERY, _DRAFTS = 12, 8
"""One ticket in so many, but at least eight, gets a drafted reply too; each takes a second."""
_STOPPED_AFTER = 3
_SAID = frozenset({EntityType.PERSON, EntityType.EMAIL_ADDRESS})
"""Types of other people's values in answers: the check of figures would catch numbers first."""


@dataclass(slots=True)
class Came:
    """The outputs by surface; ``known`` are undeclared values that the vault contains."""

    blobs: dict[str, list[bytes]] = field(
        default_factory=lambda: {name: list[bytes]() for name in SURFACES}
    )
    known: frozenset[int] = frozenset()
    released: list[tuple[str, bytes]] = field(default_factory=list[tuple[str, bytes]])

    def add(self, surface: str, text: str) -> None:
        self.blobs[surface].append(text.encode("utf-8", "replace"))


def run(
    material: Material, folder: Path, settings: Settings, doors: Doors, tell: Tell, parts: Parts
) -> Came:
    """Run every flow over ``material`` in ``folder``; return what was sent and stored."""
    declared = [
        each.value.text for each in material.planted if each.declared and each.value.kind in _SAID
    ]
    came = Came()
    with RecordingServer(liar(declared, material.answers)) as server:
        ours = with_model(own_home(settings, folder / "home"), server.origin, "recorded")
        crashed = folder / "crashed"
        with _opened(ours, doors, parts) as home:
            _fill(home, material, doors, came, folder)
            came.known = _held(home, material)
            _Flows(home, doors, came, material, tell).all(folder, crashed, server)
            _ledger(home, came)
        again = ours.model_copy(update={"home": crashed})
        with _opened(again, doors, parts) as home:
            _perform(home, doors, came, "exports", "summarise.batch", out=str(folder / "2.jsonl"))
            _ledger(home, came)
        came.blobs["wire"] += server.wire
        came.blobs["traces"] += server.strange
    for name in ("home", "crashed"):
        _files(folder / name, came)
    for each in folder.glob("*.jsonl"):
        came.blobs["exports"].append(each.read_bytes())
    return came


@contextmanager
def _opened(settings: Settings, doors: Doors, parts: Parts) -> Generator[Home]:
    with Home.open(settings, parts=parts) as home, doors.logging(settings.home):
        yield home


def _fill(home: Home, material: Material, doors: Doors, came: Came, folder: Path) -> None:
    for slug in (_TENANT, _OTHER):
        home.add_tenant(slug)
    home.accounts.add_user(_REVIEWER, _PASSWORD, _TENANT, Role.REVIEWER)
    home.accounts.add_user(_STRANGER, _PASSWORD, _OTHER, Role.REVIEWER)
    books = folder / "books"
    books.mkdir()
    for name, text in material.documents.items():
        (books / name).write_text(text, encoding="utf-8")
    csv, export = material.directory, material.export()
    _perform(home, doors, came, "errors", "people.import", name="people.csv", text=csv)
    _perform(home, doors, came, "ui", "ingest", path=str(books), audience="customer")
    _perform(home, doors, came, "ui", "tickets.import", name="tickets.jsonl", text=export)


def _held(home: Home, material: Material) -> frozenset[int]:
    """Return the undeclared values in the vault before anything is sent."""
    scanner = home.desk(_TENANT).scanner

    def is_held(planted: Planted) -> bool:
        text = planted.value.text
        return any((start, end) == (0, len(text)) for start, end, _ in scanner.values(text))

    undeclared = (each for each in material.planted if not each.declared)
    return frozenset(each.number for each in undeclared if is_held(each))


@dataclass(frozen=True, slots=True)
class _Flows:
    home: Home
    doors: Doors
    came: Came
    material: Material
    tell: Tell

    def all(self, folder: Path, crashed: Path, server: RecordingServer) -> None:
        self._batch(folder, crashed, server)
        self._chat()
        self._review()
        self._mistakes()
        self._lists()

    def _batch(self, folder: Path, crashed: Path, server: RecordingServer) -> None:
        """Summarise every ticket and draft some; copy the home in the middle, like after a kill."""
        tickets = [str(each["id"]) for each in self.material.tickets]
        honest, middle = server.answer, len(server.wire) + max(len(tickets) // 2, 1)

        def answer(prompt: str) -> Answered:
            self.tell("summarising", len(server.wire), len(tickets))
            if len(server.wire) == middle:
                shutil.copytree(self.home.settings.home, crashed)
            return honest(prompt)

        server.answer = answer
        self._do("exports", "summarise.batch", out=str(folder / "1.jsonl"))
        server.answer = honest
        if not crashed.exists():
            shutil.copytree(self.home.settings.home, crashed)
        chosen = tickets[:: max(1, min(_EVERY, len(tickets) // _DRAFTS))]
        for at, reference in enumerate(chosen):
            self.tell("drafting", at, len(chosen))
            self._do("exports", "draft", references=[reference])

    def _chat(self) -> None:
        asked = self.material.questions
        for at, question in enumerate(asked):
            self.tell("asking", at, len(asked))
            if at % 2:
                self._do("ui", "ask", question=question)
                continue
            for seen, answer in enumerate(self._stream(question)):
                self.came.add("ui", answer.written.body.reveal())
                if at % 3 == 0 and seen == _STOPPED_AFTER:
                    break

    def _stream(self, question: str) -> Iterator[Answer]:
        with closing(asking(self.home.desk(_TENANT), RawText(question))) as answers:
            yield from answers

    def _review(self) -> None:
        self._as_reviewer("exports", "review.list")
        desk, person = self.home.desk(_TENANT), self.home.person(_REVIEWER, _TENANT)
        for at, draft in enumerate(review.pending(desk, person)):
            try:
                if at % 3 == 0:
                    words = f"{draft.written.body.reveal()[:300]}\n\n{self.material.edits[at % 2]}"
                    review.edit(desk, person, draft.id, RawText(words))
                review.approve(desk, person, draft.id)
                review.release(desk, person, draft.id)
            except QuietdeskError as refused:
                self.came.add("errors", str(refused))
        self._as_reviewer("exports", "review.list")
        sent = json.loads(self._as_reviewer("", "outbox.list"))
        for reply in cast("list[dict[str, str]]", sent["replies"]):
            self.came.released.append((reply["reference"], reply["text"].encode()))

    def _mistakes(self) -> None:
        """Cause errors with values in them: in messages, in the log and in crash reports."""
        some = [each.value.text for each in self.material.planted[:40]]
        for value in some[:10]:
            self._do("errors", "tickets.import", name="bad.jsonl", text=f'{{"id": "{value}')
            self._do("errors", "tickets.import", name="bad.csv", text=f"{value},{value}\n1,2")
            self._do("errors", "people.import", name="bad.csv", text=f"name\n{value},{value}")
            self._do("errors", "draft", references=["LK-0"])
        for value in some:
            logging.getLogger("a.library").error("could not parse %s", value)
            try:
                _stumble(value)
            except ValueError as error:
                logging.getLogger("another.library").exception("failed on %s", value)
                self.came.add("errors", self.doors.crash(error, self.home.settings.home))

    def _lists(self) -> None:
        """Call lists without a login, as another tenant's user, and with a wrong password."""
        for name in ("tickets.list", "gaps.list", "ledger.show"):
            self._do("ui", name)
        drafts = self.home.desk(_TENANT).records.drafts.list()
        draft, ticket = {"draft": drafts[0].id}, {"reference": drafts[0].reference}
        shown: dict[str, dict[str, str]] = {
            "review.list": {},
            "review.show": draft,
            "review.release": draft,
            "outbox.list": {},
            "tickets.show": ticket,
            "terms.list": {},
        }
        for name, args in shown.items():
            self._do("ui", name, login=_STRANGER, password=_PASSWORD, **args)
        for who in (_REVIEWER, "nobody"):
            self._do("ui", "review.list", login=who, password="wrong")  # noqa: S106 - not one

    def _as_reviewer(self, surface: str, operation: str, **args: object) -> str:
        return self._do(surface, operation, login=_REVIEWER, password=_PASSWORD, **args)

    def _do(self, surface: str, operation: str, **args: object) -> str:
        return _perform(self.home, self.doors, self.came, surface, operation, **args)


def _stumble(value: str) -> None:
    """Raise like libraries: with the value in the message, in the cause and in the frame."""
    raise ValueError(value) from KeyError(value)


def _perform(
    home: Home, doors: Doors, came: Came, surface: str, operation: str, **args: object
) -> str:
    said = doors.perform(home, operation, tenant=_TENANT, **args)
    if surface:
        came.add(surface, said)
    return said


def _ledger(home: Home, came: Came) -> None:
    for row in home.desk(_TENANT).ledger.rows():
        came.add("ledger", f"{row.kind} {row.body}")


def _files(home: Path, came: Came) -> None:
    """Read every file of a home, as a thief of the disk would."""
    for path in sorted(each for each in home.rglob("*") if each.is_file()):
        inside = path.relative_to(home).parts
        surface = {"indexes": "index", "logs": "logs"}.get(inside[0], "records")
        if path.name.startswith("crash-"):
            surface = "errors"
        came.blobs[surface].append(path.read_bytes())
