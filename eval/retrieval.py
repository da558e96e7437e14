"""Measures retrieval on any BEIR-like data set: how well questions find their documents.

Every document runs through the product's own pipeline: the same loader, redactor, chunker,
embedder, BM25, fusion and abstention; only the records and the vector index are in memory. A
question is redacted like an agent's question: the vault is read, and no placeholder is allocated.
Reference answers in the files are never read, and a question's source only groups the figures.

nDCG is the one of trec_eval (linear gain), as in BEIR (Thakur et al. 2021).
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from math import log2
from pathlib import Path, PurePath
from statistics import fmean
from typing import TypeVar

from assistant.adapters.bm25 import Bm25Library
from assistant.errors import BadInput
from assistant.model import Chunk, Document, new_id
from assistant.ports import Embedder, Reranker
from assistant.search.indexing import index_chunks
from assistant.search.retrieve import Library, Retrieved, search
from eval.abstention import Abstention, Confidence, judge
from eval.beir import Article, Judgements, Question, read_corpus, read_judgements, read_questions
from eval.figures import quantile
from eval.memory import MemoryDocuments, MemoryIndex
from guardrails import RawText, RedactedText, Redactor
from ingestion.chunks import Redacted, redact
from ingestion.loaders import Loaded, Unreadable, load

_BATCH = 64
_DEPTH = 10
_NAME = "article.md"
_T = TypeVar("_T")

Progress = Callable[[str, int, int], None]
"""Called with the current step, the number of items done, and their total."""


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """The figures of the questions of one source."""

    queries: int
    ndcg_at_10: float
    hit_at_1: float
    hit_at_5: float


@dataclass(frozen=True, slots=True)
class RetrievalReport:
    """The figures. Shares are between 0 and 1; times include redaction of the question."""

    queries: int
    documents: int
    chunks: int
    ndcg_at_10: float
    hit_at_1: float
    hit_at_5: float
    recall_at_10: float
    mrr_at_10: float
    p50_ms: float
    p95_ms: float
    by_source: Mapping[str, SourceFigures]
    abstention: Abstention
    seconds: Mapping[str, float]

    def to_json(self) -> dict[str, object]:
        """Return the report as JSON values, with the names of papers: ``ndcg@10``."""
        sources = {name: _named(asdict(each)) for name, each in sorted(self.by_source.items())}
        nested = {"by_source": sources, "abstention": self.abstention.to_json()}
        return _named(asdict(self)) | nested


def measure(
    corpus: Path,
    queries: Path,
    qrels: Path,
    unanswerable: Path | None,
    *,
    redactor: Redactor,
    embedder: Embedder,
    progress: Progress,
    reranker: Reranker | None = None,
) -> RetrievalReport:
    """Index ``corpus`` and ask every question that has a judgement. `BadInput` names a bad line."""
    judged = read_judgements(qrels)
    asked = [question for question in read_questions(queries) if question.id in judged]
    hopeless = read_questions(unanswerable) if unanswerable else []
    index = CorpusIndex(redactor, embedder, reranker)
    index.fill(read_corpus(corpus), progress)
    answers = index.ask_all([*asked, *hopeless], progress)
    return _report(index, asked, judged, answers[: len(asked)], answers[len(asked) :])


@dataclass(frozen=True, slots=True)
class Found:
    """A redacted question, and the result of its search."""

    question: RedactedText
    retrieved: Retrieved


@dataclass(frozen=True, slots=True)
class _Answer:
    """The ids of the corpus that were found, the confidence, and the time it took."""

    ids: tuple[str, ...]
    confidence: Confidence
    ms: float


class CorpusIndex:
    """A library in memory, filled and searched like a desk's."""

    def __init__(
        self, redactor: Redactor, embedder: Embedder, reranker: Reranker | None = None
    ) -> None:
        self._redactor = redactor
        self._embedder = embedder
        self._reranker = reranker
        self.documents = MemoryDocuments()
        self._vectors = MemoryIndex()
        self._lexical = Bm25Library(self.documents)
        self._names: dict[str, str] = {}
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def fill(self, articles: Sequence[Article], progress: Progress) -> None:
        """Redact, cut, embed and index every article."""
        for done, batch in _batches(articles):
            self._add(batch)
            progress("indexing", done, len(articles))
        with self._timed("bm25"):
            self._lexical()

    def ask_all(self, questions: Sequence[Question], progress: Progress) -> list[_Answer]:
        """Ask one question after the other; the first twice, because it loads the models."""
        if questions:
            self._ask(questions[0])
        answers: list[_Answer] = []
        for done, batch in _batches(questions):
            answers += [self._answer(question) for question in batch]
            progress("asking", done, len(questions))
        return answers

    def find(self, question: Question, limit: int, *, per_document: int) -> Found:
        """Redact one question without allocating placeholders, and search."""
        library = Library(
            self.documents, self._embedder, self._vectors, self._lexical(), self._reranker
        )
        redacted = self._redactor.look_up(RawText(question.text)).text
        before = [self._redactor.look_up(RawText(turn)).text for turn in question.before]
        return Found(
            redacted, search(library, redacted, limit, before=before, per_document=per_document)
        )

    def _add(self, batch: Sequence[Article]) -> None:
        with self._timed("redacting"):
            redacted = redact(self._redactor, [(PurePath(_NAME), _loaded(each)) for each in batch])
        documents = [_document(text) for text in redacted]
        fresh: list[Chunk] = []
        for article, document, text in zip(batch, documents, redacted, strict=True):
            chunks = [piece.of(document.id, at) for at, piece in enumerate(text.pieces)]
            self._names[document.id] = article.id
            self.documents.put(document, chunks)
            fresh += chunks
        with self._timed("embedding"):
            titles = {document.id: document.title for document in documents}
            index_chunks(self._embedder, self._vectors, fresh, titles)

    def _answer(self, question: Question) -> _Answer:
        began = time.perf_counter()
        found = self._ask(question)
        took = 1000 * (time.perf_counter() - began)
        ids = tuple(self._names[passage.chunk.document_id] for passage in found.passages)
        sure = Confidence(question.source, found.confidence, refused=not found.answerable)
        return _Answer(ids, sure, took)

    def _ask(self, question: Question) -> Retrieved:
        return self.find(question, _DEPTH, per_document=1).retrieved

    @contextmanager
    def _timed(self, phase: str) -> Generator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[phase] += time.perf_counter() - began


def _report(
    index: CorpusIndex,
    asked: Sequence[Question],
    judged: Judgements,
    answers: Sequence[_Answer],
    hopeless: Sequence[_Answer],
) -> RetrievalReport:
    if not asked:
        raise BadInput("No question has a judgement, so there is nothing to measure.")
    pairs = [(judged[each.id], found.ids) for each, found in zip(asked, answers, strict=True)]
    by_source: defaultdict[str, list[tuple[Mapping[str, int], Sequence[str]]]] = defaultdict(list)
    for question, pair in zip(asked, pairs, strict=True):
        by_source[question.source].append(pair)
    times = sorted(answer.ms for answer in (*answers, *hopeless))
    return RetrievalReport(
        queries=len(asked),
        documents=len(index.documents.documents()),
        chunks=len(index.documents.chunk_ids()),
        ndcg_at_10=fmean(ndcg(*pair) for pair in pairs),
        hit_at_1=fmean(hit(*pair, 1) for pair in pairs),
        hit_at_5=fmean(hit(*pair, 5) for pair in pairs),
        recall_at_10=fmean(recall(*pair) for pair in pairs),
        mrr_at_10=fmean(reciprocal_rank(*pair) for pair in pairs),
        p50_ms=round(quantile(times, 0.5), 1),
        p95_ms=round(quantile(times, 0.95), 1),
        by_source={source: _figures(some) for source, some in by_source.items()},
        abstention=judge(
            [answer.confidence for answer in answers], [answer.confidence for answer in hopeless]
        ),
        seconds={phase: round(spent, 1) for phase, spent in index.seconds.items()},
    )


def ndcg(relevant: Mapping[str, int], ids: Sequence[str]) -> float:
    """Return the discounted gain of ``ids`` over that of the best possible order."""
    gains = [relevant.get(each, 0) for each in ids[:_DEPTH]]
    ideal = sorted(relevant.values(), reverse=True)[:_DEPTH]
    return _discounted(gains) / _discounted(ideal)


def hit(relevant: Mapping[str, int], ids: Sequence[str], depth: int) -> float:
    """Return 1 when one of the first ``depth`` is relevant, else 0."""
    return float(any(each in relevant for each in ids[:depth]))


def recall(relevant: Mapping[str, int], ids: Sequence[str]) -> float:
    """Return the share of the relevant documents that are among the first ten."""
    return len(relevant.keys() & set(ids[:_DEPTH])) / len(relevant)


def reciprocal_rank(relevant: Mapping[str, int], ids: Sequence[str]) -> float:
    """Return 1 over the rank of the first relevant document of the first ten, else 0."""
    ranks = (rank for rank, each in enumerate(ids[:_DEPTH], start=1) if each in relevant)
    return 1 / next(ranks, float("inf"))


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _figures(pairs: Sequence[tuple[Mapping[str, int], Sequence[str]]]) -> SourceFigures:
    return SourceFigures(
        len(pairs),
        fmean(ndcg(*pair) for pair in pairs),
        fmean(hit(*pair, 1) for pair in pairs),
        fmean(hit(*pair, 5) for pair in pairs),
    )


def _loaded(article: Article) -> Loaded:
    """Load an article like a file; an article without text gets its title as the text."""
    try:
        loaded = load((article.text.strip() or article.title).encode(), PurePath(_NAME))
    except Unreadable:
        return Loaded(RawText(article.title), ())
    return replace(loaded, title=RawText(article.title))


def _document(text: Redacted) -> Document:
    return Document(new_id(), text.source, text.title, "", datetime.now(UTC), 0)


def _batches(items: Sequence[_T]) -> Iterator[tuple[int, Sequence[_T]]]:
    for at in range(0, len(items), _BATCH):
        batch = items[at : at + _BATCH]
        yield at + len(batch), batch


def _named(figures: Mapping[str, object]) -> dict[str, object]:
    return {name.replace("_at_", "@"): value for name, value in figures.items()}
