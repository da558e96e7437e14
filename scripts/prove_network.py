"""Proves that the main job makes no network connection, in an empty namespace under ``strace``.

An audit hook sees Python only. Here ``strace`` also records the system calls of compiled code, and
an empty network namespace (``unshare -rn``: loopback only) shows that the job needs no network. The
environment enables the telemetry of every vendor.

    python scripts/prove_network.py            # exits with 1 when an attempt was seen
    python scripts/prove_network.py --open     # the same with the machine's own network in reach
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "tenants" / "harbour-dental"
NEEDED = ("unshare", "strace", "ip", "sh")
LURES = {
    "ANONYMIZED_TELEMETRY": "True",
    "GRADIO_ANALYTICS_ENABLED": "True",
    "HF_HUB_OFFLINE": "0",
    "LANGCHAIN_TRACING_V2": "true",
    "LANGSMITH_API_KEY": "lsv2_pt_0123456789",
    "LANGSMITH_ENDPOINT": "http://192.0.2.7",
    "LANGSMITH_TRACING": "true",
    "TRANSFORMERS_OFFLINE": "0",
}
JOB = (
    ("tenant", "add", "proof"),
    ("people", "import", "--tenant", "proof", str(SAMPLE / "people.csv")),
    ("ingest", "--tenant", "proof", str(SAMPLE / "kb")),
    ("tickets", "import", "--tenant", "proof", str(SAMPLE / "tickets.jsonl")),
    ("ask", "--tenant", "proof", "What do I do when the card terminal is offline?"),
    ("draft", "--tenant", "proof", "HD-1001"),
    ("summarise", "--tenant", "proof", "HD-1001"),
)
_CALLS = "connect,sendto,sendmsg,sendmmsg,io_uring_setup"
_ASKS = re.compile(r"\b(connect|sendto|sendmsg|sendmmsg|io_uring_setup)\((.*)")
_PLACE = re.compile(
    r"sa_family=AF_INET6?, sin6?_port=htons\((\d+)\)"
    r".*?(?:inet_addr\(\"([^\"]+)\"\)|inet_pton\(AF_INET6, \"([^\"]+)\")"
)
_RESOLVER = re.compile(
    r"sa_family=AF_UNIX, sun_path=\"[^\"]*(?:resolve|nscd)[^\"]*\"", re.IGNORECASE
)
_DNS = 53


@dataclass(frozen=True)
class Watched:
    """The result of a command: its exit status, and each attempt to connect."""

    command: tuple[str, ...]
    status: int
    output: str
    attempts: tuple[str, ...]


def missing() -> str:
    """Return what this machine lacks for the proof; empty if it lacks nothing."""
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if lacking:
        return f"{', '.join(lacking)} not found"
    tried = subprocess.run(
        ["unshare", "-rn", "strace", "-f", "-o", os.devnull, "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if tried.returncode == 0 else f"not permitted here: {tried.stderr.strip()[:200]}"


def watch(command: Sequence[str], environment: Mapping[str, str], *, empty: bool = True) -> Watched:
    """Run ``command`` with its network calls recorded, by default in an empty namespace."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "calls"
        traced = ["strace", "-f", "-qq", "-s", "64", "-e", f"trace={_CALLS}", "-o", str(log)]
        inside = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh", *traced, *command]
        done = subprocess.run(
            ["unshare", "-rn", *inside] if empty else [*traced, *command],
            cwd=ROOT,
            env=dict(environment),
            capture_output=True,
            text=True,
            check=False,
        )
        calls = log.read_text(errors="replace") if log.exists() else ""
    return Watched(tuple(command), done.returncode, done.stdout + done.stderr, _attempts(calls))


def main_job(home: Path, *, empty: bool = True) -> list[Watched]:
    """Run the job from the first tenant to the first draft; return the result of each step."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "QUIETDESK_HOME": str(home / "quietdesk"),
        **LURES,
    }
    steps: list[Watched] = []
    for words in JOB:
        step = watch([sys.executable, "-m", "ui", *words], environment, empty=empty)
        steps.append(step)
        if step.status:
            break
    return steps


def _attempts(calls: str) -> tuple[str, ...]:
    """Return the calls that connect, or try to connect, beyond loopback, or resolve a name."""
    return tuple(
        f"{match[1]}({match[2][:160]}"
        for match in map(_ASKS.search, calls.splitlines())
        if match and _reaches_out(match[1], match[2])
    )


def _reaches_out(call: str, arguments: str) -> bool:
    if call == "io_uring_setup":
        return True  # strace cannot see I/O through io_uring, so it must not be used
    if _RESOLVER.search(arguments) and "ENOENT" not in arguments:
        return True
    places = [(int(port), four or six) for port, four, six in _PLACE.findall(arguments)]
    return any(port == _DNS or not ip_address(host).is_loopback for port, host in places)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--open", action="store_true", help="keep the machine's own network")
    options = parser.parse_args()
    lacking = missing()
    if lacking:
        print(f"No proof: {lacking}.")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        steps = main_job(Path(folder), empty=not options.open)
    for step in steps:
        print(f"{'ok ' if not step.status else 'DIED'}  {' '.join(step.command[3:])}")
        for attempt in step.attempts:
            print(f"      reached out: {attempt}")
        if step.status:
            print(step.output)
    return int(len(steps) < len(JOB) or any(step.status or step.attempts for step in steps))


if __name__ == "__main__":
    sys.exit(main())
