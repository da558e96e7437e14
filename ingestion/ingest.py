"""A folder of files into a tenant's records and index: only what changed, in batches.

Order of work for a batch, so that a kill at any moment loses nothing, doubles nothing and leaves
every answer consistent: (1) the vectors of the new chunks, under fresh ids that no record knows
yet, so no search shows them; (2) one transaction that replaces the documents with their chunks and
appends the ledger's row: from here on answers come from the new text; (3) the vectors of the
replaced chunks are removed. What a kill leaves behind is vectors without a record, which no search
shows and the next run's `reconcile` removes. A batch that was not committed is simply read again.

One ingest at a time for each tenant: the caller sees to that, because the home has one owner.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from assistant.desk import Desk
from assistant.flows.indexing import index_chunks, reconcile
from assistant.model import Chunk, Document
from assistant.ports import Vectors
from guardrails import RedactedText
from ingestion import chunks as cutting
from ingestion import loaders
from ingestion.known import how
from ingestion.loaders import Loaded, NotADocument, Unreadable
from ingestion.places import Origin, Places
from ingestion.report import IngestReport, Note, Preview, Progress, Skipped, Tally
from ingestion.scan import Found, Scan, read, scan
from ingestion.superseding import supersede

_BATCH_DOCUMENTS = 64
_BATCH_BYTES = 400_000
_TELL_EVERY_S = 0.1


def ingest(
    desk: Desk,
    folder_or_file: Path,
    *,
    progress: Callable[[Progress], None],
    max_bytes: int,
    known_as: Path | None = None,
    dry: bool = False,
) -> IngestReport:
    """Read a folder or a file; forget what it brought before and is gone from it now.

    ``known_as`` is where the file or folder shall be thought to stand: an upload lies in a
    temporary folder, and the next upload of the same name must replace it. A ``dry`` run reads and
    washes what is new and keeps nothing, not even in the vault.
    """
    real, found = scan(folder_or_file)
    run = _Run(desk, real, known_as or real, progress, max_bytes, found, dry)
    run.read_all()
    run.forget_gone()
    supersede(desk, run.fresh, run.tally)
    return run.tally.report()


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A document that has been read and is not washed yet."""

    id: str
    shown: Path
    origin: Origin
    loaded: Loaded


@dataclass(slots=True)
class _Run:
    desk: Desk
    real: Path
    known_as: Path
    progress: Callable[[Progress], None]
    max_bytes: int
    found: Scan
    dry: bool
    started: float = field(default_factory=time.monotonic)
    tally: Tally = field(default_factory=Tally)
    fresh: set[str] = field(default_factory=set[str])
    staying: set[str] = field(default_factory=set[str])  # versions that this run will not forget
    in_step: bool = False
    told: float = 0.0
    seen: set[str] = field(default_factory=set[str])
    places: Places = field(init=False)
    root: Path = field(init=False)
    how: str = field(init=False)
    total: int = field(init=False)

    def __post_init__(self) -> None:
        self.places = Places(self.desk.sealer, self.desk.records.documents.documents())
        self.root = self.places.root_of(self._folder())
        self.how = how(self.desk)
        self.total = sum(found.size for found in self.found.files)
        self.tally.skipped += [Skipped(self._name(path), why) for path, why in self.found.skipped]

    def read_all(self) -> None:
        """Read every file; wash, index and record what is new in batches."""
        batch: list[_Waiting] = []
        size = done_bytes = 0
        for done, found in enumerate(self.found.files, start=1):
            waiting = self._read(found)
            done_bytes += found.size
            if waiting is not None:
                batch.append(waiting)
                size += found.size
            if len(batch) >= _BATCH_DOCUMENTS or size >= _BATCH_BYTES:
                self._commit(batch)
                batch, size = [], 0
            if not batch:
                self._tell(done, done_bytes)
        if batch:
            self._commit(batch)
        self._tell(len(self.found.files), done_bytes, last=True)

    def forget_gone(self) -> None:
        """Forget what stood below the folder before and was not met now."""
        if not self.real.is_dir():
            return
        kept = set(self.seen)
        for folder in self.found.closed:
            kept |= self.places.below(self._stands(folder))
        gone = sorted(self.places.below(self.known_as) - kept)
        if gone and not self.dry:
            self._bring_in_step()
            with self.tally.timed("recording"):
                _remove(self.desk, gone)
        self.tally.counts["removed"] += len(gone)

    def _read(self, found: Found) -> _Waiting | None:
        path = self._stands(found.path)
        document_id = self.places.document_id(path)
        try:
            with self.tally.timed("reading"):
                body = read(found, self.max_bytes)
                origin = self.places.origin(path, self.root, self.how, body)
                known = self.places.known.get(document_id)
                if known and self._is_unchanged(known, origin):
                    self.seen.add(document_id)
                    self.tally.counts["unchanged"] += 1
                    return None
                loaded = loaders.load(body, path)
        except Unreadable as why:  # the file no longer says what it said: that is forgotten
            broken = not isinstance(why, NotADocument)
            self.tally.skipped.append(Skipped(self._name(found.path), str(why), broken))
            return None
        except OSError as error:  # nobody knows what it says now: the last version stays
            self.seen.add(document_id)
            why = f"it cannot be opened ({type(error).__name__})"
            self.tally.skipped.append(Skipped(self._name(found.path), why))
            return None
        self.seen.add(document_id)
        self.tally.notes += (Note(self._name(found.path), text) for text in loaded.notes)
        return _Waiting(document_id, path.relative_to(self.root), origin, loaded)

    def _is_unchanged(self, known: Origin, origin: Origin) -> bool:
        if (known.content, known.how) != (origin.content, origin.how):
            return False
        if known.newer and not self.staying:
            below = self.places.below(self.known_as) if self.real.is_dir() else set[str]()
            met = {self.places.document_id(self._stands(found.path)) for found in self.found.files}
            there = (self.places.known.keys() - below) | met
            self.staying = {self.places.version(key) for key in there}
        return not known.newer or known.newer in self.staying

    def _commit(self, batch: list[_Waiting]) -> None:
        with self.tally.timed("redacting"):
            texts = [(each.shown, each.loaded) for each in batch]
            washed = cutting.wash(self.desk.redactor, texts, allocate=not self.dry)
        if self.dry:
            self._preview(batch, washed)
            return
        documents = [self._document(each, text) for each, text in zip(batch, washed, strict=True)]
        cut = {
            document.id: [piece.of(document.id, at) for at, piece in enumerate(text.pieces)]
            for document, text in zip(documents, washed, strict=True)
        }
        fresh = [chunk for chunks in cut.values() for chunk in chunks]
        self._bring_in_step()
        with self.tally.timed("indexing"):
            titles = {document.id: document.title for document in documents}
            index_chunks(_Watched(self), self.desk.vectors, fresh, titles)
        with self.tally.timed("recording"):
            self.desk.vectors.remove(self._record(documents, cut))
        self.fresh |= cut.keys()
        self._count([each.id for each in documents], len(fresh))

    def _preview(self, batch: list[_Waiting], washed: list[cutting.Washed]) -> None:
        for each, text in zip(batch, washed, strict=True):
            shown = each.shown.as_posix().encode("utf-8", "replace").decode()
            self.tally.previews.append(
                Preview(shown, dict(sorted(text.masked.items())), len(text.pieces))
            )
        self._count([each.id for each in batch], sum(len(text.pieces) for text in washed))

    def _bring_in_step(self) -> None:
        """Make good what a kill left in the index, before it is first changed.

        Not earlier: an unchanged folder is told in a moment, without opening the index.
        """
        if not self.in_step:
            with self.tally.timed("indexing"):
                reconcile(self.desk.records.documents, self.desk.embedder, self.desk.vectors)
            self.in_step = True

    def _record(self, documents: list[Document], cut: dict[str, list[Chunk]]) -> list[str]:
        """Replace documents in one transaction; return the ids of the chunks that went."""
        store = self.desk.records.documents
        with self.desk.records.transaction():
            gone = store.remove([each.id for each in documents if each.id in self.places.known])
            for document in documents:
                store.put(document, cut[document.id])
            self.desk.ledger.append(
                "indexed",
                documents=len(documents),
                chunks=sum(map(len, cut.values())),
                replaced=len(gone),
                embedder=self.desk.embedder.name,
                policy_version=self.desk.tenant.policy.version,
            )
        return gone

    def _document(self, waiting: _Waiting, washed: cutting.Washed) -> Document:
        return Document(
            waiting.id,
            washed.source,
            washed.title,
            waiting.origin.write(),
            datetime.now(UTC),
            self.desk.tenant.policy.version,
        )

    def _count(self, ids: list[str], chunks: int) -> None:
        changed = sum(each in self.places.known for each in ids)
        self.tally.counts.update(changed=changed, added=len(ids) - changed, chunks=chunks)

    def _tell(self, done: int, done_bytes: int, *, last: bool = False) -> None:
        spent = max(time.monotonic() - self.started, 1e-6)
        if spent - self.told < _TELL_EVERY_S and not last:
            return
        self.told = spent
        left = spent * (self.total - done_bytes) / done_bytes if done_bytes else None
        self.progress(Progress(done, len(self.found.files), done / spent, left))

    def _folder(self) -> Path:
        return self.known_as if self.real.is_dir() else self.known_as.parent

    def _stands(self, path: Path) -> Path:
        """Return where ``path`` is thought to stand."""
        return self.known_as / path.relative_to(self.real) if path != self.real else self.known_as

    def _name(self, path: Path) -> str:
        shown = self._stands(path).relative_to(self.root).as_posix()
        return shown.encode("utf-8", "replace").decode()


class _Watched:
    """The desk's embedder, its time told apart."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self.name = run.desk.embedder.name

    def embed(self, texts: Sequence[RedactedText]) -> Vectors:
        with self._run.tally.timed("embedding"):
            return self._run.desk.embedder.embed(texts)


def _remove(desk: Desk, gone: list[str]) -> None:
    if not gone:
        return
    with desk.records.transaction():
        chunk_ids = desk.records.documents.remove(gone)
        desk.ledger.append("unindexed", documents=len(gone), chunks=len(chunk_ids))
    desk.vectors.remove(chunk_ids)
