"""Measures drafts: whether their sources support them, and how close they are to a person's answer.

Each question becomes a ticket that runs through the product's own pipeline up to the queue:
redaction, retrieval, the sections of what was found, writing. Judged
are the steps of the draft; greeting, close and citation marks are left out. The reference answers
are read after everything is written.

Grounding is judged by a rule that is independent of the writers: a sentence is grounded when four
fifths of its word triples occur, in that order, in a passage that the draft cites. A citation is
right when the words before it are grounded in its own passage.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from assistant.errors import BadInput
from assistant.model import Passage, Written
from assistant.ports import Embedder, SectionRanker, Writer
from assistant.search.reading import read_sections
from eval.beir import Question, read_corpus, read_questions, read_references
from eval.figures import mean
from eval.retrieval import CorpusIndex, Progress
from guardrails import Redactor
from guardrails.sentences import at_every_stop

_LIMIT, _PER_DOCUMENT = 6, 2
_GROUNDED = 0.8
_MARK = re.compile(r"\[(\d+)\]")
_COLON = re.compile(r"(?<=:)\s+")
_BATCH = 16


@dataclass(frozen=True, slots=True)
class DraftsReport:
    """The figures for drafts. Shares are between 0 and 1, times in milliseconds per draft.

    ``refused`` is a share of all questions; ``grounded`` and ``citation_precision`` are shares of
    what was written. ``token_f1`` and ``answer_recall`` are means over all questions with a
    reference answer, where a refusal counts 0; None without reference answers.
    """

    drafts: int
    grounded: float | None
    citation_precision: float | None
    token_f1: float | None
    answer_recall: float | None
    refused: float
    p50_ms: float


@dataclass(frozen=True, slots=True)
class Steps:
    """The text of a draft between greeting and close, and the passages it cites, by number."""

    question: str
    text: str
    cited: Mapping[int, str]
    ms: float


def measure(
    corpus: Path,
    queries: Path,
    *,
    redactor: Redactor,
    embedder: Embedder,
    writer: Writer,
    ranker: SectionRanker,
    progress: Progress,
    seen: Callable[[Question, Steps], None] | None = None,
) -> DraftsReport:
    """Index ``corpus`` and draft for every question. `BadInput` names a bad line.

    ``seen`` is called with each question and the steps that were written for it.
    """
    questions = read_questions(queries)
    if not questions:
        raise BadInput(f"{queries.name} contains no question.")
    index = CorpusIndex(redactor, embedder)
    index.fill(read_corpus(corpus), progress)
    index.find(questions[0], _LIMIT, per_document=_PER_DOCUMENT)  # loads the models
    drafts: list[Steps] = []
    for done, question in enumerate(questions, start=1):
        drafts.append(_drafted(index, question, ranker, writer))
        if seen:
            seen(question, drafts[-1])
        if not done % _BATCH or done == len(questions):
            progress("drafting", done, len(questions))
    return report(drafts, read_references(queries))


def report(drafts: Sequence[Steps], references: Mapping[str, str]) -> DraftsReport:
    """Return the figures of ``drafts``; ``references`` are by question."""
    written = [each for each in drafts if each.text]
    marks = [right for each in written for right in _citations(each)]
    compared = [
        overlap(each.text, references[each.question])
        for each in drafts
        if each.question in references
    ]
    return DraftsReport(
        drafts=len(drafts),
        grounded=mean([float(all(_grounded(each))) for each in written]),
        citation_precision=mean(marks),
        token_f1=mean([f1 for f1, _ in compared]),
        answer_recall=mean([recall for _, recall in compared]),
        refused=round(1 - len(written) / len(drafts), 4),
        p50_ms=round(median(each.ms for each in drafts), 1),
    )


def overlap(said: str, reference: str) -> tuple[float, float]:
    """Return token F1 and recall of ``said`` over lower-cased words, as SQuAD counts them."""
    mine, theirs = Counter(words(_MARK.sub(" ", said))), Counter(words(reference))
    shared = (mine & theirs).total()
    if not shared:
        return 0.0, 0.0
    precision, recall = shared / mine.total(), shared / theirs.total()
    return 2 * precision * recall / (precision + recall), recall


def words(text: str) -> list[str]:
    """Return the alphanumeric words of ``text`` in lower case."""
    return re.findall(r"[^\W_]+", text.lower())


def _drafted(
    index: CorpusIndex, question: Question, ranker: SectionRanker, writer: Writer
) -> Steps:
    began = time.perf_counter()
    found = index.find(question, _LIMIT, per_document=_PER_DOCUMENT)
    sections = ()
    if found.retrieved.answerable:
        sections = read_sections(index.documents, ranker, found.question, found.retrieved)
    written = writer.answer(found.question, sections)
    ms = 1000 * (time.perf_counter() - began)
    return Steps(question.id, written.body.reveal(), _sources(written, sections), ms)


def _sources(written: Written, passages: Sequence[Passage]) -> dict[int, str]:
    texts = {(each.chunk.id, each.chunk.heading): each.chunk.text.reveal() for each in passages}
    return {each.number: texts[each.chunk_id, each.heading] for each in written.citations}


def _grounded(draft: Steps) -> Iterator[bool]:
    """Yield for each sentence whether it is grounded in any cited passage."""
    known = [words(text) for text in draft.cited.values()]
    for sentence in _sentences(_MARK.sub(" ", draft.text)):
        if words(sentence):
            yield any(_held(sentence, source) for source in known)


def _citations(draft: Steps) -> Iterator[float]:
    """Yield for each citation mark whether the words before it are grounded in its passage."""
    at = 0
    for mark in _MARK.finditer(draft.text):
        before = draft.text[at : mark.start()]
        at = mark.end()
        source = words(draft.cited.get(int(mark[1]), ""))
        parts = [each for each in _sentences(before) if words(each)]
        yield float(bool(parts) and all(_held(each, source) for each in parts))


def _sentences(text: str) -> list[str]:
    """Return the sentences of a draft; words before a colon count as a sentence."""
    whole = (text[start:end] for start, end in at_every_stop(text))
    return [part for each in whole for part in _COLON.split(each)]


def _held(sentence: str, source: Sequence[str]) -> bool:
    said = words(sentence)
    size = min(len(said), 3)
    runs = _runs(said, size)
    return len(runs & _runs(source, size)) >= _GROUNDED * len(runs)


def _runs(said: Sequence[str], size: int) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(said[at : at + size]) for at in range(len(said) - size + 1))
