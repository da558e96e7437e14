"""Read a folder of documents into a tenant's index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from assistant.model import Audience, Role
from ui.operations.base import Operation, Progress, Shape, Step, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import OWNER, member

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from ingestion.report import IngestReport
    from ingestion.report import Progress as IngestProgress


def readable() -> frozenset[str]:
    """Return the endings of files that can be read, each with its dot."""
    from ingestion.loaders import READABLE

    return READABLE


class FolderArgs(Shape):
    """A folder or a file, as an absolute path: the process may have another working directory.

    ``audience`` is that of documents which do not state one themselves.
    """

    path: str
    dry: bool = False
    audience: Audience | None = None
    jobs: int = Field(default=2, ge=1, le=2)


class IngestArgs(FolderArgs, TenantArgs):
    """What is read, and for which tenant."""


class Article(TenantArgs):
    """A document's file name and bytes; it replaces a document of the same name.

    ``audience`` is None where the document says it, or else is for agents.
    """

    name: str
    audience: Audience | None = None
    body: bytes = Field(repr=False)


class SkippedFile(Shape):
    """A file that was left out, and why."""

    source: str
    reason: str
    broken: bool


class FileNote(Shape):
    """A part of a file that was not read."""

    source: str
    text: str


class PreviewView(Shape):
    """The expected result for a file: values masked by type, chunks indexed."""

    source: str
    masked: dict[str, int]
    chunks: int


class AlikeView(Shape):
    """Near-duplicates: two documents of nearly the same text; only ``newer`` answers, if set."""

    one: str
    two: str
    share: float
    newer: str


class IngestResult(Shape):
    """What changed in the index, or with ``--dry-run`` would change.

    ``seconds`` is by phase; ``embedding`` is the share of them spent on embedding, None where
    nothing was read. ``index_bytes`` is what the whole vector index takes on the disk.
    """

    added: int
    changed: int
    unchanged: int
    removed: int
    chunks: int
    skipped: tuple[SkippedFile, ...]
    notes: tuple[FileNote, ...]
    previews: tuple[PreviewView, ...]
    alike: tuple[AlikeView, ...]
    for_customers: int
    for_agents: int
    audience_changed: int
    seconds: dict[str, float]
    embedding: float | None
    index_bytes: int
    index_bytes_per_chunk: float | None


def read_into(
    home: Home, desk: Desk, args: FolderArgs, progress: Progress, *, identities: bool = True
) -> IngestResult:
    """Read the documents of ``args`` into the desk's index. `BadInput` where there is none."""
    from assistant.errors import BadInput
    from ingestion.ingest import ingest

    report = ingest(
        desk,
        Path(args.path),
        progress=lambda at: progress(_step_of(at)),
        max_bytes=home.settings.max_file_bytes,
        dry=args.dry,
        identities=identities,
        jobs=args.jobs,
        audience=args.audience,
    )
    broken = sum(each.broken for each in report.skipped)
    met = (report.added, report.changed, report.unchanged, report.removed, broken)
    if not any(met):
        raise BadInput(f"There is no document in {args.path}.")
    return _result_of(report, home.index_bytes(desk.tenant.slug), desk.records.counts()["chunks"])


def _ingest(home: Home, _caller: Caller, args: IngestArgs, progress: Progress) -> IngestResult:
    return read_into(home, home.desk(args.tenant), args, progress)


def _upload(home: Home, _caller: Caller, args: Article, progress: Progress) -> IngestResult:
    from ingestion.ingest import ingest
    from ingestion.source import Upload

    desk = home.desk(args.tenant)
    report = ingest(
        desk,
        Upload(args.name, args.body),
        progress=lambda at: progress(_step_of(at)),
        max_bytes=home.settings.max_file_bytes,
        audience=args.audience,
    )
    return _result_of(report, home.index_bytes(args.tenant), desk.records.counts()["chunks"])


def _result_of(report: IngestReport, index_bytes: int, chunks: int) -> IngestResult:
    """Return ``report`` as a result; ``chunks`` is the number in the whole index."""
    spent = sum(report.seconds.values())
    embedding = report.seconds.get("embedding")
    return IngestResult(
        added=report.added,
        changed=report.changed,
        unchanged=report.unchanged,
        removed=report.removed,
        chunks=report.chunks,
        skipped=tuple(SkippedFile(**each._asdict()) for each in report.skipped),
        notes=tuple(FileNote(**each._asdict()) for each in report.notes),
        previews=tuple(PreviewView(**each._asdict()) for each in report.previews),
        alike=tuple(AlikeView(**each._asdict()) for each in report.alike),
        for_customers=report.for_customers,
        for_agents=report.for_agents,
        audience_changed=report.audience_changed,
        seconds=report.seconds,
        embedding=round(embedding / spent, 3) if embedding and spent else None,
        index_bytes=index_bytes,
        index_bytes_per_chunk=round(index_bytes / chunks, 1) if chunks else None,
    )


def _step_of(at: IngestProgress) -> Step:
    """Return the progress of an ingest as a step."""
    return Step(
        what=at.what,
        done=at.done,
        total=at.total,
        per_second=at.per_second,
        seconds_left=at.seconds_left,
    )


INGEST = Operation(
    "ingest", IngestArgs, IngestResult, _ingest, needs=OWNER, takes_turn=True, local_only=True
)
UPLOAD = Operation(
    "ingest.upload",
    Article,
    IngestResult,
    _upload,
    needs=member(Role.REVIEWER, Role.KNOWLEDGE),
    takes_turn=True,
)
