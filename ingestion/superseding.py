"""Near-duplicate documents are reported; if one is newer, only that one is searched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from assistant.desk import Desk
from assistant.model import Document
from ingestion.near_duplicates import Candidate, Comparer, NearDuplicates, pairs
from ingestion.origins import TICKETS, Origin, Places
from ingestion.report import Alike, Tally

_SIGNED_AT_ONCE = 500


def supersede(desk: Desk, fresh: AbstractSet[str], tally: Tally) -> None:
    """Report the near-duplicates of documents in ``fresh``, and remove the older of two.

    Signatures are stored last: after a kill the next run compares the documents without one, and
    those of an earlier version too. Documents with a signature are opened only when it is similar.
    """
    if not fresh:
        return
    store = desk.records.documents
    fingerprints = store.fingerprints()
    with tally.timed("comparing"):
        comparer = Comparer(desk.sealer.fingerprint_bytes(b"near-duplicates").encode())
        known = {
            key: kept
            for key, kept in store.signatures().items()
            if Origin.read(fingerprints[key]).root != TICKETS
        }
        made = {
            key: comparer.signature([chunk.text for chunk in store.chunks_of(key)])
            for key, kept in known.items()
            if kept is None
        }
        wanted = pairs({key: kept or made[key] for key, kept in known.items()}, made.keys() | fresh)
        documents = {each.id: each for each in store.documents(_ids(wanted))}
        found = _alike(desk, comparer, wanted, documents)
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
    with tally.timed("recording"):
        if older:
            _keep_the_name(desk, documents, fingerprints, older)
        _sign(desk, {key: each for key, each in made.items() if key not in older})


def _alike(
    desk: Desk,
    comparer: Comparer,
    wanted: Iterable[tuple[str, str]],
    documents: Mapping[str, Document],
) -> list[NearDuplicates]:
    """Return which of the pairs ``wanted`` are near-duplicates, most similar first."""
    store = desk.records.documents
    opened = {
        key: Candidate(key, each.source, each.title, [c.text for c in store.chunks_of(key)])
        for key, each in documents.items()
    }
    compared = (comparer.compare(opened[one], opened[two]) for one, two in wanted)
    found = [each for each in compared if each is not None]
    return sorted(found, key=lambda each: (-each.alike, each.one, each.two))


def _keep_the_name(
    desk: Desk,
    documents: Mapping[str, Document],
    fingerprints: Mapping[str, str],
    older: Mapping[str, str],
) -> None:
    """Keep the older of two as a record without chunks: it is read again if the newer goes."""
    store = desk.records.documents
    places = Places(desk.sealer, fingerprints)
    gone: list[str] = []
    with desk.records.transaction():
        for key, newer in older.items():
            gone += (chunk.id for chunk in store.chunks_of(key))
            origin = replace(places.known[key], newer=places.version(newer))
            store.put(replace(documents[key], fingerprint=origin.write()), [])
        desk.ledger.append("superseded", documents=len(older), chunks=len(gone))
    desk.vectors.remove(gone)


def _sign(desk: Desk, made: Mapping[str, bytes]) -> None:
    signatures = list(made.items())
    for start in range(0, len(signatures), _SIGNED_AT_ONCE):
        desk.records.documents.sign(dict(signatures[start : start + _SIGNED_AT_ONCE]))


def _ids(wanted: Sequence[tuple[str, str]]) -> list[str]:
    return sorted({key for pair in wanted for key in pair})
