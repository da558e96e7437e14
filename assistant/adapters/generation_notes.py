"""What an index folder says of its generations: which answers, which is made, what made them.

``generation`` names the one that answers, ``growing`` the one that another embedder makes beside
it, each with its number, its embedder's name and where that was loaded from. ``last`` is the
highest number that was ever given, because none is given twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.adapters.chroma import generations, remove_generation

Role = Literal["generation", "growing"]


@dataclass(frozen=True, slots=True)
class Noted:
    """One generation: its number, who made its vectors, and where to load that from."""

    number: int
    embedder: str
    source: str


class Notes:
    """The notes in ``folder``; each is replaced as a whole, so that a kill leaves the last one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, role: Role) -> Noted | None:
        """Return what is noted, None when nothing is."""
        path = self._folder / role
        if not path.exists():
            return None
        number, embedder, *source = path.read_text(encoding="utf-8").split("\n", 2)
        return Noted(int(number), embedder, "".join(source))

    def write(self, role: Role, noted: Noted) -> None:
        """Note ``noted`` in the place of what was."""
        self._replace(role, f"{noted.number}\n{noted.embedder}\n{noted.source}")

    def drop(self, role: Role) -> None:
        """Take a note away."""
        (self._folder / role).unlink(missing_ok=True)

    def next_number(self) -> int:
        """Return a number that no generation has or had."""
        last = self._folder / "last"
        given = int(last.read_text(encoding="utf-8")) if last.exists() else 0
        noted = (self.read("generation"), self.read("growing"))
        known = [given, *generations(self._folder), *(each.number for each in noted if each)]
        self._replace("last", str(number := max(known) + 1))
        return number

    def sweep(self) -> None:
        """Remove every generation that is not noted."""
        noted = (self.read("generation"), self.read("growing"))
        kept = {each.number for each in noted if each}
        for number in generations(self._folder):
            if number not in kept:
                remove_generation(self._folder, number)

    def make_folder(self) -> None:
        """Make the folder, which only we may enter."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _replace(self, name: str, body: str) -> None:
        self.make_folder()
        fresh = self._folder / f"{name}.new"
        fresh.write_text(body, encoding="utf-8")
        fresh.replace(self._folder / name)
