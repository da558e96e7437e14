"""A tenant's vector index through its generations: the one that answers, the next one beside it.

Chroma erases nothing (see `assistant.adapters.chroma`), so bytes that must go are left behind with
their folder. Numbers only grow, because Chroma answers from its cache when a folder comes back. The
note ``erasing`` stands from before something is removed until its bytes are gone, so that a kill on
the way is made good when the tenant's desk is next opened.

When the embedder is another than the one that made the vectors, these answer on, asked by their
own embedder while that can be loaded. What is added goes to a generation that grows beside them, in
as many runs as it takes; once it is whole it answers, and the other goes.
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
    """What generations are held against: the ids of the chunks that the records hold.

    ``bring_in_step`` is called with an index that may lack vectors or hold too many.
    """

    recorded: Callable[[], set[str]]
    bring_in_step: Callable[[VectorIndex], object]


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes the vectors: an embedder, where it was loaded from, and how another one is."""

    embedder: Embedder
    source: str
    load: Callable[[str], Embedder]


class Generations:
    """A `TenantVectors` in ``folder``, opened when the first vector comes or is asked for.

    There is one client for a folder: a second one goes on answering with what the first has
    deleted.
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
        """Add or replace vectors of the embedder's."""
        with self._lock:
            self._written().add(ids, vectors)

    def remove(self, ids: Sequence[str]) -> None:
        """Remove vectors wherever they stand; unknown ids are ignored."""
        with self._lock:
            for index in self._all():
                index.remove(ids)

    def search(self, vector: Vectors, limit: int) -> list[Hit]:
        """Return the nearest chunks by cosine, best first."""
        with self._lock:
            return self._answering().search(vector, limit)

    def nearest(self, embedder: Embedder, text: RedactedText, limit: int) -> Near:
        """Return the nearest chunks of ``text``, asked for by who made the vectors."""
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
        """Return every id of which the embedder's vector is held."""
        with self._lock:
            return self._written().ids()

    def settle(self) -> None:
        """Answer from what has grown, if that is whole; what answered before goes."""
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
        """Let go of the folder, if it was ever opened."""
        with self._lock:
            for role in tuple(self._open):
                self._close(role)

    @property
    def erasing(self) -> bool:
        """Whether something was removed whose bytes may still stand on the disk."""
        return self._mark.exists()

    def begin_erasing(self) -> None:
        """Note that bytes must go."""
        self._notes.make_folder()
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
                if not self._grows():
                    self._notes.drop("growing")  # a third embedder's: it will never answer
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
        """Return how many chunks have no vector of the embedder's, because another made theirs."""
        with self._lock:
            if not self.made_by_another():
                return 0
            held = self._growing().ids() if self._grows() else set[str]()
            return len(self._truth.recorded() - held)

    def size(self) -> int:
        """Return how many bytes the folder takes."""
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())

    def _answering(self) -> ChromaIndex:
        """Return the index that answers; a new one where there is none."""
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
        """Return the index that the embedder makes beside the one that answers."""
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
        """Return who can ask the index that answers: ``embedder``, or who made it, or nobody."""
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
        except QuietdeskError:  # no weights there any more
            return None
        return found if same else None

    def _vector(self, asking: Embedder, embedder: Embedder, text: RedactedText) -> Vectors | None:
        """Embed a question; None when the embedder of before turns out not to load."""
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
        """Copy what the records know into a generation of its own, and remove the one before."""
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
