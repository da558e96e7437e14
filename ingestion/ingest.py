"""Documents into a tenant's records and index: only what changed, in batches.

The order of work for a batch is such that a kill at any moment loses nothing, duplicates nothing
and leaves every answer consistent: (1) the vectors of the new chunks are added, under fresh ids
that are in no record yet, so no search returns them; (2) one transaction replaces documents with
their chunks and appends the ledger's row: from here on answers come from the new text; (3) the
vectors of the replaced chunks are removed. A kill leaves only vectors without a record, which no
search returns and the next run's `reconcile` removes. A batch that was not committed is read again.

Only one ingest may run for a tenant at a time: the caller ensures that, because it owns the home.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.desk import Desk
from assistant.model import Audience
from assistant.ports import DocumentAudience
from ingestion import loaders
from ingestion.audience import FolderAudiences
from ingestion.batches import BatchWriter, Waiting
from ingestion.folders import Found, Scan, read, scan
from ingestion.loaders import NotADocument, Unreadable
from ingestion.origins import Origin, Places
from ingestion.report import IngestReport, Note, Progress, Skipped, Tally
from ingestion.source import Upload
from ingestion.staleness import pipeline_version
from ingestion.superseding import supersede

_BATCH_DOCUMENTS = 64
_BATCH_BYTES = 400_000
_REPORT_EVERY_S = 0.1


def ingest(
    desk: Desk,
    given: Path | Upload,
    *,
    progress: Callable[[Progress], None],
    max_bytes: int,
    dry: bool = False,
    identities: bool = True,
    jobs: int = 1,
    audience: Audience | None = None,
) -> IngestReport:
    """Read a folder, a file or an upload, and forget documents that are no longer in it.

    A ``dry`` run reads and redacts new documents and stores nothing, not even in the vault. Without
    ``identities`` masked values cannot be restored. With two ``jobs`` a batch is redacted while the
    one before is embedded. Files over ``max_bytes`` are skipped. ``audience`` counts before what
    the folders' files say, and after what a document itself says. `BadInput` without ``given``.
    """
    run = _Run(desk, scan(given), progress, max_bytes, dry, identities, jobs, audience)
    with run.writer:
        run.read_all()
        run.forget_gone()
    supersede(desk, run.writer.fresh, run.tally)
    run.count_audiences()
    return run.tally.report()


@dataclass(slots=True)
class _Run:
    desk: Desk
    found: Scan
    progress: Callable[[Progress], None]
    max_bytes: int
    dry: bool
    identities: bool
    jobs: int
    audience: Audience | None
    started: float = field(default_factory=time.monotonic)
    tally: Tally = field(default_factory=Tally)
    staying: set[str] = field(default_factory=set[str])  # versions that this run will not forget
    reported_at: float = 0.0
    rebuilding_since: float = 0.0
    seen: set[str] = field(default_factory=set[str])
    writer: BatchWriter = field(init=False)
    places: Places = field(init=False)
    root: Path = field(init=False)
    folders: FolderAudiences = field(init=False)
    audiences: Mapping[str, DocumentAudience] = field(init=False)
    moved: dict[Audience, list[str]] = field(default_factory=dict[Audience, list[str]])
    pipeline_version: str = field(init=False)
    total: int = field(init=False)

    def __post_init__(self) -> None:
        self.places = Places(self.desk.sealer, self.desk.records.documents.fingerprints())
        self.audiences = self.desk.records.documents.audiences()
        self.writer = BatchWriter(
            self.desk,
            self.places.known,
            self.tally,
            self.dry,
            self.identities,
            self._rebuilt,
            self.jobs,
            self.audiences,
        )
        self.root = self.places.root_of(self._folder())
        self.folders = FolderAudiences(self.root, self.audience)
        self.pipeline_version = pipeline_version(self.desk)
        self.total = sum(found.size for found in self.found.files)
        self.tally.skipped += [Skipped(self._name(path), why) for path, why in self.found.skipped]

    def read_all(self) -> None:
        """Read every file; redact, index and record what is new in batches."""
        batch: list[Waiting] = []
        size = done_bytes = 0
        for done, found in enumerate(self.found.files, start=1):
            for waiting in self._read(found):
                batch.append(waiting)
                size += waiting.size
                if len(batch) >= _BATCH_DOCUMENTS or size >= _BATCH_BYTES:
                    self.writer.commit(batch)
                    batch, size = [], 0
            done_bytes += found.size
            if not batch:
                self._report(done, done_bytes)
        self.writer.commit(batch)
        self._move()
        self._report(len(self.found.files), done_bytes, last=True)

    def count_audiences(self) -> None:
        """Count the documents that this run met, by who may read them."""
        now = self.desk.records.documents.audiences()
        met = [each.audience for key, each in now.items() if key in self.seen]
        self.tally.counts.update(
            customer=met.count(Audience.CUSTOMER), agent=met.count(Audience.AGENT)
        )

    def forget_gone(self) -> None:
        """Forget documents from this folder or file that this run did not find."""
        known = self.places.below(self.found.root)
        kept = set(self.seen)
        if self.found.is_folder:
            for folder in self.found.closed:
                kept |= self.places.below(folder)
        elif self.seen:
            known |= {self.places.document_id(self.found.root)} & self.places.known.keys()
        else:  # a single file could not be read: its last version is kept
            return
        self.writer.remove(sorted(known - kept))

    def _read(self, found: Found) -> Iterator[Waiting]:
        """Yield what is new in a file."""
        try:
            with self.tally.timed("reading"):
                waiting = self._waiting(found)
        except Unreadable as why:  # the file has changed: the old version is forgotten
            broken = not isinstance(why, NotADocument)
            self.tally.skipped.append(Skipped(self._name(found.path), str(why), broken))
            return
        except OSError as error:  # its content is unknown: the last version is kept
            self.seen |= self._brought_by(found.path)
            why = f"it cannot be opened ({type(error).__name__})"
            self.tally.skipped.append(Skipped(self._name(found.path), why))
            return
        yield from waiting

    def _waiting(self, found: Found) -> list[Waiting]:
        path, body = found.path, read(found, self.max_bytes)
        origin = self.places.origin(path, self.root, self.pipeline_version, body)
        document_id = self.places.document_id(path)
        if self._is_unchanged(document_id, origin, path):
            return []
        loaded = loaders.load(body, path)
        self.tally.notes += (Note(self._name(found.path), text) for text in loaded.notes)
        shown = path.relative_to(self.root)
        if not loaded.articles:
            self.seen.add(document_id)
            audience = self.folders.of(path)
            return [Waiting(document_id, shown, origin, loaded, found.size, audience)]
        share = found.size // len(loaded.articles)
        of_each = [
            (self.places.article_id(path, each.key), self.places.article(path, origin, each), each)
            for each in loaded.articles
        ]
        new = [each for each in of_each if not self._is_unchanged(*each[:2], path)]
        self.seen |= {article_id for article_id, _, _ in new}
        audience = self.folders.of(path)
        return [Waiting(key, shown, about, each, share, audience) for key, about, each in new]

    def _move(self) -> None:
        """Set the audience of unchanged documents whose folder has another one now."""
        self.tally.skipped += [Skipped(self._name(at), why) for at, why in self.folders.broken]
        self.tally.counts["audience"] += sum(map(len, self.moved.values()))
        if self.dry:
            return
        for audience, documents in self.moved.items():
            with self.desk.records.transaction():
                self.desk.records.documents.set_audience(documents, audience, decided=False)
                self.desk.ledger.append(
                    "audience.set", documents=len(documents), audience=audience.value
                )

    def _note_audience(self, document_id: str, path: Path) -> None:
        known, before = self.places.known[document_id], self.audiences.get(document_id)
        if known.says or before is None or before.decided:
            return
        wanted = self.folders.of(path)
        if before.audience is not wanted:
            self.moved.setdefault(wanted, []).append(document_id)

    def _is_unchanged(self, document_id: str, origin: Origin, path: Path) -> bool:
        known = self.places.known.get(document_id)
        if known is None or (known.content, known.pipeline_version) != (
            origin.content,
            origin.pipeline_version,
        ):
            return False
        if known.newer and not self.staying:
            self.staying = {self.places.version(key) for key in self._there()}
        if known.newer and known.newer not in self.staying:
            return False
        self.seen.add(document_id)
        self.tally.counts["unchanged"] += 1
        self._note_audience(document_id, path)
        return True

    def _there(self) -> set[str]:
        """Return the ids of documents that this run will surely keep."""
        below = self.places.below(self.found.root) if self.found.is_folder else set[str]()
        met = {key for found in self.found.files for key in self._brought_by(found.path)}
        return (self.places.known.keys() - below) | met

    def _brought_by(self, path: Path) -> set[str]:
        return self.places.below(path) | {self.places.document_id(path)}

    def _report(self, done: int, done_bytes: int, *, last: bool = False) -> None:
        spent = max(time.monotonic() - self.started, 1e-6)
        if spent - self.reported_at < _REPORT_EVERY_S and not last:
            return
        self.reported_at = spent
        left = spent * (self.total - done_bytes) / done_bytes if done_bytes else None
        self.progress(Progress(done, len(self.found.files), done / spent, left))

    def _rebuilt(self, done: int, total: int) -> None:
        """Report the progress of rebuilding the vectors of another embedder."""
        self.rebuilding_since = self.rebuilding_since or time.monotonic()
        spent = max(time.monotonic() - self.rebuilding_since, 1e-6)
        self.progress(
            Progress(done, total, done / spent, spent / done * (total - done), "embedding")
        )

    def _folder(self) -> Path:
        return self.found.root if self.found.is_folder else self.found.root.parent

    def _name(self, path: Path) -> str:
        shown = path.relative_to(self.root).as_posix()
        return shown.encode("utf-8", "replace").decode()
