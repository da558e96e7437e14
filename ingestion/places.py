"""Who a document is, and which folder it came from, without keeping a path in clear.

A document is known by the keyed hash of its real path, so reading a folder, one of its sub-folders
or one of its files leads to the same document, and two folders that both hold a ``README.md`` to
two. What was brought from a folder and is gone there must be forgotten, and nothing else: so the
record's fingerprint carries, beside the hash of the content, a short keyed tag of every folder
above the file. Everything whose tags name a folder came from below it, whichever folder the reader
was given. The tag of the first folder that was given marks where shown paths begin.

A folder that moves is another folder: `forget` what it brought under its old name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

from assistant.model import Document
from guardrails.seal import Sealer

_ID = 32
_TAG = 16


@dataclass(frozen=True, slots=True)
class Origin:
    """What a record's fingerprint says: the content's hash, and where the file stood."""

    content: str
    root: str
    folders: tuple[str, ...]

    def write(self) -> str:
        """Return the text that the record keeps."""
        return ".".join((self.content, self.root, *self.folders))

    @classmethod
    def read(cls, fingerprint: str) -> Origin:
        """Return what `write` wrote; of anything else only the content."""
        content, *tags = fingerprint.split(".")
        return cls(content, tags[0] if tags else "", tuple(tags[1:]))


class Places:
    """Keyed names of files and folders of one tenant."""

    def __init__(self, sealer: Sealer, documents: Iterable[Document]) -> None:
        self._sealer = sealer
        self.known = {each.id: Origin.read(each.fingerprint) for each in documents}

    def document_id(self, path: PurePath) -> str:
        """Return the id of the document that stands at ``path``."""
        return self._hash("document", path)[:_ID]

    def tag(self, folder: PurePath) -> str:
        """Return the tag of ``folder``."""
        return self._hash("folder", folder)[:_TAG]

    def root_of(self, folder: Path) -> Path:
        """Return the outermost folder given before that holds ``folder``, else ``folder``."""
        roots = {origin.root for origin in self.known.values()}
        above = [folder, *folder.parents]
        return next((each for each in reversed(above) if self.tag(each) in roots), folder)

    def origin(self, path: PurePath, root: PurePath, content: str) -> Origin:
        """Return the origin to record for the file at ``path``."""
        tags = tuple(self.tag(folder) for folder in path.parents)
        return Origin(content, self.tag(root), tags)

    def below(self, folder: PurePath) -> set[str]:
        """Return the ids of the documents that came from ``folder`` or below it."""
        tag = self.tag(folder)
        return {key for key, origin in self.known.items() if tag in origin.folders}

    def content(self, how: str, body: bytes) -> str:
        """Return the keyed hash of a file's bytes and of how they are read."""
        return self._sealer.fingerprint_bytes(b"\x1f".join((b"content", how.encode(), body)))

    def _hash(self, kind: str, path: PurePath) -> str:
        return self._sealer.fingerprint_bytes(b"\x1f".join((kind.encode(), os.fsencode(path))))
