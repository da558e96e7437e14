"""Twins for the tests of controls."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import mkdtemp

from assistant.settings import Settings
from eval.evidence.control import Control, Outcome
from eval.evidence.controls import CONTROLS
from eval.evidence.switches import hand_in
from eval.evidence.trial import Trial, failed_as_it_must, probe, without
from eval.evidence.twin import Twin, twin
from guardrails.policy import Rules
from ui.evidence.doors import TwinDoors

DOORS = TwinDoors()


def a_twin(folder: Path, rules: Rules | None = None) -> AbstractContextManager[Twin]:
    """Return a fresh twin in a folder of its own below ``folder``."""
    return twin(DOORS, Path(mkdtemp(dir=folder)), rules, settings=Settings(home=folder))


def holds(control: str, folder: Path, rules: Rules | None = None) -> Trial:
    """Try a control; fail the test with what it saw if it does not hold."""
    trial = probe(CONTROLS[control], lambda: a_twin(folder, rules))
    assert trial.outcome is Outcome.HOLDS, (trial.crashed, [x for x in trial.seen if not x.ok])
    return trial


def fails_without(control: str, guard: str, folder: Path, rules: Rules | None = None) -> Trial:
    """Try a control without one guard; fail the test if it does not fail where it must."""
    hand_in(DOORS.switches())
    found = CONTROLS[control]
    trial = without(found, guard, lambda: a_twin(folder, rules))
    assert failed_as_it_must(found, guard, trial), (trial.crashed, trial.seen)
    return trial


def guards() -> list[tuple[str, str]]:
    """Return every built control with each of its off-switches."""
    return [(each.id, name) for each in CONTROLS.values() for name in each.off]


def built() -> list[Control]:
    """Return the controls that are built."""
    return list(CONTROLS.values())
