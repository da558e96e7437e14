"""Batches that can be resumed: each ticket gets one text, even if the process is killed.

The records are the source of truth, and the file of results is a copy of them: a draft is queued
first, and its line is appended after. A batch that was killed is run again: it cuts off a
half-written line, adds the lines of drafts that are queued already, and does the other tickets. A
ticket whose requester has written since its draft gets another one, and another line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self, cast

from ui.operations.base import Operation, Pace, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.drafts import draft_view
from ui.operations.needs import OWNER
from ui.operations.tickets import Export, ExportFile, steps
from ui.operations.writing import (
    Failure,
    Skip,
    attempt,
    drafted,
    in_batch,
    must_be_on,
    skips,
    summarised,
    waiting,
)

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from assistant.model import Draft, DraftKind
    from ui.operations.writing import Write


class BatchArgs(TenantArgs):
    """Every open ticket, or the tickets of ``export``, which is imported first.

    ``out`` is an absolute path, because the process may have another working directory.
    """

    out: str
    export: Export | ExportFile | None = None


class BatchResult(Shape):
    """How many lines are new, how many drafts existed already, what failed, what wants no reply."""

    written: int
    known: int
    failed: tuple[Failure, ...]
    skipped: tuple[Skip, ...] = ()


def _summarise(home: Home, _caller: Caller, args: BatchArgs, progress: Progress) -> BatchResult:
    from assistant.model import DraftKind

    return _batch(home, args, DraftKind.SUMMARY, summarised, progress)


def _draft(home: Home, _caller: Caller, args: BatchArgs, progress: Progress) -> BatchResult:
    from assistant.model import DraftKind

    return _batch(home, args, DraftKind.REPLY, drafted, progress)


def _batch(
    home: Home, args: BatchArgs, kind: DraftKind, write: Write, progress: Progress
) -> BatchResult:
    from assistant.flows.ai_notice import notices_of
    from assistant.flows.unanswered import choose

    desk = in_batch(home.desk(args.tenant))
    must_be_on(desk, kind)
    failed: list[Failure] = []
    with _Lines(Path(args.out), args.tenant, kind.value, notices_of(desk)) as lines:
        choice = choose(desk, _wanted(desk, args.export, progress), kind)
        missing = choice.wanted
        known = (each.id for each in choice.known if each.id not in lines.held)
        lines.add(filter(None, map(desk.records.drafts.get, known)))
        pace = Pace("writing")
        for done, reference in enumerate(missing):
            progress(pace.at(done, len(missing)))
            made = attempt(home, desk, reference, write)
            if isinstance(made, Failure):
                failed.append(made)
            else:
                lines.add([made])
        progress(pace.at(len(missing), len(missing)))
    return BatchResult(
        written=len(missing) - len(failed),
        known=len(choice.known),
        failed=tuple(failed),
        skipped=skips(choice),
    )


def _wanted(desk: Desk, export: Export | ExportFile | None, progress: Progress) -> list[str]:
    """Return the tickets to write about, each once; those of an export are imported first."""
    if export is None:
        return waiting(desk)
    from ingestion.tickets import import_tickets, references

    source = export.source()
    import_tickets(desk, source, progress=steps(progress))
    return references(source)


class _Lines:
    """The file of results: a JSON line for each draft, only for its owner; ``held`` are their ids.

    It continues where it ended, and never changes a file with any other content.
    """

    def __init__(self, path: Path, tenant: str, kind: str, notices: tuple[str, ...]) -> None:
        self._notices = notices
        self.held: set[str] = set()
        self._head = {"tenant": tenant, "kind": kind}
        self._path = path
        self._file: BinaryIO = _open(path)
        try:
            self._file.truncate(self._read())
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, drafts: Iterable[Draft]) -> None:
        """Append the drafts' lines; they are on the disk when this returns."""
        for draft in drafts:
            line = self._head | draft_view(draft, self._notices).model_dump(mode="json")
            self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            self.held.add(draft.id)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _read(self) -> int:
        """Record what the file contains; return where its last complete line ends."""
        begin = json.dumps(self._head, ensure_ascii=False).encode()[:-1] + b","
        end = 0
        for line in self._file:
            if not line.endswith(b"\n") and begin.startswith(line[: len(begin)]):
                break  # incomplete because the process was killed
            self.held.add(self._id(line, begin))
            end += len(line)
        return end

    def _id(self, line: bytes, begin: bytes) -> str:
        try:
            if line.startswith(begin):
                return str(cast("dict[str, object]", json.loads(line))["id"])
        except (ValueError, LookupError):
            pass
        from assistant.errors import BadInput

        raise BadInput(
            f"{self._path} contains something other than these results.", todo="Name another file."
        )


def _open(path: Path) -> BinaryIO:
    from assistant.errors import BadInput

    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        os.fchmod(handle, 0o600)
    except (FileNotFoundError, PermissionError, NotADirectoryError, IsADirectoryError) as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from None
    return os.fdopen(handle, "r+b")


SUMMARISE = Operation(
    "summarise.batch",
    BatchArgs,
    BatchResult,
    _summarise,
    needs=OWNER,
    takes_turn=True,
    local_only=True,
)
DRAFT = Operation(
    "draft.batch", BatchArgs, BatchResult, _draft, needs=OWNER, takes_turn=True, local_only=True
)
