"""Documents with who may read them; a person decides about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.model import Audience, Role
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import owner_or
from ui.operations.texts import Text, texts

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from assistant.model import Document
    from assistant.ports import DocumentAudience
    from guardrails import RedactedText


class DocumentView(Shape):
    """A document; ``decided`` means that a person set its audience.

    ``for_customers`` counts those of its chunks that customers may read.
    """

    id: str
    source: Text
    title: Text
    audience: Audience
    decided: bool
    chunks: int
    for_customers: int


class DocumentList(Shape):
    """The documents of a tenant, by source."""

    documents: tuple[DocumentView, ...]


class AudienceArgs(TenantArgs):
    """A document by its id, by its source as citations show it, or by its path, or a folder."""

    document: str
    audience: Audience


class AudienceSet(Shape):
    """How many documents were set, and how many of their chunks customers may read now."""

    documents: int
    audience: Audience
    chunks: int
    for_customers: int


class Readers(Shape):
    """How many documents and chunks are for customers, and how many for agents only."""

    documents_for_customers: int
    documents_for_agents: int
    chunks_for_customers: int
    chunks_for_agents: int


def count_readers(desk: Desk) -> Readers:
    """Count the documents and chunks of a desk by who may read them."""
    found = list(desk.records.documents.audiences().values())
    open_ones = sum(each.audience is Audience.CUSTOMER for each in found)
    open_chunks = sum(each.for_customers for each in found)
    return Readers(
        documents_for_customers=open_ones,
        documents_for_agents=len(found) - open_ones,
        chunks_for_customers=open_chunks,
        chunks_for_agents=sum(each.chunks for each in found) - open_chunks,
    )


def set_audience(desk: Desk, name: str, audience: Audience, by: str) -> AudienceSet:
    """Set the audience of the documents that ``name`` refers to. `NotFound` if there is none."""
    from assistant.errors import NotFound
    from assistant.flows.audience import decide_audience
    from ingestion.staleness import named

    known = desk.records.documents.audiences()
    found = [name] if name in known else named(desk, name)
    if not found:
        raise NotFound(
            f"There is no document named {name}.",
            todo="Give its name as citations show it, or its path.",
        )
    decide_audience(desk, found, audience, by)
    now = desk.records.documents.audiences()
    return AudienceSet(
        documents=len(found),
        audience=audience,
        chunks=sum(now[each].chunks for each in found),
        for_customers=sum(now[each].for_customers for each in found),
    )


def _list(home: Home, caller: Caller, args: TenantArgs, _progress: Progress) -> DocumentList:
    desk = home.desk(args.tenant)
    person = caller.person(home, args.tenant) if caller.login else None
    documents = desk.records.documents.documents()
    shown = iter(texts(desk, person, [text for one in documents for text in _named(one)]))
    known = desk.records.documents.audiences()
    return DocumentList(
        documents=tuple(
            _view(each, [next(shown) for _ in _named(each)], known)
            for each in documents
            if each.id in known
        )
    )


def _named(document: Document) -> tuple[RedactedText, RedactedText]:
    return document.source, document.title


def _view(
    document: Document, named: Sequence[Text], known: Mapping[str, DocumentAudience]
) -> DocumentView:
    source, title = named
    readers = known[document.id]
    return DocumentView(
        id=document.id,
        source=source,
        title=title,
        audience=readers.audience,
        decided=readers.decided,
        chunks=readers.chunks,
        for_customers=readers.for_customers,
    )


def _set(home: Home, caller: Caller, args: AudienceArgs, _progress: Progress) -> AudienceSet:
    return set_audience(home.desk(args.tenant), args.document, args.audience, caller.by)


LIST = Operation(
    "documents.list",
    TenantArgs,
    DocumentList,
    _list,
    needs=owner_or(Role.AGENT, Role.KNOWLEDGE),
)
AUDIENCE = Operation(
    "documents.audience",
    AudienceArgs,
    AudienceSet,
    _set,
    needs=owner_or(Role.REVIEWER, Role.KNOWLEDGE),
    takes_turn=True,
)
