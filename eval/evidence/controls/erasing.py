"""Erasure: the bytes of one record are gone, and what was made from it goes with it."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager
from typing import LiteralString

from assistant.adapters.generations import Generations
from assistant.adapters.records.database import Database
from assistant.adapters.records.drafts import SqlDrafts
from assistant.bootstrap import Home
from assistant.desk import Desk
from assistant.model import Role
from assistant.search.indexing import embedding_text
from eval.evidence.bytes import sealed, stored
from eval.evidence.control import Control, Off, Seen, same
from eval.evidence.material import GUIDE, TICKET, TRANSCRIPT
from eval.evidence.switches import replaced
from eval.evidence.twin import Twin
from guardrails import RawText

_TICKET_LEFT = "stored values of an erased ticket that are still in files"
_CALL_LEFT = "stored values of an erased transcript that are still in files"
_DOCUMENT_LEFT = "stored values of an erased document that are still in files"
_BEFORE = "stored values that were in files before"

_VECTORS = "vectors of an erased document that are still in files"
_WORDS = "answers of the keyword search from an erased document"
_DRAFTS = "drafts and summaries of an erased ticket that are still kept"


_Record = tuple[LiteralString, str, str, Iterable[tuple[str, str]]]
"""What must be seen, the operation that erases, the record's name, and where it is stored."""


def _record(twin: Twin) -> Generator[Seen]:
    database = twin.home.settings.home / "quietdesk.db"
    document = _document(twin)
    records: tuple[_Record, ...] = (
        (_TICKET_LEFT, "forget.ticket", TICKET, _of_ticket(twin, TICKET)),
        (_CALL_LEFT, "forget.ticket", TRANSCRIPT, _of_ticket(twin, TRANSCRIPT)),
        (_DOCUMENT_LEFT, "forget.document", GUIDE, _of_document(document)),
    )
    values = [[each for query in made for each in sealed(database, *query)] for *_, made in records]
    every = [each for some in values for each in some]
    yield same(_BEFORE, len(every), stored(every, twin.files()))
    for (what, operation, name, _), found in zip(records, values, strict=True):
        twin.perform(operation, name=name)
        yield same(what, 0, stored(found, twin.files()))


def _document(twin: Twin) -> str:
    found = twin.desk.records.documents.documents()
    return next(each.id for each in found if GUIDE in each.source.reveal())


def _of_ticket(twin: Twin, reference: str) -> Iterable[tuple[str, str]]:
    ticket = twin.desk.records.tickets.id_of(reference)
    yield "tickets", f"WHERE id = '{ticket}'"
    yield "ticket_turns", f"WHERE ticket_id = '{ticket}'"


def _of_document(document: str) -> Iterable[tuple[str, str]]:
    yield "documents", f"WHERE id = '{document}'"
    yield "chunks", f"WHERE document_id = '{document}'"


def _derived(twin: Twin) -> Generator[Seen]:
    twin.perform("summarise", role=Role.AGENT, references=[TICKET])
    twin.perform("draft", role=Role.AGENT, references=[TICKET])
    desk, document = twin.desk, _document(twin)
    vectors = _vectors_of(desk, document)
    yield same("vectors that were in files before", len(vectors), stored(vectors, twin.files()))
    yield same(
        "the keyword search finds the document before", expected=True, found=_found(twin) > 0
    )
    ticket = desk.records.tickets.id_of(TICKET)
    before = len(_made_from(desk, ticket))
    yield same("drafts and summaries before", expected=True, found=before > 0)
    twin.perform("forget.document", name=GUIDE)
    yield same(_VECTORS, 0, stored(vectors, twin.files()))
    yield same(_WORDS, 0, _found(twin))
    twin.perform("forget.ticket", name=TICKET)
    yield same(_DRAFTS, 0, len(_made_from(twin.desk, ticket)))


def _vectors_of(desk: Desk, document: str) -> list[bytes]:
    """Return the vectors of a document's chunks as they lie on the disk: numbers of 4 bytes."""
    title = next(each.title for each in desk.records.documents.documents([document]))
    chunks = desk.records.documents.chunks_of(document)
    made = desk.embedder.embed([embedding_text(title, each) for each in chunks])
    return [row.astype("<f4").tobytes() for row in made]


def _found(twin: Twin) -> int:
    """Return how many answers the keyword search has for the guide's own word."""
    desk = twin.desk
    asked = desk.redactor.look_up(RawText(twin.material().words[GUIDE])).text
    return len([each for each in desk.lexical().search(asked, 5) if each.score > 0])


def _made_from(desk: Desk, ticket: str | None) -> list[str]:
    return [each.id for each in desk.records.drafts.list() if each.ticket_id == ticket]


def _watch(home: Home, _slug: str) -> Generator[Seen]:
    yield same("removed rows leave the disk at once", expected=True, found=home.erases_rows)


def _no_rewrite() -> AbstractContextManager[None]:
    def nothing(_self: Database) -> None:
        return None

    return replaced((Database, "rewrite", nothing))


def _kept_vectors() -> AbstractContextManager[None]:
    def nothing(*_of: object) -> None:
        return None

    return replaced((Generations, "remove", nothing), (Generations, "end_erasing", nothing))


def _kept_drafts() -> AbstractContextManager[None]:
    def none(_self: SqlDrafts, _ticket: str) -> tuple[()]:
        return ()

    return replaced((SqlDrafts, "remove_of", none))


CONTROLS = (
    Control(
        "erase.record",
        "The bytes of an erased ticket, transcript or document are in no file of the home.",
        _record,
        _watch,
        {"rewriting of the file": Off(_no_rewrite, _TICKET_LEFT)},
    ),
    Control(
        "derived.follows",
        "Vectors, the keyword index, drafts and summaries are erased with their source.",
        _derived,
        None,
        {
            "vectors": Off(_kept_vectors, _VECTORS),
            "drafts": Off(_kept_drafts, _DRAFTS),
        },
    ),
)
