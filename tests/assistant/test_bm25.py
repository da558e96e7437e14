"""Exact words: what counts as a word in IT text, and an index that keeps in step."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.adapters.bm25 import (
    K1,
    B,
    Bm25Index,
    Bm25Library,
    Vocabulary,
    name_of,
    names_in,
    tokenize,
)
from assistant.model import Chunk
from tests.fakes.plain import redacted
from tests.fakes.records import FakeDocuments
from tests.fakes.samples import a_document, chunks_of


@pytest.mark.parametrize(
    ("text", "whole", "parts"),
    [
        ("kube-proxy", "kube-proxy", {"kube", "proxi"}),
        ("NodeNotReady", "nodenotready", {"node", "readi"}),
        ("SystemOut.log", "systemout.log", {"system", "out", "log"}),
        ("HTTPServer", "httpserver", {"http", "server"}),
        ("4.1.1.2", "4.1.1.2", set[str]()),
        ("CVE-2015-0235", "cve-2015-0235", {"cve", "2015", "0235"}),
        ("my_var.name", "my_var.name", {"var", "name"}),
    ],
)
def test_a_compound_counts_as_a_whole_and_by_its_parts(
    text: str, whole: str, parts: set[str]
) -> None:
    words = tokenize(f"see {text}, please")
    assert whole in words
    assert parts <= set(words)


def test_a_placeholder_is_one_word_and_keeps_its_number() -> None:
    assert "<PERSON_3>" in tokenize("Ask <PERSON_3>'s team")
    assert "<EMAIL_ADDRESS_12>" in tokenize("to:<EMAIL_ADDRESS_12>.")
    assert "person" not in tokenize("<PERSON_3>")


def test_forms_of_a_word_are_one_word_and_little_words_are_none() -> None:
    assert tokenize("restarting") == tokenize("restarts") == tokenize("Restarted")
    assert tokenize("how do I do the") == []


def test_an_endless_word_is_cut_and_costs_no_memory() -> None:
    assert max(map(len, tokenize("A1" * 50_000))) <= 64


@given(st.text(max_size=300))
def test_any_text_has_words_without_space(text: str) -> None:
    assert not [word for word in tokenize(text) if not word or word.isspace()]


def test_the_chunk_with_the_asked_words_comes_first() -> None:
    index = _index("restart the spooler", "lower the mtu", "restart the router")
    assert _found(index, "spooler restart") == ["0", "2"]


def test_no_shared_word_finds_nothing() -> None:
    index = _index("restart the spooler")
    assert _found(index, "zebra") == []
    assert _found(index, "the of and") == []
    assert _found(index, "") == []


def test_an_empty_library_finds_nothing() -> None:
    assert _found(_index(), "spooler") == []
    assert _found(_index("the", "of"), "spooler") == []


def test_scores_are_shares_and_an_unknown_word_lowers_them() -> None:
    index = _index("restart the spooler", "lower the mtu", "other things")
    (known,) = index.search(redacted("spooler"), 1)
    (half,) = index.search(redacted("spooler zebra"), 1)
    assert 0 < half.score < known.score < 1


def test_a_person_is_found_by_number_and_nobody_else_is() -> None:
    index = _index("ask <PERSON_3> first", "ask <PERSON_30> first")
    assert _found(index, "<PERSON_3>") == ["0"]


@given(st.lists(st.lists(st.integers(0, 20), max_size=30), min_size=1, max_size=12))
def test_all_columns_at_once_are_those_that_bm25s_builds_one_by_one(bags: list[list[int]]) -> None:
    from bm25s import BM25

    from assistant.adapters.bm25_columns import Bm25

    assume(any(bags))
    vocabulary = {str(word): word for word in range(22)}
    scores: list[dict[str, Any]] = []
    for kind, words in ((BM25, bags), (Bm25, [array("i", bag) for bag in bags])):
        made = cast("Any", kind)(k1=K1, b=B, method="lucene")
        made.index((words, dict(vocabulary)), create_empty_token=False, show_progress=False)
        scores.append(made.scores)
    theirs, ours = scores
    assert ours["indices"].tolist() == theirs["indices"].tolist()
    assert ours["indptr"].tolist() == theirs["indptr"].tolist()
    assert ours["data"] == pytest.approx(theirs["data"], rel=1e-5)


def test_a_token_has_the_words_that_a_question_with_it_has() -> None:
    text = "See SystemOut.log of kube-proxy, <PERSON_3>: " + "A1" * 50
    vocabulary = Vocabulary()
    twice = [vocabulary.bag([text]) for _ in range(2)]
    words = list(vocabulary.numbers)
    assert [[words[at] for at in bag] for bag in twice] == [tokenize(text)] * 2


def test_ties_come_in_the_same_order_each_time() -> None:
    index = _index(*["same words here"] * 30)
    assert _found(index, "words", 10) == _found(index, "words", 10) == [str(at) for at in range(10)]


def test_a_word_of_the_title_finds_a_chunk_that_does_not_hold_it() -> None:
    documents = FakeDocuments()
    document = a_document()
    documents.put(document, chunks_of(document, ["Lower the MTU.", "Verify it."]))
    title = document.title.reveal()
    assert len(Bm25Library(documents)().search(redacted(title), 5)) == 2


@pytest.mark.parametrize(
    "question", ["NodeClockStuck fires", "what to do about node clock stuck?", "Node-Clock: stuck"]
)
def test_a_document_that_is_named_comes_before_one_that_mentions_it(question: str) -> None:
    named, mention = a_document("a.md"), a_document("b.md")
    documents = FakeDocuments()
    long = "Time of a host is no longer that of the others. " * 2
    documents.put(
        replace(named, title=redacted("Node Clock Stuck")),
        chunks_of(named, [f"Node clock: {long}"]),
    )
    documents.put(mention, chunks_of(mention, ["See NodeClockStuck."]))
    for at in range(20):
        other = a_document(f"{at}.md")
        documents.put(other, chunks_of(other, ["Other things fire."]))
    best = Bm25Library(documents)().search(redacted(question), 2)[0]
    assert best.chunk_id in {chunk.id for chunk in documents.chunks_of(named.id)}


def test_one_word_and_a_placeholder_name_nothing() -> None:
    assert name_of("Storage") is None
    assert name_of("Mail of <PERSON_3>") is None
    assert name_of("NodeClockStuck") == name_of("Node clock, stuck!") == "=nodeclockstuck"
    assert "=mailof" in names_in("mail of <PERSON_3>")
    assert not [name for name in names_in("a <PERSON_3> b") if "person" in name]


def test_what_is_no_title_costs_a_question_nothing() -> None:
    index = _index("restart the spooler", "lower the mtu", "other things")
    (alone,) = index.search(redacted("spooler"), 1)
    (beside,) = index.search(redacted("the spooler of it"), 1)
    assert beside.score == alone.score


def test_the_library_keeps_in_step_with_the_records() -> None:
    documents, document = FakeDocuments(), a_document()
    library = Bm25Library(documents)
    assert library().search(redacted("mtu"), 5) == []
    documents.put(document, chunks_of(document, ["Lower the MTU."]))
    assert len(library().search(redacted("mtu"), 5)) == 1
    documents.remove([document.id])
    assert library().search(redacted("mtu"), 5) == []


def test_only_new_chunks_are_opened_after_a_change() -> None:
    documents = _Counting()
    first, second = a_document("a.md"), a_document("b.md")
    documents.put(first, chunks_of(first, ["one", "two"]))
    library = Bm25Library(documents)
    library()
    documents.put(second, chunks_of(second, ["three"]))
    documents.opened = 0
    assert len(library().search(redacted("three"), 5)) == 1
    library()
    assert documents.opened == 1


def test_many_threads_may_search_while_documents_come(caplog: pytest.LogCaptureFixture) -> None:
    documents, failures = FakeDocuments(), list[BaseException]()
    library = Bm25Library(documents)

    def search() -> None:
        try:
            for _ in range(50):
                library().search(redacted("word restarting"), 5)
        except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for at in range(20):
        document = a_document(f"{at}.md")
        documents.put(document, chunks_of(document, [f"word {at} restarting"]))
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(library().search(redacted("restart"), 50)) == 20
    assert not caplog.records


class _Counting(FakeDocuments):
    opened = 0

    def chunks(self, ids: Sequence[str] | None = None) -> list[Chunk]:
        found = super().chunks(ids)
        self.opened += len(found)
        return found


def _index(*texts: str) -> Bm25Index:
    vocabulary = Vocabulary()
    return Bm25Index({str(at): vocabulary.bag([text]) for at, text in enumerate(texts)}, vocabulary)


def _found(index: Bm25Index, query: str, limit: int = 5) -> list[str]:
    return [hit.chunk_id for hit in index.search(redacted(query), limit)]
