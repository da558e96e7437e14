"""The provider's own library: runbooks that tenants may read and never write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.model import Audience
from ui.operations.base import NoArgs, Operation, Progress, Shape, Step
from ui.operations.callers import Caller
from ui.operations.documents import AudienceSet, count_readers, set_audience
from ui.operations.forgetting import Forgotten, forgotten
from ui.operations.ingest import FolderArgs, IngestResult, read_into
from ui.operations.needs import OWNER

if TYPE_CHECKING:
    from assistant.bootstrap import Home


class LibraryName(Shape):
    """A document's source, or its path."""

    name: str


class LibraryAudience(LibraryName):
    """Documents of the library, and who may read them."""

    audience: Audience


class LibraryView(Shape):
    """The size of the library, and which tenants read it."""

    documents: int
    chunks: int
    documents_for_customers: int
    stale_documents: int
    stale_vectors: int
    readers: tuple[str, ...]


def _ingest(home: Home, _caller: Caller, args: FolderArgs, progress: Progress) -> IngestResult:
    return read_into(home, home.library(), args, progress, identities=False)


def _show(home: Home, _caller: Caller, _args: NoArgs, _progress: Progress) -> LibraryView:
    from assistant.adapters.records.accounts import LIBRARY
    from ingestion.staleness import stale

    readers = tuple(each.slug for each in home.tenants() if each.policy.rules.library)
    if home.accounts.library() is None:
        return LibraryView(
            documents=0,
            chunks=0,
            documents_for_customers=0,
            stale_documents=0,
            stale_vectors=0,
            readers=readers,
        )
    desk = home.library()
    counts = desk.records.counts()
    return LibraryView(
        documents=counts["documents"],
        chunks=counts["chunks"],
        documents_for_customers=count_readers(desk).documents_for_customers,
        stale_documents=stale(desk),
        stale_vectors=home.stale_vectors(LIBRARY),
        readers=readers,
    )


def _forget(home: Home, _caller: Caller, args: LibraryName, progress: Progress) -> Forgotten:
    from assistant.adapters.records.accounts import LIBRARY
    from assistant.errors import NotFound
    from assistant.flows.forget import forget_documents
    from ingestion.staleness import named

    desk = home.library()
    found = named(desk, args.name.removeprefix("library: "))
    if not found:
        raise NotFound(f"The library has no document named {args.name}.")
    with home.erasing(LIBRARY):
        done = forget_documents(desk, found)
        progress(Step(what="erasing", done=0))
    return forgotten(home, done)


def _audience(
    home: Home, caller: Caller, args: LibraryAudience, _progress: Progress
) -> AudienceSet:
    name = args.name.removeprefix("library: ")
    return set_audience(home.library(), name, args.audience, caller.by)


INGEST = Operation(
    "library.ingest",
    FolderArgs,
    IngestResult,
    _ingest,
    needs=OWNER,
    takes_turn=True,
    local_only=True,
)
SHOW = Operation("library.show", NoArgs, LibraryView, _show, needs=OWNER)
FORGET = Operation("library.forget", LibraryName, Forgotten, _forget, needs=OWNER, takes_turn=True)
AUDIENCE = Operation(
    "library.audience", LibraryAudience, AudienceSet, _audience, needs=OWNER, takes_turn=True
)
