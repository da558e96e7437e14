"""Runs an operation in a running `serve`, or else in this process, which then owns the home.

The lock decides, not the socket: a socket without a listener belongs to a dead server, and a lock
without a listener belongs to another command, for which this one waits.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    import httpx

    from assistant.settings import Settings
    from ui.operations.base import ArgsT, Credential, Operation, Progress, ResultT, Step
    from ui.wire import Call

_PATIENCE_S = 30.0
_PAUSE_S = 0.2
_SILENCE_S = 60.0


def perform(
    operation: Operation[ArgsT, ResultT],
    args: ArgsT,
    *,
    credential: Credential | None = None,
    progress: Progress | None = None,
    create: bool = False,
) -> ResultT:
    """Run ``operation`` in the server or here. Only ``create`` makes a home that does not exist.

    The caller is the person of ``credential``, or without one the owner of the home. A terminal is
    asked for the code of a second factor where one is needed.
    """
    from assistant.errors import CodeNeeded
    from ui.cli.typed import with_code

    try:
        return _perform(operation, args, credential, progress, create=create)
    except CodeNeeded:
        again = with_code(credential) if credential else None
        if again is None:
            raise
        return _perform(operation, args, again, progress, create=create)


def _perform(
    operation: Operation[ArgsT, ResultT],
    args: ArgsT,
    credential: Credential | None,
    progress: Progress | None,
    *,
    create: bool,
) -> ResultT:
    from assistant.settings import load_settings
    from ui.operations.base import silent

    settings = load_settings()
    progress = progress or silent
    until = time.monotonic() + _PATIENCE_S
    announced = False
    while True:
        try:
            return _through(settings.home, operation, args, credential, progress)
        except _NobodyListens:
            pass
        try:
            return _here(settings, operation, args, credential, progress, create=create)
        except _Taken as taken:
            if time.monotonic() > until:
                raise taken.error from None
        if not announced:
            typer.echo("Another command is using this home; waiting for it.", err=True)
            announced = True
        time.sleep(_PAUSE_S)


class _NobodyListens(Exception):
    pass


class _Taken(Exception):
    def __init__(self, error: Exception) -> None:
        self.error = error


def _here(
    settings: Settings,
    operation: Operation[ArgsT, ResultT],
    args: ArgsT,
    credential: Credential | None,
    progress: Progress,
    *,
    create: bool,
) -> ResultT:
    if not create:
        _must_exist(settings)
    from assistant.bootstrap import Home, HomeInUse
    from ui.crash import translated
    from ui.logs import configure
    from ui.operations.callers import Interface
    from ui.operations.operator import Operator

    try:
        with translated():
            home = Home.open(settings, create=create)
    except HomeInUse as error:
        raise _Taken(error) from None
    with home:
        configure(settings.home)
        operator = Operator(home)
        caller = operator.caller(Interface.SHELL, credential, owns=True)
        with _stopping(progress) as told:
            return operator.perform(operation, caller, args, told)


@contextmanager
def _stopping(progress: Progress) -> Generator[Progress]:
    """Stop at Ctrl-C, or at the next step: inside a `__del__`, Python ignores an interrupt."""
    if threading.current_thread() is not threading.main_thread():  # only this one gets signals
        yield progress
        return
    asked = threading.Event()

    def note(_number: int, _frame: object) -> None:
        asked.set()
        raise KeyboardInterrupt

    def told(step: Step) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        progress(step)

    def unraisable(ignored: sys.UnraisableHookArgs) -> None:
        if ignored.exc_type is not KeyboardInterrupt:
            hook(ignored)

    hook, sys.unraisablehook = sys.unraisablehook, unraisable
    before = signal.signal(signal.SIGINT, note)
    try:
        yield told
    finally:
        signal.signal(signal.SIGINT, before)
        sys.unraisablehook = hook
    if asked.is_set():
        raise KeyboardInterrupt


def _must_exist(settings: Settings) -> None:
    from assistant.errors import NotFound

    if settings.database_url is None and not (settings.home / "quietdesk.db").exists():
        raise NotFound(
            f"There is no home in {settings.home} yet.",
            todo="Create one with `quietdesk tenant add`, or set QUIETDESK_HOME.",
        )


def _through(
    home: Path,
    operation: Operation[ArgsT, ResultT],
    args: ArgsT,
    credential: Credential | None,
    progress: Progress,
) -> ResultT:
    from ui.wire import Call, socket_path

    path = socket_path(home)
    if not path.is_socket():
        raise _NobodyListens
    import httpx

    call = Call(args=args.model_dump(mode="json"), credential=credential)
    timeout = httpx.Timeout(_SILENCE_S)
    transport = httpx.HTTPTransport(uds=str(path))
    with httpx.Client(transport=transport, timeout=timeout, trust_env=False) as client:
        try:
            return operation.result.model_validate(_talk(client, operation.name, call, progress))
        except httpx.ConnectError:
            raise _NobodyListens from None
        except httpx.TransportError as error:
            raise _broken_off(operation.name, error) from None


def _talk(client: httpx.Client, name: str, call: Call, progress: Progress) -> object:
    headers = {"content-type": "application/json"}
    url = f"http://quietdesk/ops/{name}"
    with client.stream("POST", url, content=call.model_dump_json(), headers=headers) as answer:
        answer.raise_for_status()
        return _outcome(name, answer.iter_lines(), progress)


def _outcome(name: str, lines: Iterator[str], progress: Progress) -> object:
    from ui.operations.base import Step
    from ui.wire import Failure, error_of

    for line in lines:
        said: dict[str, object] = json.loads(line)
        if "progress" in said:
            progress(Step.model_validate(said["progress"]))
        elif "error" in said:
            raise error_of(Failure.model_validate(said["error"]))
        elif "result" in said:
            return said["result"]
    raise _broken_off(name, None)


def _broken_off(name: str, error: Exception | None) -> Exception:
    from assistant.errors import StorageTrouble

    how = f" ({type(error).__name__})" if error else ""
    return StorageTrouble(
        f"The running Quietdesk ended or stopped answering during “{name}”{how}.",
        safe="Finished steps are stored; nothing is half-written.",
        todo="Check whether `quietdesk serve` still runs, then repeat the command.",
    )
