"""Retrieval: two searches are fused, hits are checked against the records, and abstention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.model import Chunk
from assistant.ports import Hit
from assistant.search.indexing import embedding_text, index_chunks, reconcile
from assistant.search.retrieve import Library, Retrieved, fuse, retrieve, search
from tests.fakes.desks import a_desk
from tests.fakes.indexes import FakeLexical, FakeReranker, FakeVectors, HashingEmbedder
from tests.fakes.plain import redacted
from tests.fakes.records import FakeDocuments
from tests.fakes.samples import a_document, chunks_of

FILLER = [f"Notes about topic {at}, its parts and its history." for at in range(30)]


def test_a_chunk_that_both_searches_find_comes_before_one_that_one_finds() -> None:
    scores = fuse([[Hit("a", 9), Hit("b", 8), Hit("c", 1)], [Hit("b", 0.9), Hit("d", 0.1)]])
    assert max(scores, key=lambda each: scores[each]) == "b"


def test_fusing_does_not_care_for_the_scale_of_a_score() -> None:
    small = fuse([[Hit("a", 3), Hit("b", 2), Hit("c", 1)], [Hit("b", 0.3), Hit("a", 0.1)]])
    large = fuse([[Hit("a", 310), Hit("b", 210), Hit("c", 110)], [Hit("b", 0.3), Hit("a", 0.1)]])
    assert small == pytest.approx(large)


@pytest.mark.parametrize("hits", [[Hit("a", 0.4)], [Hit("a", 0.4), Hit("b", 0.4)]])
def test_hits_without_a_difference_all_count_in_full(hits: list[Hit]) -> None:
    assert set(fuse([hits, []]).values()) == {0.5}


@given(st.lists(st.lists(st.tuples(st.integers(0, 20), st.floats(-5, 5)), max_size=9), max_size=3))
def test_fused_scores_are_shares(rankings: list[list[tuple[int, float]]]) -> None:
    hits = [[Hit(str(key), score) for key, score in dict(some).items()] for some in rankings]
    assert all(0 <= score <= 1.0000001 for score in fuse(hits).values())


def test_the_passage_says_where_it_comes_from_and_what_found_it() -> None:
    found = _ask(_library(["The spooler hangs: restart it."], FILLER), "restart the spooler")
    best = found.passages[0]
    assert best.chunk.text.reveal() == "The spooler hangs: restart it."
    assert best.matched_by == ("terms", "vector")
    assert best.source.reveal() == "0.md"
    assert [each.score for each in found.passages] == sorted(
        (each.score for each in found.passages), reverse=True
    )


def test_one_document_fills_no_more_than_its_share() -> None:
    library = _library([f"The spooler hangs, case {at}." for at in range(9)], FILLER)
    found = _ask(library, "the spooler hangs", limit=6)
    sources = [each.source.reveal() for each in found.passages]
    assert sources.count("0.md") == 2
    assert len(sources) == 6
    alone = search(library, redacted("the spooler hangs"), 6, per_document=1)
    assert len({each.source.reveal() for each in alone.passages}) == len(alone.passages)


def test_a_deleted_document_is_not_found_and_moves_nothing() -> None:
    library = _library(["The spooler hangs: restart it."], ["Restart of the router."], FILLER)
    documents = library.documents
    assert isinstance(documents, FakeDocuments)
    held = Library(documents, library.embedder, library.vectors, FakeLexical(documents.chunks()))
    first = _ask(held, "the spooler hangs restart").passages[0]
    documents.remove([first.chunk.document_id])
    found = _ask(held, "the spooler hangs restart")
    assert found.passages
    assert "spooler" not in " ".join(each.chunk.text.reveal() for each in found.passages)
    assert max(each.score for each in found.passages) <= 1


def test_what_stands_out_is_answerable_and_what_does_not_is_not() -> None:
    library = _library(["The spooler hangs: restart the spooler."], FILLER)
    assert _ask(library, "the spooler hangs").answerable
    nothing = _ask(library, "parental leave in Denmark")
    assert not nothing.answerable
    assert nothing.passages, "the nearest passages come all the same"


def test_an_empty_library_answers_nothing() -> None:
    found = _ask(_library(), "anything")
    assert (found.passages, found.answerable, found.confidence) == ((), False, 0.0)


def test_an_empty_question_is_not_answered() -> None:
    assert not _ask(_library(["The spooler hangs."], FILLER), "").answerable


def test_confidence_is_a_share() -> None:
    library = _library(["The spooler hangs: restart the spooler."], FILLER)
    for question in ("the spooler hangs", "zebra", "", "spooler " * 500):
        assert 0 <= _ask(library, question).confidence <= 1


def test_what_was_asked_before_gives_a_short_question_its_sense() -> None:
    library = _library(
        ["Migrating the mail archive: steps."], ["Migrating the phone system: steps."], FILLER
    )
    before = [redacted("our mail archive is full"), redacted("can the mail archive move")]
    found = search(library, redacted("how to do migrating"), 3, before=before)
    assert "mail archive" in found.passages[0].chunk.text.reveal()


def test_a_follow_up_finds_by_the_words_of_the_question_before_it() -> None:
    by_words = replace(
        _library(
            ["SpoolerStuck: to mitigate, empty the queue."],
            *([f"Alert{each}: mitigate, mitigate."] for each in "ABCDEF"),
        ),
        vectors=FakeVectors(),
    )
    before = [redacted("SpoolerStuck fires, what do I check?")]
    found = search(by_words, redacted("and how do I mitigate it?"), 3, before=before)
    assert "SpoolerStuck" in found.passages[0].chunk.text.reveal()


def test_the_same_question_gets_the_same_answer_each_time() -> None:
    library = _library(["The spooler hangs."] * 5, FILLER)
    assert _ask(library, "spooler hangs") == _ask(library, "spooler hangs")


def test_a_desk_is_asked_as_a_library() -> None:
    desk = a_desk()
    document = a_document()
    chunks = chunks_of(document, ["The spooler hangs: restart it."])
    desk.records.documents.put(document, chunks)
    index_chunks(desk.embedder, desk.vectors, chunks, {document.id: document.title})
    assert retrieve(desk, redacted("spooler")).passages[0].chunk == chunks[0]


def test_a_cross_encoder_puts_what_was_found_in_its_own_order() -> None:
    library = _library(["The spooler hangs: restart it."], FILLER)
    reader = FakeReranker("topic 7,")
    found = search(replace(library, reranker=reader), redacted("the spooler hangs"), 3)
    texts = [each.chunk.text.reveal() for each in found.passages]
    assert texts[0].startswith("Notes about topic 7,")
    assert [each.score for each in found.passages] == [1.0, 0.0, 0.0]
    assert reader.asked == "the spooler hangs"
    assert len(reader.read) == 20


def test_a_cross_encoder_reads_titles_and_what_was_asked_before() -> None:
    library, reader = _library(["Restart the spooler."]), FakeReranker("spooler")
    search(
        replace(library, reranker=reader),
        redacted("and then?"),
        3,
        before=[redacted("spooler hangs")],
    )
    assert reader.asked == "spooler hangs\nand then?"
    (document,) = library.documents.documents()
    assert reader.read[0].splitlines()[0] == document.title.reveal()


def test_a_cross_encoder_does_not_change_what_is_refused() -> None:
    library = _library(["The spooler hangs: restart it."], FILLER)
    read = replace(library, reranker=FakeReranker("topic"))
    for question in ("the spooler hangs", "parental leave in Denmark"):
        assert _ask(read, question).confidence == _ask(library, question).confidence


def test_a_chunk_is_embedded_with_its_title_and_heading() -> None:
    document = a_document()
    chunk = chunks_of(document, ["Restart it."])[0]
    lines = embedding_text(document.title, chunk).reveal().split("\n")
    assert lines == [document.title.reveal(), chunk.heading.reveal(), "Restart it."]


def test_reconciling_adds_what_is_missing_and_removes_what_is_gone() -> None:
    documents, vectors, embedder = FakeDocuments(), FakeVectors(), HashingEmbedder()
    document = a_document()
    chunks = chunks_of(document, [f"text {at}" for at in range(600)])
    documents.put(document, chunks)
    vectors.add(["f" * 32], embedder.embed([redacted("gone")]))
    done = reconcile(documents, embedder, vectors)
    assert (done.added, done.removed) == (600, 1)
    assert vectors.ids() == documents.chunk_ids()
    again = reconcile(documents, embedder, vectors)
    assert (again.added, again.removed) == (0, 0)


def _library(*texts: Sequence[str]) -> Library:
    """Make one document of each list of texts; of a long list one of each text."""
    documents, vectors, embedder = FakeDocuments(), FakeVectors(), HashingEmbedder()
    bodies = [[text] for text in FILLER] if FILLER in texts else []
    for at, body in enumerate([*(each for each in texts if each is not FILLER), *bodies]):
        document = a_document(f"{at}.md")
        chunks: list[Chunk] = chunks_of(document, list(body))
        documents.put(document, chunks)
        index_chunks(embedder, vectors, chunks, {document.id: redacted("")})
    return Library(documents, embedder, vectors, FakeLexical(documents.chunks()))


def _ask(library: Library, question: str, limit: int = 6) -> Retrieved:
    return search(library, redacted(question), limit)
