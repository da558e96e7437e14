"""Benchmark: summaries and drafts per second, questions, one long ticket, and a cold question.

    python -m scripts.bench_speed FOLDER [FOLDER …] [--only summaries,drafts,ask,long,cold,served]

The folders are ingested into one tenant of a temporary home, or of a copy of ``--home`` (with
``--tenant``). Threads are made of sentences of the sample tickets. Rates are by processor time of
this process (of the child, for the cold question), because other work of a busy machine changes
the wall time, which stands behind; what is made at the first ticket or question is left out, except
in the cold one. ``served`` asks a running `serve`, alone and in 20 sessions at once, by the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from assistant.bootstrap import Home
from assistant.desk import Desk
from assistant.flows.ask import ask
from assistant.flows.draft import draft_reply
from assistant.flows.summarise import summarise
from assistant.settings import Settings
from guardrails import RawText
from ingestion.ingest import ingest
from ingestion.source import Upload
from ingestion.tickets import import_tickets
from ui.cli.client import perform
from ui.operations.ask import ASK, Question
from ui.wire import socket_path

_ALL = "summaries,drafts,ask,long,cold,served"
_SESSIONS = 20
_BEGINS_S = 60
_THREADS, _TURNS, _LONG = 110, 8, 2_000
_SENTENCES = 4
_LARGEST = 50_000_000
_SAMPLES = Path(__file__).parents[1] / "data" / "tenants"


@dataclass(frozen=True, slots=True)
class _Samples:
    """Subjects and messages of the sample tickets."""

    subjects: list[str]
    messages: list[str]

    @classmethod
    def read(cls) -> _Samples:
        files = sorted(_SAMPLES.glob("*/tickets.jsonl"))
        rows = [json.loads(line) for path in files for line in path.read_text().splitlines()]
        messages = [cast("str", turn["text"]) for row in rows for turn in row["turns"]]
        return cls([cast("str", row["subject"]) for row in rows], messages)


def main() -> None:
    args = _arguments()
    only = frozenset(cast("str", args.only).split(","))
    samples = _Samples.read()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "home"
        if args.home:
            shutil.copytree(args.home, place)
        with Home.open(Settings(home=place)) as home:
            desk = _filled(home, args.tenant, args.folders)
            print(f"{desk.records.counts()['chunks']:,} passages; load {os.getloadavg()[0]:.1f}")
            _measure(desk, samples, only)
        if "cold" in only:
            _cold(place, args.tenant, samples.subjects[0])
        if "served" in only:
            _served(place, args.tenant, samples.subjects)


def _measure(desk: Desk, samples: _Samples, only: frozenset[str]) -> None:
    rng = random.Random(7)
    if only & {"summaries", "drafts"}:
        threads = [_thread(rng, samples, f"S-{at}", _TURNS) for at in range(_THREADS)]
        with _timed("import", len(threads), "tickets"):
            _import(desk, threads)
        names = [cast("str", each["id"]) for each in threads]
        if "summaries" in only:
            _rate("summaries", names, lambda name: summarise(desk, name))
        if "drafts" in only:
            _rate("drafts", names, lambda name: draft_reply(desk, name))
    if "ask" in only:
        _questions(desk, samples, "for the first time")
        _questions(desk, samples, "with the sections read before")
    if "long" in only:
        with _timed("import of the long ticket", _LONG, "comments"):
            _import(desk, [_thread(rng, samples, "L-1", _LONG)])
        with _timed("its summary", 1, "ticket"):
            summarise(desk, "L-1")


def _filled(home: Home, slug: str, folders: Sequence[Path]) -> Desk:
    if slug not in {each.slug for each in home.tenants()}:
        home.add_tenant(slug)
    for folder in folders:
        ingest(home.desk(slug), folder, progress=lambda _: None, max_bytes=_LARGEST)
    return home.desk(slug)


def _thread(rng: random.Random, samples: _Samples, name: str, turns: int) -> dict[str, object]:
    """Return a ticket whose messages are lines of the samples, each in another order."""
    subject = rng.choice(samples.subjects)
    lines = [line for text in samples.messages for line in text.splitlines() if line.strip()]
    said = ["\n".join(rng.sample(lines, _SENTENCES)) for _ in range(turns)]
    return {
        "id": name,
        "subject": subject,
        "created_at": "2026-10-12T08:14:00Z",
        "requester": {"name": "Ada Quillfeather", "email": "ada@customer.example"},
        "turns": [
            {
                "at": f"2026-10-{12 + at // 1440 % 10}T{at // 60 % 24:02}:{at % 60:02}:00Z",
                "author": "Ada Quillfeather" if at % 2 == 0 else "Desk",
                "role": "requester" if at % 2 == 0 else "agent",
                "text": text,
            }
            for at, text in enumerate(said)
        ],
    }


def _import(desk: Desk, threads: Sequence[dict[str, object]]) -> None:
    body = "\n".join(map(json.dumps, threads)).encode()
    import_tickets(desk, Upload("t.jsonl", body), progress=lambda _what, _done, _total: None)


def _rate(what: str, names: Sequence[str], make: Callable[[str], object]) -> None:
    make(names[0])
    with _timed(what, len(names) - 1, "tickets"):
        for name in names[1:]:
            make(name)


def _questions(desk: Desk, samples: _Samples, when: str) -> None:
    ask(desk, RawText("How do I begin?"))
    taken: list[tuple[float, float]] = []
    for subject in samples.subjects:
        began, clock = time.process_time(), time.perf_counter()
        ask(desk, RawText(subject))
        taken.append((time.process_time() - began, time.perf_counter() - clock))
    for name, found in zip(("processor", "wall"), zip(*taken, strict=True), strict=True):
        _print_spread(f"ask {when} ({name} time)", found)


def _print_spread(what: str, seconds: Sequence[float]) -> None:
    ranked = sorted(seconds)
    half, most = ranked[len(ranked) // 2], ranked[int(len(ranked) * 0.95)]
    print(f"{what}: p50 {half:.3f} s, p95 {most:.3f} s", flush=True)


def _cold(home: Path, tenant: str, question: str) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    clock = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "ui", "ask", "--tenant", tenant, question],
        env=os.environ | {"QUIETDESK_HOME": str(home)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"cold ask: {used:.1f} s of processor time, {time.perf_counter() - clock:.1f} s by clock")


def _served(home: Path, tenant: str, subjects: Sequence[str]) -> None:
    """Ask a server every subject, alone and in many sessions at once; each twice."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = cast("int", free.getsockname()[1])
    os.environ |= {"QUIETDESK_HOME": str(home), "QUIETDESK_PORT": str(port)}
    command = [sys.executable, "-m", "ui", "serve"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as server:
        try:
            _until_it_listens(home)
            for when in ("for the first time", "with the sections read before"):
                taken = [_asked(tenant, each) for each in subjects]
                _print_spread(f"ask through serve {when}, alone", taken)
            with ThreadPoolExecutor(_SESSIONS) as sessions:
                jobs = [sessions.submit(_asked, tenant, each) for each in subjects * 4]
                _print_spread(f"… {_SESSIONS} sessions at once", [job.result() for job in jobs])
        finally:
            server.terminate()


def _until_it_listens(home: Path) -> None:
    until = time.monotonic() + _BEGINS_S
    while not socket_path(home).exists():
        if time.monotonic() > until:
            raise SystemExit("serve did not begin")
        time.sleep(0.1)


def _asked(tenant: str, question: str) -> float:
    began = time.perf_counter()
    perform(ASK, Question(tenant=tenant, question=question))
    return time.perf_counter() - began


@contextmanager
def _timed(what: str, count: int, unit: str) -> Iterator[None]:
    began, clock = time.process_time(), time.perf_counter()
    yield
    took, wall = time.process_time() - began, time.perf_counter() - clock
    rates = f"{count / took:.1f}/s ({count / wall:.1f}/s by clock)"
    print(f"{what}: {took:.2f} s for {count} {unit}, {rates}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="documents of the tenant")
    parser.add_argument("--home", type=Path, help="a home to copy")
    parser.add_argument("--tenant", default="bench")
    parser.add_argument("--only", default=_ALL)
    return parser.parse_args()


if __name__ == "__main__":
    main()
