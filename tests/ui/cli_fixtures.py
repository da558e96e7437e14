"""The command line as a person runs it: on real homes, with a clean environment.

`quietdesk` runs a command in this process, without a second of imports each time; `begin` starts a
process of its own, for what only a process has: signals, a closed pipe, a server, its own start.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from guardrails.egress import netguard
from ui import logs
from ui.cli.failure import run

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell's background job inherits it
    signal.signal(signal.SIGINT, signal.default_int_handler)

PASSWORD = "correct-horse-battery"
COMMAND = (sys.executable, "-m", "ui")
PATIENCE_S = 240

KB = {
    "printer.md": (
        "# Printer prints blank pages\n\n"
        "Ask Priya Raghunathan if unsure.\n\n"
        "## Fix\n\nOpen the queue and restart the spooler service. Then print a test page.\n"
    ),
    "vpn.md": "# VPN stops at 98 percent\n\nReinstall the FortiClient network adapter.\n",
}
TICKETS = (
    {
        "id": "AC-1",
        "subject": "Blank pages again",
        "status": "open",
        "requester": {"name": "Theodora Quillfeather", "email": "theo@acme.example"},
        "turns": [
            {
                "author": "Theodora Quillfeather",
                "role": "requester",
                "text": "The printer prints blank pages.\n\nTheodora Quillfeather",
            }
        ],
    },
    {
        "id": "AC-2",
        "subject": "VPN",
        "status": "open",
        "requester": {"name": "Bartholomew Oakenshield"},
        "turns": [
            {
                "author": "Bartholomew Oakenshield",
                "role": "requester",
                "text": "VPN stops at 98 percent. \u001b[31mred\u001b[0m",
            }
        ],
    },
)


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """The error of a command with --json; the last line, after any progress."""
        return json.loads(self.err.strip().splitlines()[-1])["error"]


def environment(home: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a command: this home, and nothing of the user's own."""
    clean = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    named = {f"QUIETDESK_{name.upper()}": value for name, value in settings.items()}
    return {**clean, "QUIETDESK_HOME": str(home), "QUIETDESK_PORT": "0", **named}


def quietdesk(home: Path, *arguments: str, stdin: str | bytes = b"", **settings: str) -> Ran:
    """Run one command to its end in this process, with streams and an environment of its own."""
    out, err = _stream(b""), _stream(b"")
    with pytest.MonkeyPatch.context() as patch, _own_log(patch):
        patch.setattr(sys, "stdin", _stream(stdin.encode() if isinstance(stdin, str) else stdin))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        for name in tuple(os.environ):
            patch.delenv(name)
        for name, value in environment(home, **settings).items():
            patch.setenv(name, value)
        code = run(arguments)
    return Ran(code, _written(out), _written(err))


def _stream(body: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", newline="", write_through=True)


def _written(stream: io.TextIOWrapper) -> str:
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


@contextmanager
def _own_log(patch: pytest.MonkeyPatch) -> Generator[None]:
    """Close the log that a command opens, and log as before; a process would simply end."""
    root, before = logging.getLogger(), structlog.get_config()
    patch.setattr(root, "handlers", root.handlers)
    opened: list[io.TextIOWrapper] = []
    configure = logs.configure

    def remembered(home: Path) -> io.TextIOWrapper:
        opened.append(configure(home))
        return opened[-1]

    patch.setattr(logs, "configure", remembered)
    try:
        yield
    finally:
        structlog.configure(**before)
        for file in opened:
            file.close()


def begin(home: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """Start one command and go on."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment(home, **settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(running: subprocess.Popen[str]) -> Ran:
    """Wait for what `begin` started."""
    out, err = running.communicate(timeout=PATIENCE_S)
    return Ran(running.returncode, out, err)


@dataclass(frozen=True)
class Served:
    """A home that a running `serve` owns."""

    home: Path
    url: str
    process: subprocess.Popen[str]

    def run(self, *arguments: str, stdin: str | bytes = b"", password: str = PASSWORD) -> Ran:
        return quietdesk(self.home, *arguments, stdin=stdin, password=password)


@contextmanager
def serving(home: Path, *options: str, **settings: str) -> Generator[Served]:
    """Serve ``home`` while inside; afterwards ask for an orderly shutdown."""
    process = begin(home, "serve", *options, **settings)
    assert process.stderr is not None
    said: list[str] = []
    try:
        for line in process.stderr:
            said.append(line)
            address = re.search(r"Quietdesk is at (http://\S+)", line)
            if address:
                netguard.allow("127.0.0.1", int(address[1].rpartition(":")[2]))  # tests visit it
                yield Served(home, address[1], process)
                break
        else:
            pytest.fail("serve ended: " + "".join(said))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def write_samples(folder: Path) -> tuple[Path, Path]:
    """Write a small knowledge base and an export of tickets; return where."""
    kb, export = folder / "kb", folder / "tickets.jsonl"
    kb.mkdir(parents=True)
    for name, text in KB.items():
        (kb / name).write_text(text)
    export.write_text("".join(f"{json.dumps(ticket)}\n" for ticket in TICKETS))
    return kb, export


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    """A served home with the tenant acme, a reviewer, an agent, documents and tickets."""
    folder = tmp_path_factory.mktemp("served")
    kb, export = write_samples(folder)
    with serving(folder / "home") as served:
        for arguments in (
            ("tenant", "add", "acme"),
            ("user", "add", "rita", "--tenant", "acme", "--role", "reviewer"),
            ("user", "add", "aron", "--tenant", "acme", "--role", "agent"),
            ("ingest", str(kb), "--tenant", "acme", "--audience", "customer"),
            ("tickets", "import", str(export), "--tenant", "acme"),
        ):
            done = served.run(*arguments)
            assert done.code == 0, done.err
        yield served


@pytest.fixture(scope="session")
def _bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("bare") / "home"
    assert quietdesk(home, "tenant", "add", "acme").code == 0
    return home


@pytest.fixture
def bare(_bare: Path, tmp_path: Path) -> Path:
    """A home of its own with only the tenant acme, without a server."""
    import shutil

    return Path(shutil.copytree(_bare, tmp_path / "home"))
