"""The vector indexes of a home: one for each tenant, and the embedders that made them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from assistant.adapters.generations import Generations, Maker, Truth
from assistant.adapters.sentence_transformers import INSTALLED
from assistant.ports import DocumentStore, Embedder
from assistant.search.indexing import reconcile
from assistant.settings import Settings


class Indexes:
    """Opens each index once; a second client of a folder would still return deleted chunks."""

    def __init__(self, settings: Settings, embedders: Callable[[str], Embedder]) -> None:
        self._folder = settings.home / "indexes"
        self._source = source_of(settings.embedder)
        self._embedders = embedders
        self._open: dict[str, Generations] = {}

    def __getitem__(self, tenant_id: str) -> Generations:
        """Return an index that `of` has opened."""
        return self._open[tenant_id]

    def of(self, tenant_id: str, documents: DocumentStore, embedder: Embedder) -> Generations:
        """Return the index of one tenant; ``embedder`` makes its new vectors."""
        if tenant_id not in self._open:
            self._open[tenant_id] = Generations(
                self._folder / tenant_id,
                Maker(embedder, self._source, self._load),
                Truth(documents.chunk_ids, partial(reconcile, documents, embedder)),
            )
        return self._open[tenant_id]

    def close(self) -> None:
        """Close every folder."""
        for index in self._open.values():
            index.close()

    def _load(self, source: str) -> Embedder:
        """Return the embedder of ``source``, shared by all tenants; old notes name no source."""
        return self._embedders(source or INSTALLED)


def source_of(embedder: str) -> str:
    """Return the embedder's source as an absolute path, or the name of the installed one."""
    return embedder if embedder == INSTALLED else str(Path(embedder).absolute())
