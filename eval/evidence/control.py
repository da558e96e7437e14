"""A control: one promise that the running system keeps, how it is tried, and how trying can fail.

A control that passes proves little unless the same trial fails when the guard is missing. So each
names its off-switches, and for each the observation that must then be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import LiteralString

from assistant.bootstrap import Home
from eval.evidence.doors import Patch
from eval.evidence.twin import Twin
from guardrails.audit.ledger import Fact


class Outcome(StrEnum):
    """The result of trying a control. Only `HOLDS` is a pass."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_MEASURED = "not_measured"
    """It is not built, it crashed, it took too long, or an off-switch did not make it fail."""
    NOT_APPLICABLE = "not_applicable"
    """The rules of this tenant promise nothing that the control could try."""


class Need(StrEnum):
    """What a control needs beside a twin; without it the outcome is `NOT_MEASURED`."""

    SERVE = "serve"
    """The page, served on this machine."""
    OPENSSL = "openssl"


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation: what was tried, what was expected and what was found.

    Facts are counts, hashes, ids and words of closed sets, never customer text. ``rows`` are
    numbers of ledger rows that show the same.
    """

    what: LiteralString
    expected: Fact
    found: Fact
    ok: bool
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Off:
    """A guard to disable, and the `Seen.what` that must then not be ok."""

    patch: Patch
    sees: LiteralString


@dataclass(frozen=True, slots=True)
class Control:
    """One promise: ``probe`` tries it on a twin, ``watch`` reads the tenant itself, read-only.

    ``off`` names at least one off-switch. A probe that yields nothing is `NOT_APPLICABLE`.
    """

    id: str
    says: LiteralString
    probe: Callable[[Twin], Iterable[Seen]]
    watch: Callable[[Home, str], Iterable[Seen]] | None
    off: Mapping[str, Off]
    needs: frozenset[Need] = frozenset()


def same(what: LiteralString, expected: Fact, found: Fact, rows: Iterable[int] = ()) -> Seen:
    """Return an observation that is ok if ``found`` is ``expected``."""
    return Seen(what, expected, found, expected == found, tuple(rows))
