"""A batch: every ticket is once in the queue and once in the file, even after a kill."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import Home
from assistant.errors import BadInput, ModelTrouble, StorageTrouble
from assistant.model import Draft, DraftKind
from assistant.settings import Settings
from tests.fakes.parts import light_parts
from tests.ui.cli_fixtures import Served, begin, ended, quietdesk, serving
from ui.operations.base import Progress, Step, silent
from ui.operations.batch import SUMMARISE, BatchArgs, BatchResult, _batch
from ui.operations.callers import Caller, Interface
from ui.operations.tickets import Export
from ui.operations.writing import summarised

OWNER = Caller(Interface.SHELL, owner=True)
ACME = ("--tenant", "acme")
NAME = "Theodora Quillfeather"


def export(count: int, name: str = NAME) -> str:
    """Return an export of ``count`` tickets that all name the same person."""
    return "".join(
        json.dumps(
            {
                "id": f"N-{number}",
                "subject": f"Printer {number} prints blank pages",
                "requester": {"name": name},
                "turns": [{"author": name, "text": f"Floor {number} prints nothing.\n\n{name}"}],
            }
        )
        + "\n"
        for number in range(count)
    )


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def references(path: Path) -> Counter[str]:
    return Counter(line["reference"] for line in lines_of(path))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home.open(Settings(home=tmp_path / "home"), parts=light_parts()) as opened:
        opened.add_tenant("acme")
        yield opened


class Night:
    """One batch over four tickets, as often as it takes."""

    def __init__(self, home: Home, out: Path) -> None:
        self.home = home
        self.out = out
        self.args = BatchArgs(
            tenant="acme",
            out=str(out),
            export=Export(tenant="acme", name="t.jsonl", text=export(4)),
        )

    def run(self, progress: Progress = silent) -> BatchResult:
        return SUMMARISE.run(self.home, OWNER, self.args, progress)

    def queued(self) -> Counter[str]:
        drafts = self.home.desk("acme").records.drafts.list(kind=DraftKind.SUMMARY)
        return Counter(draft.reference for draft in drafts)


@pytest.fixture
def night(home: Home, tmp_path: Path) -> Night:
    return Night(home, tmp_path / "out.jsonl")


class Killed(BaseException):
    """Simulates the end of the process."""


EACH_ONCE = Counter({"N-0": 1, "N-1": 1, "N-2": 1, "N-3": 1})


@pytest.mark.parametrize("after", range(5))
@pytest.mark.parametrize("lost", [0, 1, 40, 10_000])
def test_a_batch_that_was_killed_goes_on_and_repeats_nothing(
    night: Night, after: int, lost: int
) -> None:
    """It is killed after some tickets, and up to a whole line had not reached the disk."""

    def until(step: Step) -> None:
        if (step.what, step.done) == ("writing", after):
            raise Killed

    with pytest.raises(Killed):
        night.run(until)
    body = night.out.read_bytes()
    last = body[:-1].rfind(b"\n") + 1
    night.out.write_bytes(body[: max(last, len(body) - lost)])
    night.run()
    assert references(night.out) == night.queued() == EACH_ONCE
    done = night.run()
    assert (done.written, done.known, done.failed) == (0, 4, ())
    assert references(night.out) == night.queued() == EACH_ONCE
    ledger = night.home.desk("acme").ledger
    assert sum(row.kind == "draft.queued" for row in ledger.rows()) == 4
    assert ledger.verify().broken is None


def test_a_result_is_what_the_queue_holds_and_names_nobody(night: Night) -> None:
    night.run()
    assert night.out.stat().st_mode & 0o777 == 0o600
    assert "Theodora" not in night.out.read_text(encoding="utf-8")
    drafts = {each.id: each for each in night.home.desk("acme").records.drafts.list()}
    for line in lines_of(night.out):
        draft = drafts[line["id"]]
        assert (line["tenant"], line["kind"], line["state"]) == ("acme", "summary", "pending")
        assert line["body"] == draft.written.body.reveal()


def test_all_means_every_open_ticket_also_those_written_about_before(night: Night) -> None:
    night.run()
    other = night.out.with_name("other.jsonl")
    done = SUMMARISE.run(night.home, OWNER, BatchArgs(tenant="acme", out=str(other)), silent)
    assert (done.written, done.known) == (0, 4)
    assert references(other) == EACH_ONCE


@pytest.mark.parametrize("held", ["notes\n", "{}\n", '{"tenant": "globex", "kind": "summary", "x'])
def test_a_file_that_holds_anything_else_is_not_touched(night: Night, held: str) -> None:
    night.out.write_text(held)
    with pytest.raises(BadInput, match="something other"):
        night.run()
    assert night.out.read_text() == held
    assert night.queued() == Counter()


@pytest.mark.parametrize("error", [ValueError(NAME), ModelTrouble("The model server failed.")])
def test_a_ticket_that_fails_is_named_and_the_rest_is_done(night: Night, error: Exception) -> None:
    def write(desk: Any, reference: str) -> Draft:
        if reference == "N-1":
            raise error
        return summarised(desk, reference)

    done = _batch(night.home, night.args, DraftKind.SUMMARY, write, silent)
    assert [each.reference for each in done.failed] == ["N-1"]
    assert done.failed[0].happened
    assert NAME not in done.failed[0].happened
    assert set(references(night.out)) == {"N-0", "N-2", "N-3"}
    assert night.run().written == 1
    assert references(night.out) == night.queued() == EACH_ONCE


def test_a_home_that_cannot_store_ends_the_batch(night: Night) -> None:
    def write(_desk: Any, _reference: str) -> Draft:
        raise StorageTrouble("The disk is full.")

    with pytest.raises(StorageTrouble):
        _batch(night.home, night.args, DraftKind.SUMMARY, write, silent)


def test_progress_tells_the_rate_of_what_is_new(night: Night) -> None:
    night.run()
    steps: list[Step] = []
    night.args = night.args.model_copy(
        update={"export": Export(tenant="acme", name="t.jsonl", text=export(6))}
    )
    night.run(steps.append)
    writing = [(step.done, step.total) for step in steps if step.what == "writing"]
    assert writing == [(0, 2), (1, 2), (2, 2)]
    assert steps[-1].per_second
    assert steps[-1].seconds_left == 0


def test_a_batch_runs_beside_the_page(served: Served, tmp_path: Path) -> None:
    tickets, out = tmp_path / "t.jsonl", tmp_path / "out.jsonl"
    tickets.write_text(export(3))
    assert served.run("tenant", "add", "night").code == 0
    command = ("draft", "--tenant", "night", "--file", str(tickets), "--out", str(out))
    done = served.run(*command)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"3 written, 0 existed before: {out}\n"
    assert served.run(*command, "--json").json == {
        "written": 0,
        "known": 3,
        "failed": [],
        "skipped": [],
    }
    assert set(references(out).values()) == {1}


@pytest.mark.parametrize(
    "options",
    [("--all",), ("--file", "t"), ("T-1", "--out", "o"), ("--all", "--file", "t", "--out", "o")],
)
def test_a_batch_that_is_asked_for_by_halves_is_refused(
    bare: Path, options: tuple[str, ...]
) -> None:
    done = quietdesk(bare, "summarise", *ACME, *options)
    if options == ("--all",):
        assert (done.code, done.out) == (0, "Nothing to do.\n")
    else:
        assert (done.code, done.err.splitlines()[-1]) == (2, "Give --all or --file, and --out.")


@pytest.mark.prove
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a server"])
def test_killing_a_batch_at_any_moment_loses_and_repeats_nothing(
    bare: Path, tmp_path: Path, beside: bool
) -> None:
    tickets, out, count = tmp_path / "t.jsonl", tmp_path / "out.jsonl", 60
    tickets.write_text(export(count))
    command = ("draft", *ACME, "--file", str(tickets), "--out", str(out), "--json")
    for enough in (1, 22, 40):
        if beside:
            with serving(bare) as server:
                running = begin(bare, *command)
                _wait_for(out, enough)
                os.kill((server.process if enough % 2 else running).pid, signal.SIGKILL)
                ended(running)
        else:
            running = begin(bare, *command)
            _wait_for(out, enough)
            os.kill(running.pid, signal.SIGKILL)
            ended(running)
    done = quietdesk(bare, *command)
    assert done.code == 0, done.err
    assert done.json["known"] >= 40
    assert references(out) == Counter({f"N-{number}": 1 for number in range(count)})
    shown = quietdesk(bare, "ledger", "show", *ACME, "--limit", "1000", "--json").json["rows"]
    assert sum(row["kind"] == "draft.queued" for row in shown) == count
    assert quietdesk(bare, "ledger", "verify", *ACME).code == 0


def _wait_for(out: Path, lines: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if out.exists() and out.read_bytes().count(b"\n") >= lines:
            return
        time.sleep(0.005)
    pytest.fail("the batch wrote nothing")
