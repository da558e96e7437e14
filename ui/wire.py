"""Where a running `serve` listens for commands, and how errors travel back from it.

The socket lies in the home, which only its owner may enter. Unix socket paths are short (108 bytes
on Linux, 104 on macOS), so for a home with a long path it lies in a fresh 0700 folder elsewhere and
a link in the home points to it; only the owner could have made another link.
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
"""A working server sends a sign of life at least this often."""


def socket_path(home: Path) -> Path:
    """Return where the socket of ``home`` is, or would be."""
    path = home / NAME
    return path.readlink() if path.is_symlink() else path


class Call(Shape):
    """A request to a running `serve`: arguments, and the credential of the caller, if any."""

    args: dict[str, JsonValue]
    credential: Credential | None = None


class Failure(BaseModel):
    """An error as JSON."""

    model_config = ConfigDict(frozen=True)

    kind: str
    happened: str
    safe: str
    todo: str
    exit_code: int


def failure_of(error: QuietdeskError) -> Failure:
    """Return ``error`` as JSON; an internal class is replaced by its nearest public base class."""
    return Failure(
        kind=next(cls.__name__ for cls in type(error).__mro__ if cls.__name__ in _KINDS),
        happened=error.happened,
        safe=error.safe,
        todo=error.todo,
        exit_code=error.exit_code,
    )


def error_of(failure: Failure) -> QuietdeskError:
    """Return ``failure`` as an exception."""
    kind = _KINDS.get(failure.kind, QuietdeskError)
    return kind(failure.happened, safe=failure.safe, todo=failure.todo)


_KINDS: dict[str, type[QuietdeskError]] = {
    cls.__name__: cls
    for cls in (*vars(errors).values(), Crash)
    if isinstance(cls, type) and issubclass(cls, QuietdeskError)
}
