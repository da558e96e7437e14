"""Unexpected errors: a message for the person and a report of places and types, never of values.

An exception's message and a frame's variables may hold customer text, so neither is written down.
"""

from __future__ import annotations

import errno
import os
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from assistant.errors import QuietdeskError, StorageTrouble

_FULL = {errno.ENOSPC, errno.EDQUOT}


class Crash(QuietdeskError):
    """A bug."""

    exit_code: ClassVar[int] = 70
    kept_safe: ClassVar[str] = "Finished steps are stored; nothing was sent."


@contextmanager
def translated() -> Generator[None]:
    """Raise known errors of the machine as `QuietdeskError`."""
    try:
        yield
    except OSError as error:
        raise trouble_of(error) or error from None


def trouble_of(error: BaseException) -> StorageTrouble | None:
    """Return the `QuietdeskError` for ``error`` if it is a full disk."""
    if not isinstance(error, OSError) or error.errno not in _FULL:
        return None
    return StorageTrouble(
        "The disk is full.",
        safe="Finished steps are stored; nothing is half-written.",
        todo="Free some space and repeat the command.",
    )


def crash(error: BaseException, home: Path | None) -> Crash:
    """Return the message for ``error``, and write its details to ``HOME/logs``."""
    kind = type(error).__name__
    path = _write(home / "logs", details(error)) if home is not None and home.is_dir() else None
    where = f"Send us {path}; it holds no customer text." if path else "Please report it."
    return Crash(f"Something unexpected happened ({kind}).", todo=where)


def details(error: BaseException) -> str:
    """Return the traceback of ``error`` and its causes: files, lines and types only."""
    lines: list[str] = []
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        lines.append(f"{type(each).__module__}.{type(each).__qualname__}")
        frames = traceback.walk_tb(each.__traceback__)
        lines += [f"  {_short(frame.f_code.co_filename)}:{line}" for frame, line in frames]
        each = each.__cause__ or each.__context__
    return "\n".join(lines) + "\n"


def _write(folder: Path, text: str) -> Path | None:
    name = f"crash-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{os.getpid()}.txt"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:  # a report that cannot be written must not hide the error
        return None
    return folder / name


def _short(path: str) -> str:
    return "/".join(Path(path).parts[-3:])
