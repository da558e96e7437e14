"""A tenant's index through its generations: another embedder makes a new one, a kill loses none."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.adapters.chroma import generations
from assistant.adapters.generations import Generations
from assistant.flows.indexing import reconcile
from assistant.ports import DocumentStore, Embedder, VectorIndex
from tests.fakes.indexes import HashingEmbedder
from tests.fakes.records import FakeRecords
from tests.fakes.samples import a_document, chunks_of


class _Other(HashingEmbedder):
    name = "another"


class _Killed(BaseException):
    """What a kill looks like from inside."""


@pytest.fixture
def documents() -> DocumentStore:
    store = FakeRecords().documents
    document = a_document()
    store.put(document, chunks_of(document, ["Restart the spooler.", "Lower the MTU."]))
    return store


def test_vectors_of_another_embedder_are_stale_until_they_are_made_anew(
    tmp_path: Path, documents: DocumentStore
) -> None:
    first = _index(tmp_path, HashingEmbedder(), documents)
    assert first.ids() == documents.chunk_ids()
    first.close()
    other = _index(tmp_path, _Other(), documents)
    assert other.made_by_another()
    assert other.ids() == documents.chunk_ids()
    assert not other.made_by_another()
    assert generations(tmp_path) == [2]
    other.close()


def test_a_kill_while_vectors_are_made_anew_is_made_good_at_the_next_question(
    tmp_path: Path, documents: DocumentStore
) -> None:
    first = _index(tmp_path, HashingEmbedder(), documents)
    assert first.ids()
    first.close()

    def killed(_: VectorIndex) -> object:
        raise _Killed

    with pytest.raises(_Killed):
        Generations(tmp_path, _Other(), killed).ids()
    again = _index(tmp_path, _Other(), documents)
    assert again.ids() == documents.chunk_ids()
    again.close()
    assert len(generations(tmp_path)) == 1


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


def _index(folder: Path, embedder: Embedder, documents: DocumentStore) -> Generations:
    return Generations(folder, embedder, lambda index: reconcile(documents, embedder, index))
