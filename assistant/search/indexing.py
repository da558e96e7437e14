"""Keeps the vector index in step with the records, which are the source of truth.

The index holds ids and vectors only. It may lag behind, hold too much or be lost: every hit is
checked against the records, and `reconcile` repairs the index from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from assistant.desk import Desk
from assistant.errors import AiOff
from assistant.model import Chunk
from assistant.ports import DocumentStore, Embedder, VectorIndex
from assistant.search.by_meaning import embeds
from guardrails import RedactedText, join

_BATCH = 64
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many vectors `reconcile` added and removed."""

    added: int
    removed: int


def embedding_text(title: RedactedText, chunk: Chunk) -> RedactedText:
    """Return the text that is embedded for ``chunk``: its document's title, its heading, its text.

    Without the title, a chunk in the middle of a document does not name its topic.
    """
    return join("\n", [part for part in (title, chunk.heading, chunk.text) if part])


def index_chunks(
    embedder: Embedder,
    vectors: VectorIndex,
    chunks: Sequence[Chunk],
    titles: Mapping[str, RedactedText],
) -> None:
    """Embed ``chunks`` and add them to ``vectors``; ``titles`` is by document id.

    While search by meaning is off they get no vectors; `reconcile` adds them once it is on.
    """
    for some in _batched(chunks):
        texts = [embedding_text(titles[chunk.document_id], chunk) for chunk in some]
        try:
            made = embedder.embed(texts)
        except AiOff:
            return
        vectors.add([chunk.id for chunk in some], made)


def bring_in_step(desk: Desk, progress: Callable[[int, int], None] | None = None) -> Reconciled:
    """Reconcile the desk's vectors, and answer from those of its embedder from then on.

    Called before an ingest. If another embedder made the vectors, new ones are built beside them in
    batches: a kill loses at most one batch, and the next call continues.
    """
    done = reconcile(desk.records.documents, desk.embedder, desk.vectors, progress)
    desk.vectors.settle()
    return done


def reconcile(
    documents: DocumentStore,
    embedder: Embedder,
    vectors: VectorIndex,
    progress: Callable[[int, int], None] | None = None,
) -> Reconciled:
    """Add the vectors that are missing, remove those of chunks that are gone.

    With an empty index this builds a generation. ``progress`` gets the number of vectors made
    so far and their total. While search by meaning is off it only removes.
    """
    recorded, held = documents.chunk_ids(), vectors.ids()
    missing = sorted(recorded - held) if embeds(embedder) else []
    gone = sorted(held - recorded)
    if missing:
        titles = {each.id: each.title for each in documents.documents()}
        done = 0
        for some in _batched(missing):
            index_chunks(embedder, vectors, _known(documents.chunks(some), titles), titles)
            done += len(some)
            if progress:
                progress(done, len(missing))
    if gone:
        vectors.remove(gone)
    return Reconciled(added=len(missing), removed=len(gone))


def _known(chunks: Iterable[Chunk], titles: Mapping[str, RedactedText]) -> list[Chunk]:
    return [chunk for chunk in chunks if chunk.document_id in titles]


def _batched(items: Sequence[_T]) -> Iterator[list[_T]]:
    return (list(items[at : at + _BATCH]) for at in range(0, len(items), _BATCH))
