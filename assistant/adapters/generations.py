"""A tenant's vector index as generations: one that answers, and one being built beside it.

Chroma erases nothing (see `assistant.adapters.chroma`), so bytes are erased by removing their
folder. Numbers only grow, because Chroma answers from its cache when a folder name is used again.
The note ``erasing`` exists from before something is removed until its bytes are gone, so that a
killed erasure is completed when the tenant's desk is next opened.

After the embedder was changed, the old vectors still answer, queried with their own embedder while
that can be loaded. New vectors go to a generation that grows beside them, over several runs if need
be; once it is complete it answers, and the old one is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock, RLock

from assistant.adapters.chroma import ChromaIndex
from assistant.adapters.generation_notes import Noted, Notes, Role
from assistant.errors import QuietdeskError
from assistant.ports import Embedder, Hit, Near, VectorIndex, Vectors
from guardrails import RedactedText


@dataclass(frozen=True, slots=True)
class Truth:
    """What generations are compared with: the ids of the chunks in the records.

    ``bring_in_step`` is called with an index that may have too few vectors or too many.
    """

    recorded: Callable[[], set[str]]
    bring_in_step: Callable[[VectorIndex], object]


@dataclass(frozen=True, slots=True)
class Maker:
    """The embedder of the vectors, where it was loaded from, and how to load another one."""

    embedder: Embedder
    source: str
    load: Callable[[str], Embedder]


class Generations:
    """A `TenantVectors` in ``folder``, opened at the first write or search.

    A folder must have one client: a second one still returns what the first has deleted.
    """

    def __init__(self, folder: Path, maker: Maker, truth: Truth) -> None:
        self._folder = folder
        self._maker = maker
        self._truth = truth
        self._notes = Notes(folder)
        self._lock = RLock()
        self._renewing = Lock()
        self._open: dict[Role, ChromaIndex] = {}
        self._loaded: dict[Noted, Embedder | None] = {}

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace vectors that the configured embedder made."""
        with self._lock:
            self._written().add(ids, vectors)

    def remove(self, ids: Sequence[str]) -> None:
        """Remove vectors from every generation; unknown ids are ignored."""
        with self._lock:
            for index in self._all():
                index.remove(ids)

    def search(self, vector: Vectors, limit: int) -> list[Hit]:
        """Return the nearest chunks by cosine, best first."""
        with self._lock:
            return self._answering().search(vector, limit)

    def nearest(self, embedder: Embedder, text: RedactedText, limit: int) -> Near:
        """Return the nearest chunks of ``text``, embedded by the embedder of the vectors."""
        while True:
            with self._lock:
                asking = self._asking(embedder)
                index = self._answering() if asking else None
            if asking is None or index is None:
                return Near([], whole=False)
            vector = self._vector(asking, embedder, text)
            with self._lock:
                if vector is not None and self._open.get("generation") is index:
                    return Near(index.search(vector, limit))

    def ids(self) -> set[str]:
        """Return the ids of all vectors of the configured embedder."""
        with self._lock:
            return self._written().ids()

    def settle(self) -> None:
        """Answer from the growing generation if it is complete, and remove the old one."""
        with self._lock:
            noted = self._notes.read("growing") if self.made_by_another() else None
            if noted is None or not self._truth.recorded() <= self._growing().ids():
                return
            grown = self._growing()
            self._notes.write("generation", noted)
            self._notes.drop("growing")
            self._close("generation")
            self._open = {"generation": grown}
            self._notes.sweep()

    def close(self) -> None:
        """Close the folder, if it was opened."""
        with self._lock:
            for role in tuple(self._open):
                self._close(role)

    @property
    def erasing(self) -> bool:
        """Whether something was removed whose bytes may still be on the disk."""
        return self._mark.exists()

    def begin_erasing(self) -> None:
        """Note that bytes must be erased."""
        self._notes.make_folder()
        self._mark.touch(mode=0o600)

    def nothing_to_erase(self) -> None:
        """Remove the note."""
        self._mark.unlink(missing_ok=True)

    def end_erasing(self) -> None:
        """Copy the vectors into a new generation, answer from it, and remove the old one.

        The old one answers meanwhile. The caller must prevent other writes.
        """
        with self._renewing:
            if self.erasing:
                if not self._grows():
                    self._notes.drop("growing")  # of a third embedder: it will never answer
                if not self.made_by_another():
                    self._truth.bring_in_step(self._answering())
                self._all()
                for role in tuple(self._open):
                    self._renew(role)
                self._notes.sweep()
                self._mark.unlink()

    def made_by_another(self) -> bool:
        """Whether another embedder made the vectors that answer."""
        noted = self._notes.read("generation")
        return noted is not None and noted.embedder != self._maker.embedder.name

    def stale(self) -> int:
        """Return how many chunks have no vector of the configured embedder.

        An index that is not open is complete once it is opened, unless nothing may be embedded.
        """
        with self._lock:
            if not self.made_by_another():
                index = self._open.get("generation")
                return len(self._truth.recorded() - index.ids()) if index else 0
            held = self._growing().ids() if self._grows() else set[str]()
            return len(self._truth.recorded() - held)

    def size(self) -> int:
        """Return how many bytes the folder takes."""
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())

    def _answering(self) -> ChromaIndex:
        """Return the index that answers; create one if there is none."""
        if "generation" not in self._open:
            noted = self._notes.read("generation")
            if noted is None:
                noted = self._fresh("generation")
            index = ChromaIndex(self._folder, noted.number)
            try:
                if not self.made_by_another():
                    self._truth.bring_in_step(index)
                    self._notes.drop("growing")
                self._notes.sweep()
            except BaseException:
                index.close()
                raise
            self._open["generation"] = index
        return self._open["generation"]

    def _growing(self) -> ChromaIndex:
        """Return the index that is being built beside the one that answers."""
        if "growing" not in self._open:
            noted = self._notes.read("growing") if self._grows() else self._fresh("growing")
            assert noted is not None, "noted just now"
            self._open["growing"] = ChromaIndex(self._folder, noted.number)
        return self._open["growing"]

    def _grows(self) -> bool:
        noted = self._notes.read("growing")
        return noted is not None and noted.embedder == self._maker.embedder.name

    def _written(self) -> ChromaIndex:
        return self._growing() if self.made_by_another() else self._answering()

    def _all(self) -> list[ChromaIndex]:
        beside = self.made_by_another() and self._grows()
        return [self._answering(), *([self._growing()] if beside else [])]

    def _fresh(self, role: Role) -> Noted:
        noted = Noted(self._notes.next_number(), self._maker.embedder.name, self._maker.source)
        self._notes.write(role, noted)
        return noted

    def _asking(self, embedder: Embedder) -> Embedder | None:
        """Return the embedder that made the index that answers; None if it cannot be loaded."""
        noted = self._notes.read("generation")
        if noted is None or noted.embedder == embedder.name:
            return embedder
        if noted not in self._loaded:
            self._loaded[noted] = self._load(noted)
        return self._loaded[noted]

    def _load(self, noted: Noted) -> Embedder | None:
        try:
            found = self._maker.load(noted.source)
            same = found.name == noted.embedder
        except QuietdeskError:  # its weights are gone
            return None
        return found if same else None

    def _vector(self, asking: Embedder, embedder: Embedder, text: RedactedText) -> Vectors | None:
        """Embed a question; None when the previous embedder cannot be loaded."""
        try:
            return asking.embed([text])
        except QuietdeskError:
            if asking is embedder:
                raise
            with self._lock:
                self._loaded = {
                    noted: None if each is asking else each for noted, each in self._loaded.items()
                }
            return None

    def _renew(self, role: Role) -> None:
        """Copy the vectors of known chunks into a new generation, and remove the old one."""
        old, noted = self._open[role], self._notes.read(role)
        assert noted is not None, "an index is noted before it is opened"
        fresh = ChromaIndex(self._folder, self._notes.next_number())
        recorded = self._truth.recorded()
        try:
            for ids, vectors in old.vectors():
                kept = [at for at, each in enumerate(ids) if each in recorded]
                fresh.add([ids[at] for at in kept], vectors[kept])
        except BaseException:
            fresh.destroy()
            raise
        with self._lock:
            self._notes.write(role, replace(noted, number=fresh.generation))
            self._open[role] = fresh
            old.destroy()

    def _close(self, role: Role) -> None:
        if role in self._open:
            self._open.pop(role).close()

    @property
    def _mark(self) -> Path:
        return self._folder / "erasing"
