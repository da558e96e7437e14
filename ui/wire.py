"""Where a running `serve` listens for commands, and how errors travel back from it.

The socket lies in the home, which only its owner may enter. Unix socket paths are short (108 bytes
on Linux, 104 on macOS), so for a home with a long path it lies in a fresh 0700 folder elsewhere and
a link in the home names it: whoever could have put another one there already is the owner.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue

from guardrails import errors
from guardrails.errors import QuietdeskError
from ui.crash import Crash
from ui.operations.base import Credential, Shape

NAME = "serve.sock"
LONGEST = 100
BEAT_S = 5.0
"""A working server says at least this often that it is alive."""


def socket_path(home: Path) -> Path:
    """Return where the socket of ``home`` is, or would be."""
    path = home / NAME
    return path.readlink() if path.is_symlink() else path


class Call(Shape):
    """What is asked of a running `serve`: arguments, and beside them whom the caller logs in as."""

    args: dict[str, JsonValue]
    credential: Credential | None = None


class Failure(BaseModel):
    """An error on its way back."""

    model_config = ConfigDict(frozen=True)

    kind: str
    happened: str
    safe: str
    todo: str
    exit_code: int


def failure_of(error: QuietdeskError) -> Failure:
    """Return ``error`` as it travels: a class that nobody else knows goes as its nearest known."""
    return Failure(
        kind=next(cls.__name__ for cls in type(error).__mro__ if cls.__name__ in _KINDS),
        happened=error.happened,
        safe=error.safe,
        todo=error.todo,
        exit_code=error.exit_code,
    )


def error_of(failure: Failure) -> QuietdeskError:
    """Return the error that ``failure`` stands for."""
    kind = _KINDS.get(failure.kind, QuietdeskError)
    return kind(failure.happened, safe=failure.safe, todo=failure.todo)


_KINDS: dict[str, type[QuietdeskError]] = {
    cls.__name__: cls
    for cls in (*vars(errors).values(), Crash)
    if isinstance(cls, type) and issubclass(cls, QuietdeskError)
}
