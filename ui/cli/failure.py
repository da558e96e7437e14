"""How a command ends: its exit code, and the message when it failed.

Three short lines at most: what happened, what was kept safe, what to do next. Never a traceback.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from guardrails.errors import QuietdeskError

_INTERRUPTED = 130
_BROKEN_PIPE = 141


def run(arguments: Sequence[str]) -> int:
    """Run one command line; return its exit code."""
    as_json = "--json" in arguments
    _speak_any_letter()
    try:
        code = _invoke(arguments)
        sys.stdout.flush()
    except typer.TyperException as error:
        return _usage(error, as_json=as_json)
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return _BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the last handler: every error becomes one message
        if isinstance(error, OSError):
            _drop_output()
        return _failed(error, as_json=as_json)
    if code == _INTERRUPTED:
        typer.echo("Stopped. Finished steps are stored; nothing is half-written.", err=True)
    return code


def _invoke(arguments: Sequence[str]) -> int:
    from ui.cli.app import app

    code: object = app(args=list(arguments), standalone_mode=False, prog_name="quietdesk")
    return code if isinstance(code, int) else 0


def _usage(error: typer.TyperException, *, as_json: bool) -> int:
    if as_json:
        _print_json(error.format_message(), "Nothing was changed.", "", "Usage", error.exit_code)
    else:
        message = error.format_message()
        typer.echo(message, err=True)
        context = getattr(error, "ctx", None)
        if context is not None and "Usage:" not in message:  # a group alone prints its whole help
            typer.echo(f"See `{context.command_path} --help`.", err=True)
    return error.exit_code


def _failed(error: Exception, *, as_json: bool) -> int:
    known = _known(error)
    if as_json:
        _print_json(known.happened, known.safe, known.todo, type(known).__name__, known.exit_code)
    else:
        for line in (known.happened, known.safe, known.todo):
            if line:
                typer.echo(line, err=True)
    return known.exit_code


def _known(error: Exception) -> QuietdeskError:
    from guardrails.errors import QuietdeskError
    from ui.crash import crash, trouble_of

    if isinstance(error, QuietdeskError):
        return error
    return trouble_of(error) or crash(error, _home())


def _home() -> Path | None:
    from assistant.settings import load_settings

    try:
        return load_settings().home
    except Exception:  # noqa: BLE001 - a crash report without a folder is still a message
        return None


def _drop_output() -> None:
    """Discard output that cannot be written: Python would try again at exit, and report it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_json(happened: str, safe: str, todo: str, kind: str, exit_code: int) -> None:
    error = {
        "happened": happened,
        "safe": safe,
        "todo": todo,
        "kind": kind,
        "exit_code": exit_code,
    }
    typer.echo(json.dumps({"error": error}, ensure_ascii=False), err=True)


def _speak_any_letter() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
