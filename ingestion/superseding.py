"""Where two documents say nearly the same, it is told; where one is newer, it alone answers."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from assistant.desk import Desk
from assistant.model import Document
from ingestion.near_duplicates import Candidate, NearDuplicates, near_duplicates
from ingestion.origins import TICKETS, Origin, Places
from ingestion.report import Alike, Tally


def supersede(desk: Desk, fresh: AbstractSet[str], tally: Tally) -> None:
    """Tell what is nearly the same as one of ``fresh``, and let the newer of two answer."""
    if not fresh:
        return
    documents = {each.id: each for each in desk.records.documents.documents()}
    with tally.timed("comparing"):
        found = _alike(desk, documents)
    shown = {key: each.source.reveal() for key, each in documents.items()} | {"": ""}
    tally.alike += (
        Alike(shown[each.one], shown[each.two], round(each.alike, 3), shown[each.newer])
        for each in found
        if fresh & {each.one, each.two}
    )
    older = {
        (each.one if each.newer == each.two else each.two): each.newer
        for each in found
        if each.newer
    }
    if older:
        with tally.timed("recording"):
            _keep_the_name(desk, documents, older)


def _alike(desk: Desk, documents: Mapping[str, Document]) -> list[NearDuplicates]:
    store = desk.records.documents
    return near_duplicates(
        Candidate(each.id, each.source, each.title, [c.text for c in store.chunks_of(each.id)])
        for each in documents.values()
        if Origin.read(each.fingerprint).root != TICKETS
    )


def _keep_the_name(desk: Desk, documents: Mapping[str, Document], older: Mapping[str, str]) -> None:
    """Keep the older of two as a name without text: it is read again if the newer goes."""
    store = desk.records.documents
    places = Places(desk.sealer, documents.values())
    gone: list[str] = []
    with desk.records.transaction():
        for key, newer in older.items():
            gone += (chunk.id for chunk in store.chunks_of(key))
            origin = replace(places.known[key], newer=places.version(newer))
            store.put(replace(documents[key], fingerprint=origin.write()), [])
        desk.ledger.append("superseded", documents=len(older), chunks=len(gone))
    desk.vectors.remove(gone)
