"""Runs operations on one home for every interface, and checks who may call them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from assistant.errors import NotPermitted
from guardrails.audit.viewing import Views, recorded
from ui.operations.base import (
    ArgsT,
    Credential,
    Operation,
    Progress,
    ResultT,
    Shape,
    Step,
    TenantArgs,
    silent,
)
from ui.operations.callers import REMOTE, Caller, Interface, authenticated

if TYPE_CHECKING:
    from assistant.bootstrap import Home


class Operator:
    """Runs a home's operations; those that take a tenant's turn wait for each other.

    Reading and asking never wait, so that a nightly batch does not delay the page. ``make_turn``
    makes the lock of one tenant.
    """

    def __init__(
        self, home: Home, make_turn: Callable[[], AbstractContextManager[object]] = threading.Lock
    ) -> None:
        self.home = home
        self._make_turn = make_turn
        self._guard = threading.Lock()
        self._turns: dict[str, AbstractContextManager[object]] = {}

    def perform(
        self,
        operation: Operation[ArgsT, ResultT],
        caller: Caller,
        args: ArgsT,
        progress: Progress,
    ) -> ResultT:
        """Run ``operation`` for ``caller``. `NotPermitted`, before anything runs, if they may not.

        Known errors of this machine, such as a full disk, are raised as `QuietdeskError`.
        """
        from ui.crash import translated

        with _logged(operation.name), translated():
            self._admit(operation, caller, args)
            with self._turn(operation, args), Views(operation.name).gathering():
                progress(Step(what="starting", done=0))  # raises if the caller has disconnected
                return operation.run(self.home, caller, args, progress)

    def stream(
        self, operation: Operation[ArgsT, ResultT], caller: Caller, args: ArgsT
    ) -> Iterator[ResultT]:
        """Yield the result of ``operation`` as it grows; closing the iterator stops it.

        Streaming operations only read, so they wait for no turn. Errors are those of `perform`.
        """
        from ui.crash import translated

        if operation.stream is None:
            raise TypeError(operation.name)
        with _logged(operation.name), translated():
            self._admit(operation, caller, args)
            pieces = operation.stream(self.home, caller, args, silent)
            yield from recorded(operation.name, pieces)

    def caller(self, interface: Interface, credential: Credential | None, *, owns: bool) -> Caller:
        """Return the caller at an interface of this machine: the person of ``credential``.

        Without one it is the home's owner, if the calling account ``owns`` the home.
        `NotPermitted` for a wrong login or password.
        """
        from ui.crash import translated

        if credential is None:
            return Caller(interface, owner=owns)
        with translated():
            return authenticated(
                self.home, credential.login, credential.password, interface, code=credential.code
            )

    def _admit(self, operation: Operation[ArgsT, ResultT], caller: Caller, args: ArgsT) -> None:
        """`NotPermitted` unless ``caller`` may run ``operation`` with these arguments."""
        operation.needs.admit_now(self.home, caller, _tenant(args))
        if operation.local_only and caller.interface in REMOTE:
            raise NotPermitted(
                "This reads or writes files of the machine that Quietdesk runs on.",
                todo="Run the command there.",
            )

    def _turn(
        self, operation: Operation[ArgsT, ResultT], args: ArgsT
    ) -> AbstractContextManager[object]:
        takes = operation.takes_turn
        if not (takes(args) if callable(takes) else takes):
            return nullcontext()
        with self._guard:  # without a tenant it is the library's turn
            return self._turns.setdefault(_tenant(args) or "", self._make_turn())


def _tenant(args: Shape) -> str | None:
    return args.tenant if isinstance(args, TenantArgs) else None


@contextmanager
def _logged(name: str) -> Generator[None]:
    """Log how an operation ended and how long it took, without the tenant or the caller."""
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
