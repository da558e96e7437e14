"""What nobody expected: one message for the person, places and types for us, values for no one.

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
    """A mistake of ours."""

    exit_code: ClassVar[int] = 70
    kept_safe: ClassVar[str] = "What was finished before is kept; nothing was sent."


@contextmanager
def translated() -> Generator[None]:
    """Give the machine's own troubles their name."""
    try:
        yield
    except OSError as error:
        raise trouble_of(error) or error from None


def trouble_of(error: BaseException) -> StorageTrouble | None:
    """Return what we call ``error`` when it is a trouble of the machine: a full disk."""
    if not isinstance(error, OSError) or error.errno not in _FULL:
        return None
    return StorageTrouble(
        "The disk is full.",
        safe="What was finished before is kept; nothing is half-written.",
        todo="Free some space and repeat the command.",
    )


def crash(error: BaseException, home: Path | None) -> Crash:
    """Return the message for ``error``, its details written to ``HOME/logs`` if there is one."""
    kind = type(error).__name__
    path = _write(home / "logs", details(error)) if home is not None and home.is_dir() else None
    where = f"Send us {path}; it holds no customer text." if path else "Please tell us."
    return Crash(f"Something unexpected happened ({kind}).", todo=where)


def details(error: BaseException) -> str:
    """Return where ``error`` and its causes came through: files, lines, types, nothing else."""
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
    except OSError:  # a report that cannot be written must not hide what it reports
        return None
    return folder / name


def _short(path: str) -> str:
    return "/".join(Path(path).parts[-3:])
