"""The audience of a folder's documents: as the caller gave it, or as a file in the folder says.

The file is called `quietdesk.toml` and holds ``audience = "customer"`` or ``"agent"``, and
optionally a table ``[files]`` of names or patterns with an audience each. That of a nested folder
counts before its parent's, and none of them is read as a document. What nobody states is for
agents; so is everything below a file that cannot be read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import cast

from assistant.model import Audience

NAME = "quietdesk.toml"
_LARGEST = 100_000
_BROKEN = 'it is not valid, so the folder is for agents: it holds audience = "customer" or "agent"'


@dataclass(frozen=True, slots=True)
class _Rules:
    folder: Audience | None = None
    files: Mapping[str, Audience] = field(default_factory=dict[str, Audience])

    def of(self, path: Path) -> Audience | None:
        named = (each for pattern, each in self.files.items() if fnmatch(path.name, pattern))
        return next(named, self.folder)


@dataclass(slots=True)
class FolderAudiences:
    """The audiences of files below ``root``; ``given`` by the caller counts before any file's.

    ``broken`` are the files that could not be read, each with the reason.
    """

    root: Path
    given: Audience | None = None
    broken: list[tuple[Path, str]] = field(default_factory=list[tuple[Path, str]])
    _rules: dict[Path, _Rules | None] = field(default_factory=dict[Path, "_Rules | None"])

    def of(self, path: Path) -> Audience:
        """Return the audience of the file at ``path`` that its folder gives it."""
        if self.given is not None:
            return self.given
        for folder in path.parents:
            rules = self._of_folder(folder)
            found = rules.of(path) if rules else None
            if found is not None:
                return found
            if folder == self.root:
                break
        return Audience.AGENT

    def _of_folder(self, folder: Path) -> _Rules | None:
        if folder not in self._rules:
            self._rules[folder] = self._read(folder / NAME)
        return self._rules[folder]

    def _read(self, path: Path) -> _Rules | None:
        if not path.is_file() and not path.is_symlink():
            return None
        try:
            if not path.is_symlink() and path.stat().st_size <= _LARGEST:
                return _rules(tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            pass
        self.broken.append((path, _BROKEN))
        return _Rules(Audience.AGENT)


def _rules(said: Mapping[str, object]) -> _Rules:
    """Return the rules of a parsed file. `ValueError` for anything that is not one."""
    files = said.get("files", {})
    if said.keys() - {"audience", "files"} or not isinstance(files, dict):
        raise ValueError
    folder = said.get("audience")
    patterns = cast("dict[str, object]", files)
    return _Rules(
        None if folder is None else Audience(folder),
        {pattern: Audience(each) for pattern, each in patterns.items()},
    )
