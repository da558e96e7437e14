"""One process owns a home; a killed one leaves nothing that misleads the next one."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import stat
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.ui.cli_fixtures import PASSWORD, Served, begin, ended, quietdesk, serving

ACME = ("--tenant", "acme")
DOCUMENTS = 30
NAME = "Priya Raghunathan"


def test_only_the_owner_can_open_the_socket(served: Served) -> None:
    mode = (served.home / "serve.sock").stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert mode & 0o777 == 0o600
    assert served.home.stat().st_mode & 0o777 == 0o700


def test_a_second_serve_on_a_home_is_refused(served: Served) -> None:
    done = ended(begin(served.home, "serve"))
    assert done.code == 5
    assert "Another Quietdesk process owns this home." in done.err


def test_a_home_with_a_long_path_is_served_too(tmp_path: Path) -> None:
    home = tmp_path / ("long-" * 20) / "home"
    with serving(home) as served:
        assert served.run("tenant", "add", "acme").code == 0
        elsewhere = (home / "serve.sock").readlink()
        assert elsewhere.parent.stat().st_mode & 0o777 == 0o700
        assert elsewhere.stat().st_mode & 0o777 == 0o600
    assert not elsewhere.parent.exists()
    assert "acme" in quietdesk(home, "tenant", "list").out


def test_commands_wait_for_each_other_without_a_server(bare: Path) -> None:
    several = [begin(bare, "tenant", "add", f"tenant-{number}") for number in range(4)]
    assert [ended(each).code for each in several] == [0] * 4
    assert len(quietdesk(bare, "tenant", "list", "--json").json["tenants"]) == 5


def test_a_socket_that_a_dead_server_left_misleads_nobody(bare: Path) -> None:
    with serving(bare) as served:
        os.kill(served.process.pid, signal.SIGKILL)
        served.process.wait()
        assert (bare / "serve.sock").is_socket()
        assert ended(begin(bare, "tenant", "list")).code == 0
    with serving(bare) as served:
        assert served.run("tenant", "list").code == 0


def test_something_else_in_the_place_of_the_socket_misleads_nobody(bare: Path) -> None:
    (bare / "serve.sock").write_text("not a socket")
    assert quietdesk(bare, "tenant", "list").code == 0


def test_a_server_that_dies_in_the_middle_is_reported_plainly(bare: Path, tmp_path: Path) -> None:
    with serving(bare) as served:
        running = begin(bare, "ingest", str(_many_documents(tmp_path)), *ACME, "--json")
        _wait_for_work(bare)
        os.kill(served.process.pid, signal.SIGKILL)
        done = ended(running)
    assert (done.code, done.out) == (5, "")
    assert done.error["happened"].startswith(
        "The running Quietdesk ended or stopped answering during “ingest”"
    )
    assert "nothing is half-written" in done.error["safe"]
    again = ended(begin(bare, "ingest", str(tmp_path / "docs"), *ACME, "--json"))
    assert (again.code, again.json["added"] + again.json["unchanged"]) == (0, DOCUMENTS)


@pytest.mark.prove
def test_a_server_that_is_told_to_end_ends_between_two_steps(bare: Path, tmp_path: Path) -> None:
    with serving(bare) as served:
        running = begin(bare, "ingest", str(_many_documents(tmp_path)), *ACME)
        _wait_for_work(bare)
        served.process.send_signal(signal.SIGTERM)
        done = ended(running)
        assert served.process.wait(timeout=60) in (0, 1)
    assert done.code in (0, 5)
    assert not (bare / "serve.sock").exists()
    again = quietdesk(bare, "ingest", str(tmp_path / "docs"), *ACME, "--json")
    assert (again.code, again.json["added"] + again.json["unchanged"]) == (0, DOCUMENTS)


def test_an_interrupted_command_says_so_in_one_line(bare: Path, tmp_path: Path) -> None:
    running = begin(bare, "ingest", str(_many_documents(tmp_path)), *ACME)
    _wait_for_work(bare)
    running.send_signal(signal.SIGINT)
    done = ended(running)
    assert done.code == 130
    assert done.err.splitlines() == ["Stopped. Finished steps are stored; nothing is half-written."]


def test_a_port_that_is_taken_is_named(bare: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = ended(begin(bare, "serve", port=port))
    assert done.code == 2
    assert f"127.0.0.1:{port}" in done.err


def test_an_address_that_others_can_reach_is_served_with_a_warning(bare: Path) -> None:
    running = begin(bare, "serve", host="0.0.0.0")
    assert running.stderr is not None
    said = [next(running.stderr) for _ in range(2)]
    running.send_signal(signal.SIGTERM)
    ended(running)
    assert "can be reached by other machines" in "".join(said)


def test_the_demo_is_for_this_machine_only(bare: Path) -> None:
    done = ended(begin(bare, "serve", "--demo", host="0.0.0.0"))
    assert (done.code, done.out) == (2, "")
    assert PASSWORD not in done.err


def _many_documents(folder: Path) -> Path:
    """Return documents with a name each, so that the vault shows how far the work is."""
    docs = folder / "docs"
    docs.mkdir()
    for number in range(DOCUMENTS):
        steps = "\n".join(f"{step}. Restart service {number}-{step}." for step in range(30))
        (docs / f"page-{number}.md").write_text(f"# Page {number}\n\nAsk {NAME}.\n\n{steps}\n")
    return docs


def _wait_for_work(home: Path) -> None:
    """Wait until the documents are being redacted; their vectors and records are written later."""
    until = time.monotonic() + 120
    with closing(sqlite3.connect(f"file:{home}/quietdesk.db?mode=ro", uri=True)) as database:
        while time.monotonic() < until:
            (masked,) = database.execute("SELECT count(*) FROM vault_surfaces").fetchone()
            if masked:
                (kept,) = database.execute("SELECT count(*) FROM documents").fetchone()
                assert kept == 0
                return
            time.sleep(0.01)
    pytest.fail("nothing was redacted")
