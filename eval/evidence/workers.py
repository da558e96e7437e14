"""The processes that try controls, at most two at once, started again when one dies."""

from __future__ import annotations

import os
import select
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from types import TracebackType
from typing import Self

from eval.evidence.child import CRASHED, LATE
from eval.evidence.jobs import Job, trial_of
from eval.evidence.trial import Trial

AT_ONCE = 2
_CHUNK = 1 << 16
_FEW = 4
"""So few jobs take less time than a second process takes to start."""
_STARTS_WITHIN_S = 120.0
_GRACE_S = 15.0
"""A worker ends a late job itself; one that does not answer so much later is ended here."""


class Workers:
    """Tries jobs in processes that ``command`` starts; each job takes at most ``seconds``."""

    def __init__(self, command: Sequence[str], seconds: float, at_once: int = AT_ONCE) -> None:
        self._command = (*command, str(seconds))
        self._seconds = seconds
        self._mine = threading.local()
        self._all: list[_Worker] = []
        self._stopped = False
        self._lock = threading.Lock()
        self._at_once = at_once
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End every process at once, the job in it too."""
        with self._lock:
            self._stopped = True
            for worker in self._all:
                worker.stop()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def tried(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Trial]]:
        """Yield each job with its trial, in the order in which they end. It is called once."""
        at_once = self._at_once if len(jobs) > _FEW else 1
        pool = self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="evidence")
        running = {pool.submit(self._try, job): job for job in jobs}
        for done in as_completed(running):
            yield running[done], done.result()

    def _try(self, job: Job) -> Trial:
        worker = self._worker()
        try:
            return worker.ask(job, self._seconds + _GRACE_S)
        except _Silent as silent:
            worker.stop()
            return Trial((), silent.why)

    def _worker(self) -> _Worker:
        """Return this thread's worker, a new one if the last has ended."""
        worker: _Worker | None = getattr(self._mine, "worker", None)
        if worker is None or worker.ended:
            with self._lock:
                if self._stopped:
                    raise RuntimeError("the run was stopped")
                worker = self._mine.worker = _Worker(self._command)
                self._all.append(worker)
        return worker


class _Silent(Exception):
    """A process did not answer; ``why`` is `CRASHED` or `LATE`."""

    def __init__(self, why: str) -> None:
        self.why = why


class _Worker:
    def __init__(self, command: Sequence[str]) -> None:
        quiet = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        ours = {name: each for name, each in quiet.items() if not name.startswith("QUIETDESK_")}
        self._process = subprocess.Popen(  # noqa: S603 - our own module, by this interpreter
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ours,
            bufsize=0,
        )
        self._ready = False

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def ask(self, job: Job, seconds: float) -> Trial:
        """Return the trial. `_Silent` if the process ended or did not answer in time."""
        if not self._ready:
            self._read(_STARTS_WITHIN_S)
            self._ready = True
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{job.line()}\n".encode())
        except OSError:
            raise _Silent(CRASHED) from None
        return trial_of(self._read(seconds))

    def _read(self, seconds: float) -> str:
        assert self._process.stdout is not None
        handle, end, said = self._process.stdout.fileno(), time.monotonic() + seconds, b""
        while not said.endswith(b"\n"):
            ready, _, _ = select.select([handle], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise _Silent(LATE)
            more = os.read(handle, _CHUNK)
            if not more:
                raise _Silent(CRASHED)
            said += more
        return said.decode().strip()

    def stop(self) -> None:
        """End the process, which ends its job and removes its folders."""
        self._process.terminate()
        try:
            self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                assert pipe is not None
                pipe.close()
