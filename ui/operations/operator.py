"""Runs operations on one home, for the command line and for the socket alike."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from ui.operations.base import ArgsT, Operation, Progress, ResultT, Step, TenantArgs

if TYPE_CHECKING:
    from assistant.bootstrap import Home


class Operator:
    """Owns a home's order of work: what must run alone for a tenant waits for its turn.

    Reading and asking never wait, so that a nightly batch does not hold up the page.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self._guard = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}

    def perform(
        self, operation: Operation[ArgsT, ResultT], args: ArgsT, progress: Progress
    ) -> ResultT:
        """Run ``operation``. Errors of this machine come out as `QuietdeskError` where known."""
        from ui.crash import translated

        with _logged(operation.name), translated(), self._turn(operation, args):
            progress(Step(what="starting", done=0))  # whoever has gone meanwhile says so here
            return operation.run(self.home, args, progress)

    def _turn(
        self, operation: Operation[ArgsT, ResultT], args: ArgsT
    ) -> AbstractContextManager[object]:
        if not operation.alone:
            return nullcontext()
        whose = args.tenant if isinstance(args, TenantArgs) else ""  # the provider's own
        with self._guard:
            return self._turns.setdefault(whose, threading.Lock())


@contextmanager
def _logged(name: str) -> Generator[None]:
    """Log how an operation ended and how long it took; whose data it was is nobody's business."""
    from ui.logs import log

    since = time.monotonic()
    outcome = "done"
    try:
        yield
    except BaseException as error:
        outcome = type(error).__name__
        raise
    finally:
        seconds = round(time.monotonic() - since, 3)
        log().info("operation", name=name, outcome=outcome, seconds=seconds)
