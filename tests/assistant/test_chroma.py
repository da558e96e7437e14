"""Chroma behind the port: what it stores, what it erases, and how its errors are translated."""

from __future__ import annotations

import threading
from pathlib import Path

import chromadb.errors as chroma_errors
import numpy as np
import pytest
from chromadb.api.shared_system_client import SharedSystemClient

from assistant.adapters.chroma import ChromaIndex, generations
from assistant.errors import StorageTrouble
from assistant.ports import Vectors

IDS = [f"{at:032x}" for at in range(40)]


def test_what_was_added_is_there_when_the_folder_is_opened_again(tmp_path: Path) -> None:
    _filled(tmp_path, 1).close()
    again = ChromaIndex(tmp_path, 1)
    assert again.ids() == set(IDS)
    assert again.search(_vectors()[3:4], 1)[0].chunk_id == IDS[3]
    again.close()


def test_destroying_leaves_no_file_and_no_open_system(tmp_path: Path) -> None:
    _filled(tmp_path, 1).destroy()
    assert list(tmp_path.iterdir()) == []
    assert not [key for key in _open_systems() if key.startswith(str(tmp_path))]


def test_destroying_twice_is_no_error(tmp_path: Path) -> None:
    index = _filled(tmp_path, 1)
    index.destroy()
    index.destroy()


def test_a_removed_vector_is_gone_from_the_disk_with_its_generation(tmp_path: Path) -> None:
    """Twenty times: without the guard, freed memory is in the file in one of seven tries."""
    for folder in (tmp_path / str(at) for at in range(20)):
        old, marked = _filled(folder, 1), _vectors()[5]
        assert _stands_on_disk(folder, marked)
        old.remove([IDS[5]])
        fresh = ChromaIndex(folder, 2)
        for ids, vectors in old.vectors():
            fresh.add(ids, vectors)
        old.destroy()
        assert not _stands_on_disk(folder, marked)
        assert fresh.ids() == set(IDS) - {IDS[5]}
        fresh.close()


def test_generations_are_listed_oldest_first_and_other_folders_are_not(tmp_path: Path) -> None:
    for number in (10, 2):
        ChromaIndex(tmp_path, number).close()
    (tmp_path / "generation-x").mkdir()
    assert generations(tmp_path) == [2, 10]
    assert generations(tmp_path / "nothing") == []


def test_only_ids_and_vectors_reach_the_disk(tmp_path: Path) -> None:
    index = _filled(tmp_path, 1)
    assert index._collection is not None
    page = index._collection.get(include=["documents", "metadatas", "uris"])
    assert not any(page["documents"])
    assert not any(page["metadatas"])
    index.close()


def test_more_vectors_than_one_call_of_chroma_takes_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = ChromaIndex(tmp_path, 1)
    monkeypatch.setattr(index._client, "get_max_batch_size", lambda: 7)
    index.add(IDS, _vectors())
    index.remove(IDS[:30])
    assert index.ids() == set(IDS[30:])
    index.close()


def test_a_closed_index_says_so(tmp_path: Path) -> None:
    index = _filled(tmp_path, 1)
    index.close()
    with pytest.raises(StorageTrouble):
        index.ids()


def test_a_folder_that_is_a_file_is_trouble_of_ours(tmp_path: Path) -> None:
    (tmp_path / "generation-000001").write_text("no folder")
    with pytest.raises(StorageTrouble):
        ChromaIndex(tmp_path, 1)


def test_a_broken_database_is_trouble_of_ours(tmp_path: Path) -> None:
    folder = tmp_path / "generation-000001"
    folder.mkdir()
    (folder / "chroma.sqlite3").write_bytes(b"this is no database" * 100)
    with pytest.raises(StorageTrouble):
        ChromaIndex(tmp_path, 1)


def test_vectors_of_another_length_are_trouble_of_ours(tmp_path: Path) -> None:
    index = _filled(tmp_path, 1)
    with pytest.raises(StorageTrouble):
        index.add(["f" * 32], np.ones((1, 3), dtype=np.float32))
    index.close()


def test_a_bug_of_ours_is_not_blamed_on_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = _filled(tmp_path, 1)

    def broken(**_: object) -> None:
        raise TypeError("ours")

    monkeypatch.setattr(index._collection, "upsert", broken)
    with pytest.raises(TypeError, match="ours"):
        index.add(IDS, _vectors())
    with pytest.raises(Exception) as caught:
        index.remove([7])  # type: ignore[list-item] # what a bug of ours would pass
    assert not isinstance(caught.value, StorageTrouble)
    index.close()


@pytest.mark.parametrize("kind", sorted(chroma_errors.error_types))
def test_every_error_of_the_vendor_is_trouble_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    index = ChromaIndex(tmp_path, 1)
    error = chroma_errors.error_types[kind]

    def failing(**_: object) -> None:
        raise Exception.__new__(error)

    monkeypatch.setattr(index._collection, "count", failing)
    with pytest.raises(StorageTrouble):
        index.ids()
    index.close()


def test_a_stray_env_file_does_not_steer_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("chroma_api_impl=chromadb.api.fastapi.FastAPI\n")
    monkeypatch.chdir(tmp_path)
    _filled(tmp_path / "index", 1).close()


def test_many_threads_may_search_while_one_adds(tmp_path: Path) -> None:
    index, failures = _filled(tmp_path, 1), list[BaseException]()

    def search() -> None:
        try:
            for _ in range(20):
                assert len(index.search(_vectors()[0:1], 5)) == 5
        except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for at in range(20):
        index.add([f"{at + 100:032x}"], _vectors()[0:1])
    for thread in threads:
        thread.join()
    assert failures == []
    index.close()


def _filled(folder: Path, generation: int) -> ChromaIndex:
    index = ChromaIndex(folder, generation)
    index.add(IDS, _vectors())
    return index


def _vectors() -> Vectors:
    rows = np.random.default_rng(3).normal(size=(len(IDS), 16)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _stands_on_disk(folder: Path, vector: Vectors) -> bool:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return any(vector.tobytes() in path.read_bytes() for path in files)


def _open_systems() -> list[str]:
    return list(SharedSystemClient._identifier_to_system)
