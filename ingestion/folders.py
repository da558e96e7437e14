"""The sources in a folder, a file or an upload, in a fixed order, and what is skipped."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import BadInput
from ingestion.audience import NAME
from ingestion.loaders import Unreadable
from ingestion.source import FileSource, Source, Upload

_UPLOADS = Path("/uploads")
"""The folder that uploads are recorded under; an upload replaces one of the same name."""

_OUT = "it is a link that leads out of the folder"


@dataclass(frozen=True, slots=True)
class Found:
    """A source to read: its ``size`` in bytes, and the path by which its document is known."""

    path: Path
    size: int
    source: Source


@dataclass(slots=True)
class Scan:
    """The scanned folder or file as a real path, and the sources in it.

    ``closed`` are folders that could not be opened.
    """

    root: Path
    is_folder: bool = False
    files: list[Found] = field(default_factory=list[Found])
    skipped: list[tuple[Path, str]] = field(default_factory=list[tuple[Path, str]])
    closed: list[Path] = field(default_factory=list[Path])


def scan(given: Path | Upload) -> Scan:
    """Return the sources in ``given``. `BadInput` when it does not exist."""
    if isinstance(given, Upload):
        path = _UPLOADS / given.name
        return Scan(path, files=[Found(path, len(given.body), given)])
    return _on_disk(given)


def read(found: Found, max_bytes: int) -> bytes:
    """Return the bytes of a source. `Unreadable` if it is too large, `OSError` if it won't open."""
    if found.size > max_bytes:
        raise Unreadable(f"it is larger than {max_bytes:,} bytes")
    with found.source.open() as file:
        body = file.read(max_bytes + 1)
    if len(body) > max_bytes:
        raise Unreadable(f"it is larger than {max_bytes:,} bytes")
    return body


def _on_disk(given: Path) -> Scan:
    """Return the files of a folder, or the one file.

    Names that begin with a dot are ignored, because they belong to version control and editors. A
    link into the folder itself is ignored too: its target is read.
    """
    try:
        path = given.resolve(strict=True)
    except (OSError, RuntimeError):
        raise BadInput(f"There is no file or folder {given}.") from None
    found = Scan(path, is_folder=path.is_dir())
    if found.is_folder:
        for folder, files in _walk(path, found):
            for name in files:
                _look(folder / name, path, found)
    else:
        _look(path, path.parent, found)
    return found


def _walk(root: Path, found: Scan) -> Iterator[tuple[Path, list[str]]]:
    def shut(error: OSError) -> None:
        folder = Path(error.filename or root)
        found.closed.append(folder)
        found.skipped.append((folder, "the folder cannot be opened"))

    for folder, folders, files in os.walk(root, onerror=shut):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if (here / name).is_symlink() and not _inside(here / name, root):
                found.skipped.append((here / name, _OUT))
        yield here, sorted(name for name in files if not name.startswith(".") and name != NAME)


def _look(path: Path, root: Path, found: Scan) -> None:
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            if not _inside(path, root):
                found.skipped.append((path, _OUT))
        elif stat.S_ISREG(status.st_mode):
            found.files.append(Found(path, status.st_size, FileSource(path)))
        else:
            found.skipped.append((path, "it is not a regular file"))
    except OSError as error:
        found.skipped.append((path, f"it cannot be accessed ({type(error).__name__})"))


def _inside(path: Path, root: Path) -> bool:
    """Return whether a link ends inside ``root``; a broken link does not."""
    try:
        return path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):
        return False
