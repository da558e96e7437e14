"""Redacts, chunks, indexes and records documents in batches, or only previews them.

With two jobs the vectors of one batch are made while the next one is read and redacted; records are
written by one thread, batch by batch in order, each only after its vectors were stored.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from assistant.desk import Desk
from assistant.model import Audience, Chunk, Document
from assistant.ports import DocumentAudience, Vectors
from assistant.search.by_meaning import embeds
from assistant.search.indexing import bring_in_step, index_chunks
from guardrails import RedactedText
from ingestion import chunks as cutting
from ingestion.loaders import Loaded
from ingestion.origins import SAYS, Origin
from ingestion.report import Preview, Tally


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that has been read and is not redacted yet.

    ``audience`` is that of its folder, which counts if the document itself states none.
    """

    id: str
    shown: Path
    origin: Origin
    loaded: Loaded
    size: int
    audience: Audience


@dataclass(frozen=True, slots=True)
class _Made:
    """Documents and their chunks, whose vectors are being made."""

    documents: Sequence[Document]
    cut: Mapping[str, list[Chunk]]
    vectors: Future[None]


@dataclass(slots=True)
class BatchWriter:
    """One tenant's records and index, written batch by batch; ``dry`` writes nothing.

    ``audiences`` are those of the documents before this run: a person's decision stays. ``fresh``
    holds the ids of the written documents; ``tell`` is called with the number of vectors
    rebuilt so far and their total. Leaving the context records the last batch; after an error only
    vectors without a record are left.
    """

    desk: Desk
    known: Collection[str]
    tally: Tally
    dry: bool
    identities: bool
    tell: Callable[[int, int], None]
    jobs: int = 1
    audiences: Mapping[str, DocumentAudience] = field(default_factory=dict[str, DocumentAudience])
    fresh: set[str] = field(default_factory=set[str])
    _in_step: bool = False
    _made: _Made | None = None
    _beside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.finish()
        finally:
            self._beside.shutdown()

    def commit(self, batch: Sequence[Waiting]) -> None:
        """Redact and index a batch of documents; each replaces its earlier version."""
        if not batch:
            return
        with self.tally.timed("redacting"):
            texts = [(each.shown, each.loaded) for each in batch]
            keep = self.identities and not self.dry
            redacted = cutting.redact(self.desk.redactor, texts, allocate=keep)
        if self.dry:
            self._preview(batch, redacted)
            return
        documents = [self._document(each, text) for each, text in zip(batch, redacted, strict=True)]
        cut = {
            document.id: [piece.of(document.id, at) for at, piece in enumerate(text.pieces)]
            for document, text in zip(documents, redacted, strict=True)
        }
        self._bring_in_step()
        self.finish()
        self._made = _Made(documents, cut, self._beside.submit(self._index, documents, cut))
        if self.jobs == 1:
            self.finish()

    def finish(self) -> None:
        """Wait for the vectors of the batch in progress, and record it."""
        made, self._made = self._made, None
        if made is None:
            return
        made.vectors.result()
        with self.tally.timed("recording"):
            self.desk.vectors.remove(self._record(made.documents, made.cut))
        self.fresh |= made.cut.keys()
        self._count([each.id for each in made.documents], sum(map(len, made.cut.values())))

    def remove(self, gone: Sequence[str]) -> None:
        """Forget documents."""
        self.finish()
        if gone and not self.dry:
            self._bring_in_step()
            with self.tally.timed("recording"):
                with self.desk.records.transaction():
                    chunk_ids = self.desk.records.documents.remove(gone)
                    self.desk.ledger.append("unindexed", documents=len(gone), chunks=len(chunk_ids))
                self.desk.vectors.remove(chunk_ids)
        self.tally.counts["removed"] += len(gone)

    def _preview(self, batch: Sequence[Waiting], redacted: Sequence[cutting.Redacted]) -> None:
        for each, text in zip(batch, redacted, strict=True):
            shown = each.shown.as_posix().encode("utf-8", "replace").decode()
            self.tally.preview(Preview(shown, text.masked, len(text.pieces)))
        self._count([each.id for each in batch], sum(len(text.pieces) for text in redacted))

    def _bring_in_step(self) -> None:
        """Repair the index after a kill, before the first change.

        Not earlier: the run over an unchanged folder is fast because it does not open the index.
        """
        if not self._in_step:
            with self.tally.timed("indexing"):
                bring_in_step(self.desk, self.tell)
            self._in_step = True

    def _index(self, documents: Sequence[Document], cut: Mapping[str, list[Chunk]]) -> None:
        with self.tally.timed("indexing"):
            titles = {document.id: document.title for document in documents}
            chunks = [chunk for some in cut.values() for chunk in some]
            index_chunks(_Watched(self.desk, self.tally), self.desk.vectors, chunks, titles)

    def _record(self, documents: Sequence[Document], cut: Mapping[str, list[Chunk]]) -> list[str]:
        """Replace documents in one transaction; return the ids of the removed chunks."""
        store = self.desk.records.documents
        with self.desk.records.transaction():
            gone = store.remove([each.id for each in documents if each.id in self.known])
            for document in documents:
                store.put(document, cut[document.id])
            self.desk.ledger.append(
                "indexed",
                documents=len(documents),
                chunks=sum(map(len, cut.values())),
                replaced=len(gone),
                embedder=self.desk.embedder.name if embeds(self.desk.embedder) else "",
            )
        return gone

    def _document(self, waiting: Waiting, redacted: cutting.Redacted) -> Document:
        before = self.audiences.get(waiting.id)
        decided = before is not None and before.decided
        says = "" if redacted.audience is None else SAYS
        return Document(
            waiting.id,
            redacted.source,
            redacted.title,
            replace(waiting.origin, says=says).write(),
            self.desk.clock(),
            self.desk.tenant.policy.version,
            redacted.tags,
            redacted.products,
            waiting.loaded.labels.updated,
            before.audience if before and decided else redacted.audience or waiting.audience,
            decided,
        )

    def _count(self, ids: list[str], chunks: int) -> None:
        changed = sum(each in self.known for each in ids)
        self.tally.counts.update(changed=changed, added=len(ids) - changed, chunks=chunks)


class _Watched:
    """The desk's embedder; its time is measured as a phase of its own."""

    def __init__(self, desk: Desk, tally: Tally) -> None:
        self._embedder = desk.embedder
        self._tally = tally
        self.name = desk.embedder.name

    def embed(self, texts: Sequence[RedactedText]) -> Vectors:
        with self._tally.timed("embedding"):
            return self._embedder.embed(texts)
