"""Who a document is, and which folder it came from, without keeping a path in clear.

A document is known by the keyed hash of its real path, so reading a folder, one of its sub-folders
or one of its files leads to the same document, and two folders that both hold a ``README.md`` to
two. What was brought from a folder and is gone there must be forgotten, and nothing else: so the
record's fingerprint carries, beside the hashes of the content and of how it was read, a short keyed
tag of every folder above the file. Everything whose tags name a folder came from below it,
whichever folder the reader was given. The tag of the first folder that was given marks where shown
paths begin.

An article of a file that holds many is known by that file's path and its own key, and carries a tag
of the file too.

A folder that moves is another folder: `forget` what it brought under its old name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from guardrails.crypto.seal import Sealer
from ingestion.loaders import Loaded

TICKETS = "tickets"
"""The root of what came from no folder: resolved tickets."""

_ID = 32
_TAG = 16


@dataclass(frozen=True, slots=True)
class Origin:
    """What a record's fingerprint says: the content's hash, how it was read, where it stood."""

    content: str
    pipeline_version: str
    root: str
    folders: tuple[str, ...]
    newer: str = ""
    """The `version` of the document that says the same and is newer, if one answers instead."""
    file: str = ""
    """The tag of the file, if the document is one of many articles in it."""

    def write(self) -> str:
        """Return the text that the record keeps."""
        pipeline_version = (
            f"{self.pipeline_version}~{self.newer}" if self.newer else self.pipeline_version
        )
        root = f"{self.root}~{self.file}" if self.file else self.root
        return ".".join((self.content, pipeline_version, root, *self.folders))

    @classmethod
    def read(cls, fingerprint: str) -> Origin:
        """Return what `write` wrote; of anything else only the content."""
        content, pipeline_version, root, *folders = (*fingerprint.split("."), "", "")
        pipeline_version, _, newer = pipeline_version.partition("~")
        root, _, file = root.partition("~")
        return cls(content, pipeline_version, root, tuple(filter(None, folders)), newer, file)


class Places:
    """Keyed names of files and folders of one tenant."""

    def __init__(self, sealer: Sealer, fingerprints: Mapping[str, str]) -> None:
        """Know the documents of these fingerprints, by id."""
        self._sealer = sealer
        self.known = {key: Origin.read(each) for key, each in fingerprints.items()}
        self._above: dict[PurePath, tuple[str, ...]] = {}

    def document_id(self, path: PurePath) -> str:
        """Return the id of the document that stands at ``path``."""
        return self._hash("document", path)[:_ID]

    def article_id(self, path: PurePath, key: str) -> str:
        """Return the id of the article called ``key`` in the file at ``path``."""
        named = f"{self._hash('article', path)}\x1f{key}".encode("utf-8", "replace")
        return self._sealer.fingerprint_bytes(named)[:_ID]

    def tag(self, folder: PurePath) -> str:
        """Return the tag of ``folder``."""
        return self._hash("folder", folder)[:_TAG]

    def root_of(self, folder: Path) -> Path:
        """Return the outermost folder given before that holds ``folder``, else ``folder``."""
        roots = {origin.root for origin in self.known.values()}
        above = [folder, *folder.parents]
        return next((each for each in reversed(above) if self.tag(each) in roots), folder)

    def origin(self, path: PurePath, root: PurePath, pipeline_version: str, body: bytes) -> Origin:
        """Return the origin to record for the file at ``path`` that holds ``body``."""
        folder = path.parent
        if folder not in self._above:  # once for all files of a folder
            self._above[folder] = tuple(map(self.tag, (folder, *folder.parents)))
        content = self._sealer.fingerprint_bytes(b"content\x1f" + body)
        return Origin(content, pipeline_version, self.tag(root), self._above[folder])

    def article(self, path: PurePath, file: Origin, loaded: Loaded) -> Origin:
        """Return the origin to record for one article of the file that ``file`` is of.

        Its content is its own, lines included: what the file's other articles say does not matter.
        """
        labels = loaded.labels
        texts = [loaded.title, *labels.tags, *labels.products]
        texts += [text for each in loaded.sections for text in (*each.heading, each.body)]
        plain = [f"{labels.updated}", *(f"{each.lines}" for each in loaded.sections)]
        parts = "\x1f".join([*plain, *map(self._sealer.fingerprint, texts)])
        content = self._sealer.fingerprint_bytes(f"article\x1f{parts}".encode())
        return replace(file, content=content, file=self.tag(path))

    def below(self, folder: PurePath) -> set[str]:
        """Return the ids of what came from below ``folder``, or is an article of that file."""
        tag = self.tag(folder)
        return {
            key for key, origin in self.known.items() if tag in origin.folders or tag == origin.file
        }

    def version(self, document_id: str) -> str:
        """Return what changes whenever the document of this id does; empty when there is none."""
        origin = self.known.get(document_id)
        return f"{document_id}{origin.content[:_TAG]}" if origin else ""

    def stale(self, pipeline_version: str) -> int:
        """Return how many documents were made by another pipeline version; tickets do not count."""
        files = (origin for origin in self.known.values() if origin.root != TICKETS)
        return sum(origin.pipeline_version != pipeline_version for origin in files)

    def _hash(self, kind: str, path: PurePath) -> str:
        return self._sealer.fingerprint_bytes(b"\x1f".join((kind.encode(), os.fsencode(path))))
