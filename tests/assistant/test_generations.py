"""Generations of a tenant's index: another embedder gets a new one, and a kill loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from assistant.adapters.chroma import generations
from assistant.adapters.generations import Generations, Maker, Truth
from assistant.errors import BadInput
from assistant.ports import DocumentStore, Embedder, Near, Vectors
from assistant.search.indexing import embedding_text, reconcile
from guardrails import RedactedText
from tests.fakes.indexes import HashingEmbedder
from tests.fakes.plain import redacted
from tests.fakes.records import FakeRecords
from tests.fakes.samples import a_document, chunks_of


class _Other(HashingEmbedder):
    name = "another"


class _Killed(BaseException):
    """Simulates a kill inside the process."""


@pytest.fixture
def documents() -> DocumentStore:
    store = FakeRecords().documents
    document = a_document()
    store.put(document, chunks_of(document, ["Restart the spooler.", "Lower the MTU."]))
    return store


def test_vectors_of_another_embedder_answer_on_while_new_ones_are_made_beside_them(
    tmp_path: Path, documents: DocumentStore
) -> None:
    old = HashingEmbedder()
    first = _index(tmp_path, old, documents)
    assert first.stale() == 0
    assert first.ids() == documents.chunk_ids()
    first.close()
    new = _Other(16)
    index = _index(tmp_path, new, documents, load=lambda _: old)
    seen: list[tuple[int, int, str]] = []

    def _asks() -> str:
        """Return which embedder was asked to embed a question."""
        asked = len(old.seen)
        found = index.nearest(new, redacted("Restart the spooler."), 5)
        assert found.whole
        assert found.hits[0].score > found.hits[1].score
        return old.name if len(old.seen) > asked else new.name

    assert index.stale() == 2
    reconcile(documents, new, index, lambda done, total: seen.append((done, total, _asks())))
    assert seen == [(2, 2, "hashing")]
    assert (index.stale(), _asks()) == (0, "hashing")
    index.settle()
    assert (index.made_by_another(), index.stale(), _asks()) == (False, 0, "another")
    assert index.ids() == documents.chunk_ids()
    assert generations(tmp_path) == [2]
    index.close()


def test_an_embedder_that_is_gone_leaves_the_words_alone_and_says_so(
    tmp_path: Path, documents: DocumentStore
) -> None:
    _build(tmp_path, documents)
    loaders: list[Callable[[str], Embedder]] = [_gone, lambda _: _Unloadable(), lambda _: _Other()]
    for load in loaders:
        index = _index(tmp_path, _Other(16), documents, load=load)
        assert index.nearest(_Other(16), redacted("spooler"), 5) == Near([], whole=False)
        index.close()


def test_a_kill_at_any_batch_loses_no_vector_that_was_made_before(
    tmp_path: Path, documents: DocumentStore
) -> None:
    _build(tmp_path, documents)
    new = _Other()
    held = sorted(documents.chunk_ids())
    killed = _index(tmp_path, new, documents)
    killed.add(held[:1], new.embed([redacted("Restart the spooler.")]))
    killed.settle()
    assert killed.made_by_another(), "half an index does not answer"
    killed.close()
    again = _index(tmp_path, new, documents)
    assert again.stale() == 1
    assert reconcile(documents, new, again).added == 1
    again.settle()
    assert not again.made_by_another()
    again.close()
    assert generations(tmp_path) == [2]


def test_a_kill_between_the_swap_and_the_end_of_the_old_leaves_one_generation(
    tmp_path: Path, documents: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _build(tmp_path, documents)
    for note in ("drop", "sweep"):
        index = _index(tmp_path, _Other(), documents)
        reconcile(documents, _Other(), index)
        with monkeypatch.context() as patched:
            patched.setattr(f"assistant.adapters.generation_notes.Notes.{note}", _die)
            with suppress(_Killed):
                index.settle()
        index.close()
        again = _index(tmp_path, _Other(), documents)
        assert again.ids() == documents.chunk_ids()
        assert not again.made_by_another()
        again.close()
        assert len(generations(tmp_path)) == 1
        back = _index(tmp_path, HashingEmbedder(), documents)
        reconcile(documents, HashingEmbedder(), back)
        back.settle()
        back.close()


def test_what_is_erased_while_another_index_grows_goes_from_both(
    tmp_path: Path, documents: DocumentStore
) -> None:
    _build(tmp_path, documents)
    new = _Other()
    index = _index(tmp_path, new, documents)
    reconcile(documents, new, index)
    (document,) = documents.documents()
    texts = [embedding_text(document.title, each) for each in documents.chunks()]
    vectors = new.embed(texts)
    assert _bytes_of(tmp_path, vectors)
    index.begin_erasing()
    index.remove(documents.remove([each.id for each in documents.documents()]))
    index.end_erasing()
    assert generations(tmp_path) == [3, 4]
    assert index.ids() == set()
    assert not _bytes_of(tmp_path, vectors)
    index.close()


def test_the_embedder_of_before_comes_back_and_what_grew_is_dropped(
    tmp_path: Path, documents: DocumentStore
) -> None:
    _build(tmp_path, documents)
    other = _index(tmp_path, _Other(), documents)
    reconcile(documents, _Other(), other)
    other.close()
    again = _index(tmp_path, HashingEmbedder(), documents)
    assert again.ids() == documents.chunk_ids()
    assert generations(tmp_path) == [1]
    again.close()
    third = _index(tmp_path, _Other(), documents)
    reconcile(documents, _Other(), third)
    assert generations(tmp_path) == [1, 3], "no number is given twice"
    third.close()


def test_a_kill_while_bytes_are_erased_leaves_the_old_generation_answering(
    tmp_path: Path, documents: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = _index(tmp_path, HashingEmbedder(), documents)
    held = index.ids()
    index.begin_erasing()

    def killed(*_: object) -> None:
        raise _Killed

    with monkeypatch.context() as patched:
        patched.setattr("assistant.adapters.chroma.ChromaIndex.add", killed)
        with pytest.raises(_Killed):
            index.end_erasing()
    assert index.erasing
    assert index.ids() == held
    index.end_erasing()
    assert not index.erasing
    assert index.ids() == held
    index.close()


class _Unloadable(HashingEmbedder):
    def embed(self, texts: Sequence[RedactedText]) -> Vectors:
        raise BadInput("The embedding model cannot be loaded.")


def _gone(_: str) -> Embedder:
    raise BadInput("The embedding model has no readable weights.")


def _die(*_: object) -> None:
    raise _Killed


def _bytes_of(folder: Path, vectors: Vectors) -> bool:
    """Return whether a vector is in any file."""
    found = vectors[0].tobytes()
    return any(found in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def _build(folder: Path, documents: DocumentStore) -> None:
    """Leave an index of the first embedder in ``folder``."""
    first = _index(folder, HashingEmbedder(), documents)
    assert first.ids()
    first.close()


def _index(
    folder: Path,
    embedder: Embedder,
    documents: DocumentStore,
    load: Callable[[str], Embedder] = _gone,
) -> Generations:
    truth = Truth(documents.chunk_ids, lambda index: reconcile(documents, embedder, index))
    return Generations(folder, Maker(embedder, "somewhere", load), truth)
