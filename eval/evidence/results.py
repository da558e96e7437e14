"""The result of each control: its probe, its watch and its off-switches taken together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from assistant.bootstrap import Home
from eval.evidence.control import Control, Outcome
from eval.evidence.controls import CONTROLS, IDS
from eval.evidence.jobs import Job
from eval.evidence.trial import Trial, failed_as_it_must
from eval.evidence.workers import Workers
from guardrails.policy import Rules
from guardrails.policy.controls import CONTROLS as LINES

NOT_BUILT = "it is not built"
Tell = Callable[[str, int, int], None]
"""Called with what is done, how much of it, and how much there is; it may raise to stop."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one control under one set of rules; ``why`` says why it does not hold."""

    id: str
    outcome: Outcome
    why: str = ""
    control: Control | None = None
    probe: Trial | None = None
    watch: Trial | None = None
    off: Mapping[str, Trial] = field(default_factory=dict[str, Trial])


def watch(control: Control, home: Home, slug: str) -> Trial | None:
    """Read the tenant itself, None where the control reads nothing of it."""
    if control.watch is None:
        return None
    try:
        return Trial(tuple(control.watch(home, slug)))
    except Exception as error:  # noqa: BLE001 - a crash must not end the report
        return Trial((), type(error).__name__)


def try_all(
    rules: Sequence[Rules], wanted: Iterable[str], workers: Workers, tell: Tell
) -> dict[tuple[str, Rules], dict[str, Trial]]:
    """Try the built controls among ``wanted`` under each of ``rules``, and without each guard.

    The trials of a control are by the guard that was off; the name of the probe itself is empty.
    Without a guard it is tried once for all rules that are the same in what the control reads.
    """
    names = [each for each in IDS if each in set(wanted) and each in CONTROLS]
    jobs = [Job(name, held, off) for name in names for held in rules for off in _runs(name)]
    done_as = {job: _representative(job, rules) for job in jobs}
    tried: dict[Job, Trial] = {}
    todo = list(dict.fromkeys(done_as.values()))
    tell("trying controls", 0, len(todo))
    for done, (job, trial) in enumerate(workers.tried(todo), 1):
        tried[job] = trial
        tell("trying controls", done, len(todo))
    found: dict[tuple[str, Rules], dict[str, Trial]] = {}
    for job, done_job in done_as.items():
        found.setdefault((job.control, job.rules), {})[job.off] = tried[done_job]
    return found


def _runs(name: str) -> Sequence[str]:
    return ("", *CONTROLS[name].off)


def _representative(job: Job, rules: Sequence[Rules]) -> Job:
    """Return the job that is done in place of ``job``: itself, or one that reads the same rules."""
    if not job.off:
        return job
    read = _read(job.control, job.rules)
    return replace(job, rules=next(each for each in rules if _read(job.control, each) == read))


def _read(control: str, rules: Rules) -> tuple[object, ...]:
    return tuple(attrgetter(path)(rules) for path in LINES[control].reads)


def judge(name: str, trials: Mapping[str, Trial] | None, seen: Trial | None) -> Result:
    """Return the result of a control; ``seen`` is what its watch saw.

    It holds only if probe and watch hold and the probe fails, where it must, without each guard.
    """
    if trials is None:
        return Result(name, Outcome.NOT_MEASURED, NOT_BUILT)
    control, probed = CONTROLS[name], trials[""]
    off = {guard: trials[guard] for guard in control.off}
    outcome, why = _outcome(control, probed, seen, off)
    return Result(name, outcome, why, control, probed, seen, off)


def _outcome(
    control: Control, probed: Trial, seen: Trial | None, off: Mapping[str, Trial]
) -> tuple[Outcome, str]:
    for name, trial in (("probe", probed), ("watch", seen)):
        if trial is not None and trial.outcome is Outcome.FAILS:
            first = next(each for each in trial.seen if not each.ok)
            return Outcome.FAILS, f"{name}: {first.what}"
    for name, trial in (("probe", probed), ("watch", seen)):
        if trial is not None and trial.outcome is Outcome.NOT_MEASURED:
            return Outcome.NOT_MEASURED, f"{name}: {trial.crashed}"
    if probed.outcome is Outcome.NOT_APPLICABLE:
        return Outcome.NOT_APPLICABLE, "these rules promise nothing that it could try"
    for guard, trial in off.items():
        if not failed_as_it_must(control, guard, trial):
            return Outcome.NOT_MEASURED, f"it does not fail without {guard}{_crash(trial)}"
    return Outcome.HOLDS, ""


def _crash(trial: Trial) -> str:
    return f" ({trial.crashed})" if trial.crashed else ""


def ordered(names: Iterable[str]) -> list[str]:
    """Return ids of controls in the order of a report."""
    return sorted(names, key=IDS.index)
