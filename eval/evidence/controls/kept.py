"""What is kept: each table and file has a class of data, and logs hold no customer text."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from assistant.adapters.records import logins
from assistant.bootstrap import Home
from assistant.desk import Desk
from assistant.flows import track_record
from assistant.model import Role
from eval.evidence import inventory
from eval.evidence.bytes import planted
from eval.evidence.control import Control, Off, Seen, same
from eval.evidence.material import TICKET
from eval.evidence.switches import of_ui, replaced
from eval.evidence.twin import PASSWORD, Twin

_TABLES = "tables without a class of data"
_FILES = "files of the home without a class of data"
_LOGGED = "planted values in logs and crash reports"
_PASSWORDS = "passwords in files of the home"
_FEW = "figures about fewer cases than a report may show"
_LEAST = 5
"""A twin's figures are about one case, so any least count above one hides them all."""


def _kept(twin: Twin) -> Generator[Seen]:
    _use(twin)
    yield same(_TABLES, 0, len(inventory.unclassed_tables()))
    files = twin.files()
    yield same(_FILES, 0, len(inventory.unclassed_files(files)))
    logs = {name: body for name, body in files.items() if name.startswith("logs/")}
    yield same(_LOGGED, 0, planted(twin.material().canaries, logs))
    yield same("logs that the twin wrote", expected=True, found=b"".join(logs.values()) != b"")
    yield same(_PASSWORDS, 0, planted((PASSWORD,), files))
    yield same(_FEW, 0, len(_figures(twin)))


def _use(twin: Twin) -> None:
    """Write a draft and decide about it, and fail like a library and like a bug of ours."""
    made = twin.perform("draft", role=Role.AGENT, references=[TICKET])
    for draft in made["written"]:
        twin.perform("review.reject", role=Role.REVIEWER, draft=draft["id"])
    for value in twin.material().canaries:
        logging.getLogger("a.library").error("could not parse %s", value)
        _stumble(twin, value)


def _stumble(twin: Twin, value: str) -> None:
    try:
        int(value)
    except ValueError as error:  # its message quotes the value
        twin.doors.crash(error, twin.home.settings.home)


def _figures(twin: Twin) -> Sequence[track_record.Figures]:
    """Return the figures about few cases that are shown where only many may be."""
    tenant, rules = twin.desk.tenant, replace(twin.rules, least_count=_LEAST)
    strict = replace(tenant, policy=replace(tenant.policy, rules=rules))
    return [
        each
        for each in track_record.track_record(replace(twin.desk, tenant=strict))
        if each.decided < _LEAST
    ]


def _watch(home: Home, _slug: str) -> Generator[Seen]:
    yield same(_TABLES, 0, len(inventory.unclassed_tables()))
    root = home.settings.home
    names = [each.relative_to(root).as_posix() for each in root.rglob("*") if each.is_file()]
    yield same(_FILES, 0, len(inventory.unclassed_files(names)))


def _new_table() -> AbstractContextManager[None]:
    names = inventory.tables()
    return replaced((inventory, "tables", lambda: [*names, "call_recordings"]))


def _new_file() -> AbstractContextManager[None]:
    known = {shape: kind for shape, kind in inventory.FILES.items() if "indexes" not in shape}
    return replaced((inventory, "FILES", known))


def _plain_passwords() -> AbstractContextManager[None]:
    def as_it_is(_self: logins.Passwords, password: str) -> str:
        return password

    return replaced((logins.Passwords, "hash", as_it_is))


def _all_figures() -> AbstractContextManager[None]:
    def every(_desk: Desk, figures: Sequence[track_record.Figures]) -> list[track_record.Figures]:
        return list(figures)

    return replaced((track_record, "about_enough", every))


CONTROLS = (
    Control(
        "inventory",
        "Every table and file of a home has a class of data; logs hold no customer text.",
        _kept,
        _watch,
        {
            "a class for each table": Off(_new_table, _TABLES),
            "a class for each file": Off(_new_file, _FILES),
            "log filter": Off(of_ui("log filter"), _LOGGED),
            "crash report filter": Off(of_ui("crash report filter"), _LOGGED),
            "password hash": Off(_plain_passwords, _PASSWORDS),
            "least count": Off(_all_figures, _FEW),
        },
    ),
)
