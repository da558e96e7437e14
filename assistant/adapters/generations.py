"""A tenant's vector index through its generations: the one that answers, the next one beside it.

Chroma erases nothing (see `assistant.adapters.chroma`), so bytes that must go are left behind with
their folder. The note ``generation`` names the number that answers and the embedder that made it.
Numbers only grow, because Chroma answers from its cache when a folder comes back. The note
``erasing`` stands from before something is removed until its bytes are gone, so that a kill on the
way is made good when the tenant's desk is next opened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock, RLock

from assistant.adapters.chroma import ChromaIndex, generations, remove_generation
from assistant.ports import Embedder, Hit, VectorIndex, Vectors


class Generations:
    """A `VectorIndex` in ``folder``, opened when the first vector comes or is asked for.

    ``bring_in_step`` is called with an index that may lack vectors or hold too many. There is one
    client for a folder: a second one goes on answering with what the first has deleted.
    """

    def __init__(
        self, folder: Path, embedder: Embedder, bring_in_step: Callable[[VectorIndex], object]
    ) -> None:
        self._folder = folder
        self._embedder = embedder
        self._bring_in_step = bring_in_step
        self._lock = RLock()
        self._renewing = Lock()
        self._open: ChromaIndex | None = None

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace vectors."""
        with self._lock:
            self._present().add(ids, vectors)

    def remove(self, ids: Sequence[str]) -> None:
        """Remove vectors; unknown ids are ignored."""
        with self._lock:
            self._present().remove(ids)

    def search(self, vector: Vectors, limit: int) -> list[Hit]:
        """Return the nearest chunks by cosine, best first."""
        with self._lock:
            return self._present().search(vector, limit)

    def ids(self) -> set[str]:
        """Return every id held."""
        with self._lock:
            return self._present().ids()

    def close(self) -> None:
        """Let go of the folder, if it was ever opened."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None

    @property
    def erasing(self) -> bool:
        """Whether something was removed whose bytes may still stand on the disk."""
        return self._mark.exists()

    def begin_erasing(self) -> None:
        """Note that bytes must go."""
        self._private_folder()
        self._mark.touch(mode=0o600)

    def nothing_to_erase(self) -> None:
        """Take the note back."""
        self._mark.unlink(missing_ok=True)

    def end_erasing(self) -> None:
        """Build a generation of what is held now, answer from it, and remove the one before.

        The old one answers meanwhile. The caller sees to it that nobody adds or removes.
        """
        with self._renewing:
            if self.erasing:
                self._renew()
                self._mark.unlink()

    def made_by_another(self) -> bool:
        """Whether another embedder made the vectors; they are made anew when next needed."""
        number, embedder = self._noted()
        return number > 0 and embedder != self._embedder.name

    def size(self) -> int:
        """Return how many bytes the folder takes."""
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())

    def _renew(self) -> None:
        old = self._present()
        self._bring_in_step(old)
        fresh = ChromaIndex(self._folder, self._next_number())
        try:
            for ids, vectors in old.vectors():
                fresh.add(ids, vectors)
        except BaseException:
            fresh.destroy()
            raise
        with self._lock:
            self._note(fresh.generation)
            self._open = fresh
            old.destroy()
        self._sweep(fresh.generation)

    def _present(self) -> ChromaIndex:
        with self._lock:
            if self._open is None:
                index = ChromaIndex(self._folder, self._number())
                try:
                    self._bring_in_step(index)
                    self._sweep(index.generation)
                except BaseException:
                    index.close()
                    raise
                self._open = index
            return self._open

    def _number(self) -> int:
        """Return the number of the index made by this embedder: a new one if another made it."""
        number, embedder = self._noted()
        if embedder == self._embedder.name:
            return number
        number = self._next_number()
        self._note(number)
        return number

    def _next_number(self) -> int:
        return max([self._noted()[0], *generations(self._folder)]) + 1

    def _noted(self) -> tuple[int, str]:
        path = self._folder / "generation"
        if not path.exists():
            return 0, ""
        number, embedder = path.read_text(encoding="utf-8").split("\n")
        return int(number), embedder

    def _note(self, number: int) -> None:
        self._private_folder()
        fresh = self._folder / "generation.new"
        fresh.write_text(f"{number}\n{self._embedder.name}", encoding="utf-8")
        fresh.replace(self._folder / "generation")

    def _sweep(self, kept: int) -> None:
        """Remove what a kill or another embedder left behind."""
        for number in generations(self._folder):
            if number != kept:
                remove_generation(self._folder, number)

    def _private_folder(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def _mark(self) -> Path:
        return self._folder / "erasing"
