"""The process that tries controls: it loads the program once, and forks for each job.

It reads a job a line from standard input and answers each with a line. A job runs in a fork of its
own, in a folder of its own, so that no patched guard, thread or file outlives it. When the input
ends, even in the middle of a job, this process ends its job and removes the folder.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from assistant.settings import Settings
from eval.evidence import controls, jobs, switches, trial
from eval.evidence.doors import Doors
from eval.evidence.jobs import Job
from eval.evidence.trial import Trial
from eval.evidence.twin import Twin, light_parts, make_blank, twin

_CHUNK = 1 << 16
_USED = (
    "alembic.command",
    "assistant.adapters.bm25_columns",
    "assistant.adapters.chroma",
    "assistant.adapters.langchain_llm",
    "assistant.chat_models",
    "chromadb.api.client",
    "chromadb.api.rust",
    "chromadb.telemetry.product.posthog",
    "guardrails.detect.engine.presidio",
    "guardrails.detect.tagger.tagger",
    "ingestion.ingest",
    "ingestion.resolved",
    "ingestion.tickets",
    "httpcore",
    "jsonpatch",
    "langchain_openai",
    "langchain_openai.chat_models.base",
    "markdown_it",
    "openai.resources.chat.completions",
    "openai.resources.chat.chat",
    "presidio_analyzer",
    "scipy.sparse",
    "tiktoken",
)
"""Modules that are imported when first used, elsewhere a second or two each."""
LATE, CRASHED = "took too long", "the process ended"


def serve(doors: Doors, seconds: float) -> None:
    """Answer jobs until the input ends; one that takes longer than ``seconds`` is not measured."""
    answers = _own_output()
    switches.hand_in(doors.switches())
    signal.signal(signal.SIGTERM, _stop)
    _load()
    with _folder() as kept:
        blank = Path(kept, "blank")
        _apart(lambda: make_blank(blank), seconds)
        _write(answers, "ready")
        for line in _lines(0):
            with _folder() as folder:
                work = partial(_run, doors, line, Path(folder), blank)
                said = _apart(work, seconds)
            _write(answers, said)  # the folder is gone: this process may be ended now


def _stop(_number: int, _frame: object) -> NoReturn:
    sys.exit(0)


def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="quietdesk-evidence-")


def _run(doors: Doors, line: str, folder: Path, blank: Path) -> str:
    """Try the control of a job in ``folder``."""
    job = Job.of(line)
    control = controls.CONTROLS[job.control]

    def make() -> AbstractContextManager[Twin]:
        return twin(doors, folder, job.rules, settings=Settings(home=folder), blank=blank)

    done = trial.without(control, job.off, make) if job.off else trial.probe(control, make)
    return jobs.trial_line(done)


def _apart(work: Callable[[], str], seconds: float) -> str:
    """Return what ``work`` returns in a fork; a fork that fails or is late is no measurement."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _child(work, write)
    os.close(write)
    try:
        said = _until(read, time.monotonic() + seconds)
    finally:
        os.close(read)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child, signal.SIGKILL)  # and whatever it started
        os.waitpid(child, 0)
    return said or jobs.trial_line(Trial((), CRASHED))


def _child(work: Callable[[], str], write: int) -> NoReturn:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    code = 1
    try:
        _write(write, work())
        code = 0
    finally:
        os._exit(code)


def _until(read: int, end: float) -> str:
    """Return the line from ``read``; empty if the fork ends without one."""
    said = b""
    while not said.endswith(b"\n"):
        ready, _, _ = select.select([read, 0], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            return jobs.trial_line(Trial((), LATE))
        if read not in ready:  # the next job is sent after the answer: the input has ended
            sys.exit(0)
        more = os.read(read, _CHUNK)
        if not more:
            return ""
        said += more
    return said.decode().strip()


def _load() -> None:
    """Load what twins use, so that no fork has to. Nothing of it starts a thread."""
    for name in _USED:
        import_module(name)
    light_parts().rules().detect(["Call me at +1 415 555 0100."])


def _own_output() -> int:
    """Return a handle of standard output; whatever else writes there writes to standard error."""
    mine = os.dup(1)
    os.dup2(2, 1)
    return mine


def _write(handle: int, line: str) -> None:
    left = f"{line}\n".encode()
    while left:
        left = left[os.write(handle, left) :]


def _lines(handle: int) -> Iterator[str]:
    with os.fdopen(os.dup(handle), encoding="utf-8") as given:
        yield from given
