"""The identity of a document and the folders above it, without storing a path in clear.

A document's id is the keyed hash of its real path, so reading a folder, one of its sub-folders or
one of its files leads to the same document, and two folders that both contain a ``README.md`` lead
to two. Documents that were deleted from a folder must be forgotten, and no others: so the record's
fingerprint holds, beside the content's hash and the pipeline version, a short keyed tag of every
folder above the file. A document with the tag of a folder came from below that folder, whichever
folder the ingest was given. The tag of the first folder that was given marks where displayed paths
begin.

The id of an article in a file of many is made from the file's path and the article's key; its
fingerprint holds a tag of the file too.

A folder that was moved is another folder: `forget` its documents under the old path.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from guardrails.crypto.seal import Sealer
from ingestion.loaders import Loaded

TICKETS = "tickets"
"""The root of documents from no folder: resolved tickets."""
SAYS = "says"

_ID = 32
_TAG = 16


@dataclass(frozen=True, slots=True)
class Origin:
    """The parts of a record's fingerprint: content hash, pipeline version, tags of folders."""

    content: str
    pipeline_version: str
    root: str
    folders: tuple[str, ...]
    newer: str = ""
    """The `version` of a newer near-duplicate that answers instead, empty without one."""
    file: str = ""
    """The tag of the file, if the document is one of many articles in it."""
    says: str = ""
    """``SAYS`` if the document itself states its audience, so that its folder's does not count."""

    def write(self) -> str:
        """Return the fingerprint that is stored."""
        pipeline_version = (
            f"{self.pipeline_version}~{self.newer}" if self.newer else self.pipeline_version
        )
        root = f"{self.root}~{self.file}~{self.says}".rstrip("~")
        return ".".join((self.content, pipeline_version, root, *self.folders))

    @classmethod
    def read(cls, fingerprint: str) -> Origin:
        """Parse what `write` returned; any other text is taken as the content alone."""
        content, pipeline_version, root, *folders = (*fingerprint.split("."), "", "")
        pipeline_version, _, newer = pipeline_version.partition("~")
        root, file, says, *_ = (*root.split("~"), "", "")
        above = tuple(filter(None, folders))
        return cls(content, pipeline_version, root, above, newer, file, says)


class Places:
    """Keyed hashes of the paths of one tenant's files and folders."""

    def __init__(self, sealer: Sealer, fingerprints: Mapping[str, str]) -> None:
        """Parse the ``fingerprints`` of the tenant's documents, by id."""
        self._sealer = sealer
        self.known = {key: Origin.read(each) for key, each in fingerprints.items()}
        self._above: dict[PurePath, tuple[str, ...]] = {}

    def document_id(self, path: PurePath) -> str:
        """Return the id of the document at ``path``."""
        return self._hash("document", path)[:_ID]

    def article_id(self, path: PurePath, key: str) -> str:
        """Return the id of the article called ``key`` in the file at ``path``."""
        named = f"{self._hash('article', path)}\x1f{key}".encode("utf-8", "replace")
        return self._sealer.fingerprint_bytes(named)[:_ID]

    def tag(self, folder: PurePath) -> str:
        """Return the tag of ``folder``."""
        return self._hash("folder", folder)[:_TAG]

    def root_of(self, folder: Path) -> Path:
        """Return the outermost folder around ``folder`` that was read before, else ``folder``."""
        roots = {origin.root for origin in self.known.values()}
        above = [folder, *folder.parents]
        return next((each for each in reversed(above) if self.tag(each) in roots), folder)

    def origin(self, path: PurePath, root: PurePath, pipeline_version: str, body: bytes) -> Origin:
        """Return the origin to record for the file at ``path`` with the content ``body``."""
        folder = path.parent
        if folder not in self._above:  # once for all files of a folder
            self._above[folder] = tuple(map(self.tag, (folder, *folder.parents)))
        content = self._sealer.fingerprint_bytes(b"content\x1f" + body)
        return Origin(content, pipeline_version, self.tag(root), self._above[folder])

    def article(self, path: PurePath, file: Origin, loaded: Loaded) -> Origin:
        """Return the origin to record for one article of the file whose origin is ``file``.

        Its content hash covers the article and its lines, not the file's other articles.
        """
        labels = loaded.labels
        texts = [loaded.title, *labels.tags, *labels.products]
        texts += [text for each in loaded.sections for text in (*each.heading, each.body)]
        plain = [
            f"{labels.updated} {labels.audience}",
            *(f"{each.lines}" for each in loaded.sections),
        ]
        parts = "\x1f".join([*plain, *map(self._sealer.fingerprint, texts)])
        content = self._sealer.fingerprint_bytes(f"article\x1f{parts}".encode())
        return replace(file, content=content, file=self.tag(path))

    def below(self, folder: PurePath) -> set[str]:
        """Return the ids of documents from below ``folder``, or of articles in that file."""
        tag = self.tag(folder)
        return {
            key for key, origin in self.known.items() if tag in origin.folders or tag == origin.file
        }

    def version(self, document_id: str) -> str:
        """Return a tag that changes with the document of this id; empty when there is none."""
        origin = self.known.get(document_id)
        return f"{document_id}{origin.content[:_TAG]}" if origin else ""

    def stale(self, pipeline_version: str) -> int:
        """Return how many documents were made by another pipeline version; tickets do not count."""
        files = (origin for origin in self.known.values() if origin.root != TICKETS)
        return sum(origin.pipeline_version != pipeline_version for origin in files)

    def _hash(self, kind: str, path: PurePath) -> str:
        return self._sealer.fingerprint_bytes(b"\x1f".join((kind.encode(), os.fsencode(path))))
