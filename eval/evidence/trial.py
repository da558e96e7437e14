"""Tries one control on fresh twins: its probe, and its probe again with each guard disabled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from eval.evidence.control import Control, Outcome, Seen
from eval.evidence.twin import Twin

MakeTwin = Callable[[], AbstractContextManager[Twin]]


@dataclass(frozen=True, slots=True)
class Trial:
    """What one run of a probe saw; ``crashed`` is the type of the error that ended it early."""

    seen: tuple[Seen, ...]
    crashed: str = ""

    @property
    def outcome(self) -> Outcome:
        """Return `HOLDS` only if it ran to its end and every observation is ok."""
        if self.crashed:
            return Outcome.NOT_MEASURED
        if not self.seen:
            return Outcome.NOT_APPLICABLE
        return Outcome.HOLDS if all(each.ok for each in self.seen) else Outcome.FAILS


def probe(control: Control, make: MakeTwin) -> Trial:
    """Run the probe on a twin. A crash is part of the result."""
    seen: list[Seen] = []
    try:
        with make() as twin:
            seen.extend(control.probe(twin))
    except Exception as error:  # noqa: BLE001 - a crash must not end the report
        return Trial(tuple(seen), type(error).__name__)
    return Trial(tuple(seen))


def without(control: Control, name: str, make: MakeTwin) -> Trial:
    """Run the probe on a twin that is made while the guard ``name`` is disabled."""
    with control.off[name].patch():
        return probe(control, make)


def failed_as_it_must(control: Control, name: str, trial: Trial) -> bool:
    """Return whether the run without the guard failed at the observation that it names."""
    sees = control.off[name].sees
    return not trial.crashed and any(each.what == sees and not each.ok for each in trial.seen)


def failing(seen: Sequence[Seen]) -> list[Seen]:
    """Return the observations that are not ok."""
    return [each for each in seen if not each.ok]
