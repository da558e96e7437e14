"""`quietdesk evidence` as a person runs it, on a small policy of one enforced clause and a few."""

from __future__ import annotations

import hashlib
import json
import os
import select
import signal
import subprocess
from importlib import resources
from pathlib import Path

import pytest

from eval.evidence.folder import REPORT
from tests.ui.cli_fixtures import begin, quietdesk
from ui.operations.evidence import ClauseCounts, Evidence, FailingClause

_WHOLE = resources.files("guardrails.policy").joinpath("profiles/netzen-ai.toml")
_HEAD = (
    _WHOLE.read_text("utf-8")
    .split("[clauses]", maxsplit=1)[0]
    .replace('id = "netzen-ai"', 'id = "small"')
)
_CLAUSES = """[clauses]
"SM-1" = { says = "one customer's data never reaches another customer", by = ["tenant.walls"] }
"SM-2" = { says = "nobody sells data", vouch = "officer", renew = "12 months" }
"SM-3" = { says = "use means consent", why = "a legal effect", better = "record the acceptance" }
"""


@pytest.fixture
def small(tmp_path: Path) -> str:
    return _profile(tmp_path, _CLAUSES)


def _profile(folder: Path, clauses: str) -> str:
    path = folder / "small.toml"
    path.write_text(_HEAD + clauses, encoding="utf-8")
    return str(path)


def test_a_policy_is_tried_without_a_home_and_its_report_holds(small: str, tmp_path: Path) -> None:
    none, out = tmp_path / "none", tmp_path / "report"
    done = quietdesk(none, "evidence", "--profile", small, "--out", str(out), "--json")
    assert done.code == 0, done.err
    assert done.json["clauses"] == {
        "clauses": 3,
        "enforceable": 1,
        "hold": 1,
        "fail": 0,
        "not_measured": 0,
        "open": 1,
        "untestable": 1,
    }
    assert done.json["by_profile"] == {"small": done.json["clauses"]}
    assert [each["outcome"] for each in done.json["controls"]] == ["holds"]
    assert not none.exists()
    checked = quietdesk(none, "evidence", "verify", str(out), "--json")
    assert (checked.code, checked.json["holds"]) == (0, True)
    assert checked.json["sha256"] == done.json["sha256"]
    again = quietdesk(none, "evidence", "--profile", small, "--out", str(out))
    assert again.code == 2
    assert "never overwritten" in again.err


def test_a_tenant_gets_a_report_and_its_ledger_the_hash_of_it(small: str, tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "report"
    quietdesk(home, "tenant", "add", "acme")
    options = ("--tenant", "acme", "--profile", small, "--out", str(out), "--json")
    done = quietdesk(home, "evidence", *options)
    report = json.loads((out / REPORT).read_text("utf-8"))
    assert report["tenant"]["slug"] == "acme"
    rows = quietdesk(home, "ledger", "show", "--tenant", "acme", "--json").json["rows"]
    facts = json.loads(next(each["facts"] for each in rows if each["kind"] == "evidence.run"))
    assert facts["report"] == done.json["sha256"]
    assert facts["source"] == report["run"]["source"]
    key = (out / "public-key.pem").read_bytes()
    assert facts["key"] == hashlib.sha256(key).hexdigest()
    assert facts["clauses"]["enforceable"] == 1


def _counts(**some: int) -> ClauseCounts:
    names = ClauseCounts.model_fields
    return ClauseCounts(**{name: some.get(name, 0) for name in names})


def _found(counts: ClauseCounts, *failing: FailingClause) -> Evidence:
    return Evidence(
        clauses=counts,
        by_profile={"small": counts},
        controls=(),
        failing=failing,
        report=None,
        sha256=None,
        seconds=1.0,
    )


def _run_that_found(monkeypatch: pytest.MonkeyPatch, found: Evidence) -> None:
    def instead(_profile: str, _out: str, _progress: object) -> Evidence:
        return found

    monkeypatch.setattr("ui.operations.evidence.on_twins", instead)


def test_a_clause_that_was_not_measured_is_named_and_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lacking = FailingClause(
        profile="small", id="SM-4", says="STOP works", state="not_measured", why="it is not built"
    )
    found = _found(_counts(enforceable=2, hold=1, not_measured=1, open=1, untestable=1), lacking)
    _run_that_found(monkeypatch, found)
    done = quietdesk(tmp_path / "none", "evidence", "--profile", "all")
    assert done.code == 1
    assert "small\t2\t1\t0\t1\t1\t1" in done.out
    assert "SM-4\tSTOP works\tit is not built" in done.out


def test_a_missing_attestation_fails_a_strict_run_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _run_that_found(monkeypatch, _found(_counts(enforceable=1, hold=1, open=1)))
    options = ("evidence", "--profile", "all", "--json")
    assert quietdesk(tmp_path / "none", *options).code == 0
    assert quietdesk(tmp_path / "none", *options, "--strict").code == 1


def test_a_tenant_without_a_policy_gets_one_clear_message(tmp_path: Path) -> None:
    home = tmp_path / "home"
    quietdesk(home, "tenant", "add", "acme")
    done = quietdesk(home, "evidence", "--tenant", "acme", "--out", str(tmp_path / "r"))
    assert done.code == 2
    assert "--profile" in done.err
    assert not (tmp_path / "r").exists()


def test_a_killed_run_leaves_no_report_and_no_process(small: str, tmp_path: Path) -> None:
    out = tmp_path / "report"
    with begin(tmp_path / "none", "evidence", "--profile", small, "--out", str(out)) as process:
        children = _children(process)
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    assert not out.exists()
    for child in children:
        _wait_for_the_end_of(child)


def _children(process: subprocess.Popen[str]) -> list[int]:
    """Return the children of a process, once it has some."""
    while process.poll() is None:
        threads = Path(f"/proc/{process.pid}/task").glob("*/children")
        if found := [int(each) for path in threads for each in path.read_text().split()]:
            return found
        os.sched_yield()
    raise AssertionError(process.communicate())


def _wait_for_the_end_of(pid: int) -> None:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended, _, _ = select.select([handle], [], [], 60)
    os.close(handle)
    assert ended
