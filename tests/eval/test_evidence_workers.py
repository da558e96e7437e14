"""The processes that try controls: a crash, a hang and a stop are no measurements."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path

import pytest

from eval.evidence.child import CRASHED, LATE
from eval.evidence.control import Outcome, same
from eval.evidence.jobs import Job, trial_line, trial_of
from eval.evidence.trial import Trial
from eval.evidence.workers import Workers
from guardrails.policy import Rules

_ANSWER = trial_line(Trial((same("the door is shut", 1, 1),)))
_ECHO = f"""
import sys
print("ready", flush=True)
for line in sys.stdin:
    print({_ANSWER!r}, flush=True)
"""


def _script(folder: Path, body: str) -> tuple[str, str]:
    path = folder / "worker.py"
    path.write_text(textwrap.dedent(body))
    return sys.executable, str(path)


def _jobs(count: int) -> list[Job]:
    return [Job("tenant.walls", Rules(), f"guard {at}") for at in range(count)]


def test_every_job_is_answered(tmp_path: Path) -> None:
    with Workers(_script(tmp_path, _ECHO), 30) as workers:
        found = list(workers.tried(_jobs(5)))
    assert {job.off for job, _ in found} == {each.off for each in _jobs(5)}
    assert {trial.outcome for _, trial in found} == {Outcome.HOLDS}


def test_a_process_that_dies_measures_nothing_and_the_next_job_gets_a_new_one(
    tmp_path: Path,
) -> None:
    body = f"""
    import os, sys
    print("ready", flush=True)
    for line in sys.stdin:
        if "guard 1" in line:
            os._exit(3)
        print({_ANSWER!r}, flush=True)
    """
    with Workers(_script(tmp_path, body), 30, at_once=1) as workers:
        found = {job.off: trial for job, trial in workers.tried(_jobs(3))}
    assert found["guard 1"] == Trial((), CRASHED)
    assert found["guard 2"].outcome is Outcome.HOLDS


def test_a_process_that_does_not_answer_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.evidence.workers._GRACE_S", 0.2)
    body = """
    import time
    print("ready", flush=True)
    time.sleep(600)
    """
    with Workers(_script(tmp_path, body), 0.1, at_once=1) as workers:
        assert [trial for _, trial in workers.tried(_jobs(1))] == [Trial((), LATE)]


def test_stopping_in_the_middle_ends_every_process(tmp_path: Path) -> None:
    body = f"""
    import os, sys
    open(os.path.join({str(tmp_path)!r}, str(os.getpid())), "w").close()
    print("ready", flush=True)
    for line in sys.stdin:
        print({_ANSWER!r}, flush=True)
    """
    with Workers(_script(tmp_path, body), 30) as workers:
        next(workers.tried(_jobs(2)))
    numbers = [int(each.name) for each in tmp_path.iterdir() if each.name.isdigit()]
    assert numbers
    for number in numbers:
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)


def test_a_job_and_a_trial_travel_as_a_line() -> None:
    job = Job("tenant.walls", Rules(least_count=5), "memberships")
    assert Job.of(job.line()) == job
    trial = Trial((same("what", {"a": 1}, {"a": 2}, (3,)),), "KeyError")
    assert trial_of(trial_line(trial)) == trial
