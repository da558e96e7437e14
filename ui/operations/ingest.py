"""Read a folder of documents into a tenant's index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ui.operations.base import Operation, Progress, Shape, Step, TenantArgs

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from ingestion.ingest import Progress as IngestProgress

_MIB = 1024 * 1024


class IngestArgs(TenantArgs):
    """A folder or a file, as an absolute path: whoever runs the operation may stand elsewhere."""

    path: str


class SkippedFile(Shape):
    """A file that was left out, and why."""

    source: str
    reason: str
    broken: bool


class IngestResult(Shape):
    """What changed in the index."""

    added: int
    changed: int
    unchanged: int
    removed: int
    chunks: int
    skipped: tuple[SkippedFile, ...]


def _ingest(home: Home, args: IngestArgs, progress: Progress) -> IngestResult:
    from assistant.errors import BadInput
    from ingestion.ingest import ingest

    report = ingest(
        home.desk(args.tenant),
        Path(args.path),
        progress=lambda at: progress(_step(at)),
        max_bytes=home.settings.max_file_mb * _MIB,
    )
    broken = sum(each.broken for each in report.skipped)
    met = (report.added, report.changed, report.unchanged, report.removed, broken)
    if not any(met):
        raise BadInput(f"There is no document in {args.path}.")
    return IngestResult(
        added=report.added,
        changed=report.changed,
        unchanged=report.unchanged,
        removed=report.removed,
        chunks=report.chunks,
        skipped=tuple(
            SkippedFile(source=each.source, reason=each.reason, broken=each.broken)
            for each in report.skipped
        ),
    )


def _step(at: IngestProgress) -> Step:
    return Step(
        what="reading",
        done=at.done,
        total=at.total,
        per_second=at.per_second,
        seconds_left=at.seconds_left,
    )


INGEST = Operation("ingest", IngestArgs, IngestResult, _ingest, alone=True)
