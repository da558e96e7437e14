"""A twin: a temporary home under a tenant's rules, with invented people, on which controls act.

No record of a customer is copied into it. Its model is a recording server of this machine, and its
detector (rules) and embedder (hashes of words) load no model.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from assistant.bootstrap import Home
from assistant.desk import Desk
from assistant.errors import QuietdeskError
from assistant.model import Role
from assistant.parts import Parts
from assistant.settings import Settings
from eval.evidence.doors import Doors
from eval.evidence.material import NEIGHBOUR, TENANT, Material
from eval.hashing import HashingEmbedder
from eval.homes import own_home, with_model
from eval.leakage.server import Answer, RecordingServer
from guardrails.clock import utc_now
from guardrails.detect import build_rule_detector
from guardrails.policy import Policy, Rules
from guardrails.spans import Detector

PASSWORD = "correct horse battery"  # noqa: S105 - of invented people
MODEL = "recorded"
_ANSWER = "Restart the spooler. Try it again."
_CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Argon2 is slow on purpose; the people of a twin are invented, so theirs need not be."""


class Clock:
    """A clock that runs from now on, and can be moved forward or back."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        """Return the time, aware, in UTC."""
        return utc_now() + self._ahead

    def forward(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """Move the clock; negative numbers move it back."""
        self._ahead += timedelta(days=days, hours=hours, minutes=minutes)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an operation went: its JSON in ``said``, or its error's message and type."""

    said: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Twin:
    """Two tenants in one home, a model server that records, and a clock that can be moved.

    ``tenant`` is under the rules that are tried, ``neighbour`` too. ``wire`` holds every request to
    the model, whole. ``folder`` has the home and is removed at the end.
    """

    home: Home
    doors: Doors
    server: RecordingServer
    clock: Clock
    folder: Path
    rules: Rules
    tenant: str = "twin"
    neighbour: str = "neighbour"

    @property
    def desk(self) -> Desk:
        """The tenant's desk, opened again after a change."""
        return self.home.desk(self.tenant)

    @property
    def wire(self) -> list[bytes]:
        """Every request that reached the model server: its head and its body."""
        return self.server.wire

    def material(self, slug: str | None = None) -> Material:
        """Return what was planted at a tenant."""
        return NEIGHBOUR if slug == self.neighbour else TENANT

    def login(self, role: Role, of: str | None = None) -> str:
        """Return the login of the person who has one role only, at a tenant."""
        return f"{role.value}@{of or self.tenant}.test"

    def perform(
        self,
        operation: str,
        *,
        role: Role | None = None,
        of: str | None = None,
        at: str | None = None,
        **args: object,
    ) -> dict[str, Any]:
        """Run an operation as every interface does; return its result as JSON data.

        The person with ``role`` at the tenant ``of`` calls, without a role the home's owner; the
        operation's tenant is ``at``. Both are the twin's tenant if they are not given.
        """
        login = self.login(role, of) if role else None
        given = {"tenant": at or of or self.tenant, **args}
        return self.doors.perform(self.home, operation, given, login)

    def attempt(
        self,
        operation: str,
        *,
        role: Role | None = None,
        of: str | None = None,
        at: str | None = None,
        **args: object,
    ) -> Attempt:
        """Run an operation like `perform`, and return everything that the caller is told."""
        try:
            return Attempt(str(self.perform(operation, role=role, of=of, at=at, **args)))
        except QuietdeskError as error:
            return Attempt(str(error), type(error).__name__)

    def files(self) -> dict[str, bytes]:
        """Return every file of the home, by its path there, as a thief of the disk would see it."""
        root = self.home.settings.home
        found = sorted(each for each in root.rglob("*") if each.is_file())
        return {each.relative_to(root).as_posix(): each.read_bytes() for each in found}


@contextmanager
def twin(
    doors: Doors,
    folder: Path,
    rules: Rules | None = None,
    *,
    settings: Settings | None = None,
    blank: Path | None = None,
) -> Generator[Twin]:
    """Make a twin in ``folder`` under ``rules``; without any, under those of a new tenant.

    ``blank`` is a home that `make_blank` made: copying it is faster than making its tables.
    """
    clock, held = Clock(), rules or Rules()
    if blank is not None:
        shutil.copytree(blank, folder / "home")
    with RecordingServer(lambda _prompt: Answer(_ANSWER)) as server:
        ours = _settings(settings or Settings(), folder / "home", server)
        with Home.open(ours, parts=light_parts(), clock=clock) as home, doors.logging(ours.home):
            made = Twin(home, doors, server, clock, folder, held)
            for slug in (made.tenant, made.neighbour):
                _settle(made, slug)
            yield made


def make_blank(folder: Path) -> str:
    """Make a home without tenants in ``folder``, for twins to begin with; return its path."""
    with Home.open(own_home(Settings(), folder), parts=light_parts()):
        return str(folder)


@cache
def _rules() -> Detector:
    return build_rule_detector()


def light_parts() -> Parts:
    """Return the parts of a twin: none loads a model."""
    return Parts(
        detector=lambda _settings: _rules(),
        rules=_rules,
        embedder=lambda _settings, _source: HashingEmbedder(),
        suspects=lambda _embedder: lambda texts: [() for _ in texts],
        hasher=_CHEAP_HASHER,
    )


def _settings(settings: Settings, home: Path, server: RecordingServer) -> Settings:
    ours = with_model(own_home(settings, home), server.origin, MODEL)
    light = {"reranker": None, "model_no_training": True, "max_file_mb": 1}
    return ours.model_copy(update=light)


def _settle(made: Twin, slug: str) -> None:
    """Add a tenant with a person for each role, its documents and its tickets."""
    home, material = made.home, made.material(slug)
    home.policies.add_tenant(lambda: home.accounts.add_tenant(slug, Policy(rules=made.rules)))
    for role in Role:
        home.accounts.add_user(made.login(role, slug), PASSWORD, slug, role)
    books = made.folder / slug
    books.mkdir()
    for name, text in material.documents().items():
        (books / name).write_text(text, encoding="utf-8")
    made.perform("ingest", at=slug, path=str(books), audience="customer")
    made.perform("tickets.import", at=slug, name="tickets.jsonl", text=material.export())
