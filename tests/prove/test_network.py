"""The main job in an empty network namespace, with every system call watched."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "prove_network.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("prove_network", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


prove = load()
pytestmark = [
    pytest.mark.prove,
    pytest.mark.skipif(bool(prove.missing()), reason=f"no proof here: {prove.missing()}"),
]


@pytest.mark.parametrize("empty", [True, False], ids=["empty namespace", "machine's network"])
def test_the_main_job_needs_no_network_and_tries_to_reach_none(empty: bool, tmp_path: Path) -> None:
    steps = prove.main_job(tmp_path, empty=empty)
    assert [(step.command[3:], step.output) for step in steps if step.status] == []
    assert len(steps) == len(prove.JOB)
    assert [(step.command[3:], step.attempts) for step in steps if step.attempts] == []


@pytest.mark.parametrize(
    "code",
    [
        "s.socket().connect(('192.0.2.1', 80))",
        "s.socket(s.AF_INET6).connect(('2001:db8::1', 80))",
        "s.socket(type=s.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
        "s.socket(type=s.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('192.0.2.1', 9))",
        "s.socket(type=s.SOCK_DGRAM).sendto(b'x', ('127.0.0.53', 53))",
        "__import__('subprocess').run(['python3', '-c', "
        + repr("__import__('socket').socket().connect(('192.0.2.1', 80))")
        + "])",
    ],
)
def test_an_attempt_would_have_been_seen(code: str) -> None:
    seen = prove.watch([sys.executable, "-c", f"import socket as s, sys\n{code}"], os.environ)
    assert len(seen.attempts) == 1


def test_loopback_and_unix_sockets_are_no_attempt() -> None:
    code = """
import socket
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname())
one, two = socket.socketpair()
one.send(b"x")
"""
    seen = prove.watch([sys.executable, "-c", code], os.environ)
    assert (seen.status, seen.attempts) == (0, ())
