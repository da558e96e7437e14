"""Benchmark: how long a question takes for a large tenant, and how much memory it needs.

    python scripts/bench_retrieval.py FOLDER QUERIES.jsonl [--chunks 100000]

The chunks are the first of FOLDER's documents, repeated with words swapped. Only the originals are
embedded; the vectors of the copies are the original's with noise (cosine about .9), because
embedding a hundred thousand texts would measure nothing more. Nothing is masked. Records, seal,
Chroma, BM25, fusion and embedding of the question are the product's own, in a temporary home.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np

from assistant.bootstrap import Home, ephemeral_redactor
from assistant.desk import Desk
from assistant.model import Chunk, Document, new_id
from assistant.ports import Vectors
from assistant.search.indexing import embedding_text
from assistant.search.retrieve import retrieve
from assistant.settings import Settings
from guardrails import RawText, RedactedText, Redactor
from ingestion import chunks as cutting
from ingestion import loaders
from ingestion.folders import read, scan

_FIRST = 600
_PER_DOCUMENT = 10
_BATCH = 2000
_NOISE = 0.5
_LARGEST = 50_000_000
_SWAPPED = 0.1


def main() -> None:
    args = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        with Home.open(settings) as home:
            home.add_tenant("bench")
            desk = home.desk("bench")
            redactor = ephemeral_redactor(settings, detect=False)
            with _timed("filling"):
                _fill(desk, redactor, args.folder, args.chunks)
            chunks, size = desk.records.counts()["chunks"], home.index_bytes("bench")
            print(f"{chunks:,} chunks; vector index {size / 1e6:,.0f} MB; {_memory()}")
            _ask(desk, redactor, args.queries, args.count)
            print(_memory())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--count", type=int, default=200)
    return parser.parse_args()


def _fill(desk: Desk, redactor: Redactor, folder: Path, wanted: int) -> None:
    texts = list(islice(originals(redactor, folder), _FIRST))
    vectors = desk.embedder.embed([embedding_text(title, chunk) for title, chunk in texts])
    vocabulary = sorted({word for _, chunk in texts for word in chunk.text.reveal().split()})
    rng = random.Random(7)
    noise = np.random.default_rng(7)
    made = 0
    while made < wanted:
        picked = [rng.randrange(len(texts)) for _ in range(min(_BATCH, wanted - made))]
        words = [_varied(texts[at][1].text.reveal(), vocabulary, rng) for at in picked]
        redacted = [each.text for each in redactor.redact_many([RawText(one) for one in words])]
        chunks: list[Chunk] = []
        with desk.records.transaction():
            for start in range(0, len(picked), _PER_DOCUMENT):
                some = range(start, min(start + _PER_DOCUMENT, len(picked)))
                title = texts[picked[start]][0]
                document = Document(new_id(), title, title, "bench", datetime.now(UTC), 1)
                mine = [
                    replace(
                        texts[picked[at]][1],
                        id=new_id(),
                        document_id=document.id,
                        ordinal=at - start,
                        text=redacted[at],
                    )
                    for at in some
                ]
                desk.records.documents.put(document, mine)
                chunks += mine
        desk.vectors.add([each.id for each in chunks], _noisy(vectors[picked], noise))
        made += len(picked)


def originals(redactor: Redactor, folder: Path) -> Iterator[tuple[RedactedText, Chunk]]:
    found = scan(folder)
    for file in found.files:
        try:
            loaded = loaders.load(read(file, _LARGEST), file.path)
        except loaders.Unreadable:
            continue
        (redacted,) = cutting.redact(redactor, [(file.path.relative_to(folder.resolve()), loaded)])
        yield from ((redacted.title, piece.of("", 0)) for piece in redacted.pieces)


def _varied(text: str, vocabulary: list[str], rng: random.Random) -> str:
    words = text.split(" ")
    for _ in range(int(len(words) * _SWAPPED)):
        words[rng.randrange(len(words))] = rng.choice(vocabulary)
    return " ".join(words)


def _noisy(vectors: Vectors, rng: np.random.Generator) -> Vectors:
    spread = _NOISE / np.sqrt(vectors.shape[1])
    moved = vectors + rng.normal(scale=spread, size=vectors.shape).astype(np.float32)
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


def _ask(desk: Desk, redactor: Redactor, path: Path, count: int) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()[:count]
    asked = [redactor.redact(RawText(json.loads(line)["text"])).text for line in lines]
    with _timed("first question (BM25 is built)"):
        retrieve(desk, asked[0])
    with _timed("first question after one document changed"):
        desk.records.documents.remove([desk.records.documents.documents()[0].id])
        retrieve(desk, asked[0])
    lexical = desk.lexical()
    vector = desk.embedder.embed(asked[:1])
    _percentiles("embedding the question", asked, lambda one: desk.embedder.embed([one]))
    _percentiles("BM25", asked, lambda one: lexical.search(one, 100))
    _percentiles("vectors", asked, lambda _: desk.vectors.search(vector, 100))
    _percentiles("hybrid, all of it", asked, lambda one: retrieve(desk, one))


def _percentiles(
    name: str, asked: Sequence[RedactedText], run: Callable[[RedactedText], object]
) -> None:
    spent: list[float] = []
    for one in asked:
        start = time.perf_counter()
        run(one)
        spent.append((time.perf_counter() - start) * 1000)
    p50, p95 = np.percentile(spent, [50, 95])
    print(f"{name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms over {len(spent)}")


@contextmanager
def _timed(name: str) -> Generator[None]:
    start = time.perf_counter()
    yield
    print(f"{name}: {time.perf_counter() - start:.1f} s", flush=True)


def _memory() -> str:
    return f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB"


if __name__ == "__main__":
    main()
