"""The notes in an index folder about its generations: which one answers, which one is being built.

``generation`` names the one that answers, ``growing`` the one that is being built beside it with
another embedder, each with its number, its embedder's name and where that was loaded from. ``last``
is the highest number used so far, because no number is used twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.adapters.chroma import generations, remove_generation

Role = Literal["generation", "growing"]


@dataclass(frozen=True, slots=True)
class Noted:
    """One generation: its number, its embedder's name, and where that embedder is loaded from."""

    number: int
    embedder: str
    source: str


class Notes:
    """The notes in ``folder``; each is replaced atomically, so that a kill leaves a whole one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, role: Role) -> Noted | None:
        """Return the note of ``role``, None when there is none."""
        path = self._folder / role
        if not path.exists():
            return None
        number, embedder, *source = path.read_text(encoding="utf-8").split("\n", 2)
        return Noted(int(number), embedder, "".join(source))

    def write(self, role: Role, noted: Noted) -> None:
        """Replace the note of ``role``."""
        self._replace(role, f"{noted.number}\n{noted.embedder}\n{noted.source}")

    def drop(self, role: Role) -> None:
        """Remove a note."""
        (self._folder / role).unlink(missing_ok=True)

    def next_number(self) -> int:
        """Return a number that was never used for a generation."""
        last = self._folder / "last"
        given = int(last.read_text(encoding="utf-8")) if last.exists() else 0
        noted = (self.read("generation"), self.read("growing"))
        known = [given, *generations(self._folder), *(each.number for each in noted if each)]
        self._replace("last", str(number := max(known) + 1))
        return number

    def sweep(self) -> None:
        """Remove every generation without a note."""
        noted = (self.read("generation"), self.read("growing"))
        kept = {each.number for each in noted if each}
        for number in generations(self._folder):
            if number not in kept:
                remove_generation(self._folder, number)

    def make_folder(self) -> None:
        """Create the folder, accessible to our user alone."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _replace(self, name: str, body: str) -> None:
        self.make_folder()
        fresh = self._folder / f"{name}.new"
        fresh.write_text(body, encoding="utf-8")
        fresh.replace(self._folder / name)
