"""The contract of every vector index, run on the exact one and on Chroma."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.adapters.chroma import ChromaIndex
from assistant.errors import BadInput
from assistant.ports import VectorIndex, Vectors
from tests.fakes.indexes import FakeVectors


@pytest.fixture(params=["exact", "chroma"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    if request.param == "exact":
        yield FakeVectors()
        return
    made = ChromaIndex(tmp_path, 1)
    yield made
    made.destroy()


def test_an_empty_index_finds_nothing(index: VectorIndex) -> None:
    assert index.search(_vectors(1), 5) == []
    assert index.ids() == set()


def test_the_same_vector_is_found_first_with_a_cosine_of_one(index: VectorIndex) -> None:
    vectors = _vectors(20)
    index.add(_ids(20), vectors)
    hits = index.search(vectors[7:8], 3)
    assert hits[0].chunk_id == _ids(20)[7]
    assert hits[0].score == pytest.approx(1.0, abs=1e-4)


def test_hits_come_best_first_and_no_more_than_asked_for(index: VectorIndex) -> None:
    index.add(_ids(20), _vectors(20))
    scores = [hit.score for hit in index.search(_vectors(1), 5)]
    assert len(scores) == 5
    assert scores == sorted(scores, reverse=True)


def test_asking_for_more_than_is_held_returns_all(index: VectorIndex) -> None:
    index.add(_ids(3), _vectors(3))
    assert {hit.chunk_id for hit in index.search(_vectors(1), 50)} == set(_ids(3))


def test_adding_an_id_again_replaces_its_vector(index: VectorIndex) -> None:
    old, new = _vectors(2)[0:1], _vectors(2)[1:2]
    index.add(["a" * 32], old)
    index.add(["a" * 32], new)
    assert index.ids() == {"a" * 32}
    assert index.search(new, 1)[0].score == pytest.approx(1.0, abs=1e-4)


def test_removed_ids_are_not_found_and_unknown_ones_are_ignored(index: VectorIndex) -> None:
    index.add(_ids(5), _vectors(5))
    index.remove([*_ids(2), "f" * 32])
    index.remove(["f" * 32])
    assert index.ids() == set(_ids(5)[2:])
    assert index.search(_vectors(5)[0:1], 5)[0].chunk_id != _ids(5)[0]


def test_adding_and_removing_nothing_changes_nothing(index: VectorIndex) -> None:
    index.add([], np.zeros((0, 8), dtype=np.float32))
    index.remove([])
    assert index.ids() == set()


def test_ids_without_their_vectors_are_refused(index: VectorIndex) -> None:
    with pytest.raises((BadInput, ValueError)):
        index.add(_ids(2), _vectors(3))


@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=12))
def test_it_holds_what_was_added_and_not_removed(
    index: VectorIndex, steps: list[tuple[bool, int]]
) -> None:
    index.remove(sorted(index.ids()))
    held: set[str] = set()
    for adds, at in steps:
        if adds:
            index.add(_ids(10)[at : at + 1], _vectors(10)[at : at + 1])
            held.add(_ids(10)[at])
        else:
            index.remove([_ids(10)[at]])
            held.discard(_ids(10)[at])
    assert index.ids() == held
    assert {hit.chunk_id for hit in index.search(_vectors(1), 20)} == held


def _ids(count: int) -> list[str]:
    return [f"{at:032x}" for at in range(count)]


def _vectors(count: int) -> Vectors:
    rows = np.random.default_rng(7).normal(size=(max(count, 1), 8)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
