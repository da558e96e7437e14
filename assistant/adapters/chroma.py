"""Vectors in an embedded Chroma: one folder per tenant and per generation, ids and vectors only.

Chroma does not erase: after ``delete`` and even after ``delete_collection`` the vectors stay in its
HNSW file and the queue in its SQLite file (1.5.9). So it gets only our ids and vectors of redacted
text, and erasing means building a new generation and removing the old folder.

A generation's folder name is never used twice. Chroma keeps a process-wide cache of open systems by
folder; a folder that was removed and created again answers from the old data or fails as read-only.

hnswlib writes its whole buffer, the unused part too, which is memory that malloc reused without
clearing it. In one of seven tries a removed vector, which can be another tenant's, was in the file
of a fresh generation. So before the first index opens, the C library is set to overwrite memory
when it is allocated and freed (M_PERTURB, glibc's mallopt(3)).
"""

from __future__ import annotations

import ctypes
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

from assistant.errors import BadInput, StorageTrouble
from assistant.ports import Hit, Vectors

_COLLECTION = "chunks"
_PAGE = 5000
_SEARCH_EF = 200
"""Candidates that HNSW keeps while searching (Malkov and Yashunin 2018); Chroma keeps 100."""

_M_PERTURB, _ANY_BYTE = -6, 0xA5

_P = ParamSpec("_P")
_R = TypeVar("_R")


class ChromaIndex:
    """A `VectorIndex` in ``folder/generation-N``; created when it does not exist."""

    def __init__(self, folder: Path, generation: int) -> None:
        self.generation = generation
        self._path = _path(folder, generation)
        self._lock = RLock()
        self._client, self._collection = _translated(_open)(self._path)

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace vectors. `StorageTrouble` when they could not be kept."""
        if len(ids) != len(vectors):
            raise BadInput(f"{len(ids)} ids came with {len(vectors)} vectors.")
        for some in self._slices(ids):
            self._call(
                "upsert", ids=list(ids[some]), embeddings=np.ascontiguousarray(vectors[some])
            )

    def remove(self, ids: Sequence[str]) -> None:
        """Remove vectors; unknown ids are ignored."""
        for some in self._slices(ids):
            self._call("delete", ids=list(ids[some]))

    def search(self, vector: Vectors, limit: int) -> list[Hit]:
        """Return the nearest chunks by cosine, best first."""
        if limit < 1:
            return []
        found = self._call("query", query_embeddings=vector, n_results=limit, include=["distances"])
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [Hit(chunk_id, 1.0 - float(distance)) for chunk_id, distance in pairs]

    def ids(self) -> set[str]:
        """Return the ids of all vectors."""
        held: set[str] = set()
        for offset in range(0, cast("int", self._call("count")), _PAGE):
            page = self._call("get", limit=_PAGE, offset=offset, include=[])
            held.update(cast("list[str]", page["ids"]))
        return held

    def vectors(self) -> Iterator[tuple[list[str], Vectors]]:
        """Yield ids with their vectors, page by page: what a new generation is built from."""
        for offset in range(0, cast("int", self._call("count")), _PAGE):
            page = self._call("get", limit=_PAGE, offset=offset, include=["embeddings"])
            yield cast("list[str]", page["ids"]), np.asarray(page["embeddings"], dtype=np.float32)

    def close(self) -> None:
        """Close the folder, and remove it from Chroma's process-wide cache."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = self._collection = None

    def destroy(self) -> None:
        """Close, and remove the folder with everything in it. `StorageTrouble` if that fails."""
        self.close()
        remove_generation(self._path.parent, self.generation)

    def _slices(self, ids: Sequence[str]) -> Iterator[slice]:
        size = _translated(self._open_client().get_max_batch_size)()
        return (slice(at, at + size) for at in range(0, len(ids), size))

    def _call(self, method: str, **arguments: object) -> Any:
        with self._lock:
            self._open_client()
            return _translated(getattr(self._collection, method))(**arguments)

    def _open_client(self) -> Any:
        if self._client is None:
            raise StorageTrouble("The index has been closed.")
        return self._client


def generations(folder: Path) -> list[int]:
    """Return the numbers of the generations in ``folder``, oldest first."""
    names = (path.name.removeprefix("generation-") for path in folder.glob("generation-*"))
    return sorted(int(name) for name in names if name.isdecimal())


def remove_generation(folder: Path, number: int) -> None:
    """Remove a generation that is not open. `StorageTrouble` if that fails."""
    path = _path(folder, number)
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StorageTrouble(
            f"The index folder {path.name} could not be removed.",
            safe="It holds ids and vectors only, no text.",
            todo="Remove it by hand, then run the command again.",
        ) from error


def _path(folder: Path, generation: int) -> Path:
    return folder / f"generation-{generation:06d}"


@cache
def _overwrite_freed_memory() -> None:
    """Have malloc and free overwrite memory; does nothing in a C library without mallopt."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_PERTURB, _ANY_BYTE)


def _open(path: Path) -> tuple[Any, Any]:
    import chromadb  # here: half a second that most commands never need
    from chromadb.config import Settings

    _overwrite_freed_memory()
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = cast("Any", Settings)(
        _env_file=None,  # a .env file in the working directory must not configure it
        chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
        chroma_otel_collection_endpoint="",
        anonymized_telemetry=False,
        allow_reset=False,
    )
    client = cast("Any", chromadb.PersistentClient(path=str(path.resolve()), settings=settings))
    try:
        collection = client.get_or_create_collection(
            _COLLECTION,
            configuration={"hnsw": {"space": "cosine", "ef_search": _SEARCH_EF}},
            embedding_function=None,
        )
    except BaseException:
        client.close()
        raise
    return client, collection


def _translated(call: Callable[_P, _R]) -> Callable[_P, _R]:
    """Return ``call`` with the errors of Chroma and of the disk turned into ours.

    Every other error is a bug of ours and goes to the crash report: the index is not at fault.
    """

    def inner(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        from chromadb.errors import ChromaError  # the errors of its Rust part are subclasses too

        try:
            return call(*args, **kwargs)
        except (ChromaError, OSError) as error:
            raise StorageTrouble(
                f"The vector index failed ({type(error).__name__}).",
                safe="The records are untouched; answers come from them.",
                todo="If this repeats, stop Quietdesk and remove the index folder: it is rebuilt.",
            ) from error

    return inner
