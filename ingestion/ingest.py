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
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from assistant.desk import Desk
from assistant.errors import BadInput
from assistant.flows.indexing import index_chunks, reconcile
from assistant.model import Chunk, Document
from guardrails import RawText
from ingestion import chunks as cutting
from ingestion import loaders
from ingestion.loaders import Loaded, NotADocument, Unreadable
from ingestion.places import Origin, Places
from ingestion.scan import Found, Scan, read, scan

_BATCH_DOCUMENTS = 64
_BATCH_BYTES = 400_000


class Skipped(NamedTuple):
    """A file that was left out. For the screen of whoever asked; a name may identify somebody.

    ``broken`` tells a document that could not be read from a file that is none.
    """

    source: str
    reason: str
    broken: bool = True


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; time left is guessed from bytes, and None before anything is done."""

    done: int
    total: int
    per_second: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What a run did; ``chunks`` counts those written by it, ``seconds`` is by phase."""

    added: int
    changed: int
    unchanged: int
    removed: int
    skipped: tuple[Skipped, ...]
    chunks: int
    seconds: dict[str, float]


def ingest(
    desk: Desk,
    folder_or_file: Path,
    *,
    progress: Callable[[Progress], None],
    max_bytes: int,
    known_as: Path | None = None,
) -> IngestReport:
    """Read a folder or a file; forget what it brought before and is gone from it now.

    ``known_as`` is where the file or folder shall be thought to stand: an upload lies in a
    temporary folder, and the next upload of the same name must replace it.
    """
    real, found = scan(folder_or_file)
    run = _Run(desk, real, known_as or real, progress, max_bytes, found)
    with run.timed("indexing"):
        reconcile(desk.records.documents, desk.embedder, desk.vectors)
    run.read_all()
    run.forget_gone()
    return run.report()


def named(desk: Desk, name: str) -> list[str]:
    """Return the ids of the documents that ``name`` means.

    That is a path, which need not exist any more, of a file or a folder that was read; or a source
    as citations show it. `BadInput` when several documents are shown alike.
    """
    documents = desk.records.documents.documents()
    places = Places(desk.sealer, documents)
    path = Path(name).resolve()
    at = places.below(path) | ({places.document_id(path)} & places.known.keys())
    if at:
        return sorted(at)
    found = [each.id for each in documents if each.source.reveal() == name]
    if not found:  # the path itself may name somebody
        washed = desk.redactor.look_up(RawText(name)).text
        found = [each.id for each in documents if each.source == washed]
    if len(found) > 1:
        raise BadInput(
            f"{len(found)} documents are called {name}.",
            todo="Name the file by its whole path.",
        )
    return found


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
    started: float = field(default_factory=time.monotonic)
    counts: Counter[str] = field(default_factory=Counter[str])
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    seen: set[str] = field(default_factory=set[str])
    places: Places = field(init=False)
    root: Path = field(init=False)
    how: str = field(init=False)

    def __post_init__(self) -> None:
        self.places = Places(self.desk.sealer, self.desk.records.documents.documents())
        self.root = self.places.root_of(self._folder())
        self.how = _how(self.desk)
        self.skipped = [Skipped(self._name(path), why) for path, why in self.found.skipped]

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
        self._tell(len(self.found.files), done_bytes)

    def forget_gone(self) -> None:
        """Forget what stood below the folder before and was not met now."""
        if not self.real.is_dir():
            return
        kept = set(self.seen)
        for folder in self.found.closed:
            kept |= self.places.below(self._stands(folder))
        gone = sorted(self.places.below(self.known_as) - kept)
        with self.timed("recording"):
            _remove(self.desk, gone)
        self.counts["removed"] += len(gone)

    def report(self) -> IngestReport:
        """Return what was done."""
        counts = self.counts
        return IngestReport(
            counts["added"],
            counts["changed"],
            counts["unchanged"],
            counts["removed"],
            tuple(self.skipped),
            counts["chunks"],
            {phase: round(spent, 3) for phase, spent in self.seconds.items()},
        )

    @contextmanager
    def timed(self, phase: str) -> Generator[None]:
        """Add the time spent inside to ``phase``."""
        start = time.monotonic()
        try:
            yield
        finally:
            spent = time.monotonic() - start
            self.seconds[phase] = self.seconds.get(phase, 0.0) + spent

    def _read(self, found: Found) -> _Waiting | None:
        path = self._stands(found.path)
        document_id = self.places.document_id(path)
        try:
            with self.timed("reading"):
                body = read(found, self.max_bytes)
                origin = self.places.origin(path, self.root, self.places.content(self.how, body))
                known = self.places.known.get(document_id)
                if known is not None and known.content == origin.content:
                    self.seen.add(document_id)
                    self.counts["unchanged"] += 1
                    return None
                loaded = loaders.load(body, path)
        except Unreadable as why:  # the file no longer says what it said: that is forgotten
            broken = not isinstance(why, NotADocument)
            self.skipped.append(Skipped(self._name(found.path), str(why), broken))
            return None
        except OSError as error:  # nobody knows what it says now: the last version stays
            self.seen.add(document_id)
            why = f"it cannot be opened ({type(error).__name__})"
            self.skipped.append(Skipped(self._name(found.path), why))
            return None
        self.seen.add(document_id)
        return _Waiting(document_id, path.relative_to(self.root), origin, loaded)

    def _commit(self, batch: list[_Waiting]) -> None:
        with self.timed("redacting"):
            texts = [(each.shown, each.loaded) for each in batch]
            washed = cutting.wash(self.desk.redactor, texts)
        documents = [self._document(each, text) for each, text in zip(batch, washed, strict=True)]
        cut = {
            document.id: [piece.of(document.id, at) for at, piece in enumerate(text.pieces)]
            for document, text in zip(documents, washed, strict=True)
        }
        fresh = [chunk for chunks in cut.values() for chunk in chunks]
        with self.timed("indexing"):
            titles = {document.id: document.title for document in documents}
            index_chunks(self.desk.embedder, self.desk.vectors, fresh, titles)
        with self.timed("recording"):
            self.desk.vectors.remove(self._record(documents, cut))
        self._count(documents, len(fresh))

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

    def _count(self, documents: list[Document], chunks: int) -> None:
        changed = sum(document.id in self.places.known for document in documents)
        self.counts.update(changed=changed, added=len(documents) - changed, chunks=chunks)

    def _tell(self, done: int, done_bytes: int) -> None:
        spent = max(time.monotonic() - self.started, 1e-6)
        total = sum(found.size for found in self.found.files)
        left = spent * (total - done_bytes) / done_bytes if done_bytes else None
        self.progress(Progress(done, len(self.found.files), done / spent, left))

    def _folder(self) -> Path:
        return self.known_as if self.real.is_dir() else self.known_as.parent

    def _stands(self, path: Path) -> Path:
        """Return where ``path`` is thought to stand."""
        return self.known_as / path.relative_to(self.real) if path != self.real else self.known_as

    def _name(self, path: Path) -> str:
        shown = self._stands(path).relative_to(self.root).as_posix()
        return shown.encode("utf-8", "replace").decode()


def _how(desk: Desk) -> str:
    """Return what, beside its bytes, decides what becomes of a file.

    When any of it changes, every file is read again at the next run: another release may see what
    the last one missed, and people whom the tenant has told of since are to be masked everywhere.
    """
    people = desk.records.directory.all()
    values = sorted(desk.sealer.fingerprint(each.value) for one in people for each in one.values())
    told = desk.sealer.fingerprint_bytes("".join(values).encode())
    versions = (_release(), loaders.VERSION, cutting.VERSION, str(desk.tenant.policy.version))
    return "|".join((*versions, told))


def _release() -> str:
    try:
        return version("quietdesk")
    except PackageNotFoundError:  # run from a folder that was never installed
        return ""


def _remove(desk: Desk, gone: list[str]) -> None:
    if not gone:
        return
    with desk.records.transaction():
        chunk_ids = desk.records.documents.remove(gone)
        desk.ledger.append("unindexed", documents=len(gone), chunks=len(chunk_ids))
    desk.vectors.remove(chunk_ids)
