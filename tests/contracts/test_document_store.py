from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.ports import Records
from tests.fakes.plain import redacted
from tests.fakes.samples import a_document, chunks_of, fail_after


def test_what_was_put_comes_back_whole(records: Records) -> None:
    document = a_document()
    chunks = chunks_of(document, ["one <PERSON_1>", "two 🦷", ""])
    records.documents.put(document, chunks)
    assert records.documents.document(document.id) == document
    assert sorted(records.documents.chunks(), key=lambda chunk: chunk.ordinal) == chunks


def test_what_a_document_says_of_itself_comes_back(records: Records) -> None:
    labels = (redacted("vpn"), redacted("<ORGANIZATION_2>"))
    when = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    document = replace(a_document(), tags=labels, products=labels[:1], updated=when)
    records.documents.put(document, [])
    assert records.documents.document(document.id) == document


def test_an_unknown_document_is_none(records: Records) -> None:
    assert records.documents.document("nobody") is None


def test_documents_are_listed_by_source(records: Records) -> None:
    for source in ("b.md", "c.md", "a.md"):
        records.documents.put(a_document(source), [])
    listed = [document.source.reveal() for document in records.documents.documents()]
    assert listed == ["a.md", "b.md", "c.md"]


def test_putting_a_document_again_replaces_its_chunks(records: Records) -> None:
    document = a_document()
    records.documents.put(document, chunks_of(document, ["old"] * 3))
    changed = replace(document, fingerprint="0" * 64)
    fresh = chunks_of(changed, ["new"])
    records.documents.put(changed, fresh)
    assert records.documents.documents() == [changed]
    assert records.documents.chunks() == fresh


def test_chunks_are_found_by_id_and_unknown_ids_are_passed_over(records: Records) -> None:
    document = a_document()
    chunks = chunks_of(document, ["one", "two", "three"])
    records.documents.put(document, chunks)
    found = records.documents.chunks([chunks[2].id, "nobody", chunks[0].id])
    assert {chunk.id for chunk in found} == {chunks[0].id, chunks[2].id}
    assert records.documents.chunks([]) == []


def test_a_chunk_has_its_document_and_unknown_ids_are_ignored(records: Records) -> None:
    first, second = a_document("a.md"), a_document("b.md")
    ones, twos = chunks_of(first, ["one", "two"]), chunks_of(second, ["three"])
    records.documents.put(first, ones)
    records.documents.put(second, twos)
    asked = [twos[0].id, "f" * 32, ones[1].id]
    assert records.documents.owners(asked) == {twos[0].id: second.id, ones[1].id: first.id}
    assert records.documents.owners([]) == {}


def test_documents_are_found_by_id_and_unknown_ids_are_passed_over(records: Records) -> None:
    first, second = a_document("a.md"), a_document("b.md")
    for document in (first, second):
        records.documents.put(document, [])
    found = records.documents.documents([second.id, "f" * 32])
    assert [document.id for document in found] == [second.id]


def test_the_chunks_of_one_document_come_in_their_order(records: Records) -> None:
    document, other = a_document("a.md"), a_document("b.md")
    chunks = chunks_of(document, [f"step {number}" for number in range(12)])
    records.documents.put(document, chunks[::-1])
    records.documents.put(other, chunks_of(other, ["elsewhere"]))
    assert records.documents.chunks_of(document.id) == chunks
    assert records.documents.chunks_of("nobody") == []


def test_fingerprints_are_returned_by_document(records: Records) -> None:
    first, second = a_document("a.md"), replace(a_document("b.md"), fingerprint="0" * 64)
    for document in (first, second):
        records.documents.put(document, [])
    assert records.documents.fingerprints() == {first.id: "f" * 64, second.id: "0" * 64}


def test_a_signature_lasts_until_its_document_is_put_again(records: Records) -> None:
    first, second = a_document("a.md"), a_document("b.md")
    for document in (first, second):
        records.documents.put(document, [])
    version = records.documents.version()
    records.documents.sign({first.id: b"one", "nobody": b"two"})
    assert records.documents.signatures() == {first.id: b"one", second.id: None}
    assert records.documents.version() == version
    records.documents.put(first, [])
    assert records.documents.signatures() == {first.id: None, second.id: None}


def test_removing_names_exactly_the_chunks_that_went(records: Records) -> None:
    gone, kept = a_document("gone.md"), a_document("kept.md")
    gone_chunks, kept_chunks = chunks_of(gone, ["1", "2"]), chunks_of(kept, ["3"])
    records.documents.put(gone, gone_chunks)
    records.documents.put(kept, kept_chunks)
    removed = records.documents.remove([gone.id, "nobody"])
    assert sorted(removed) == sorted(chunk.id for chunk in gone_chunks)
    assert records.documents.documents() == [kept]
    assert records.documents.chunk_ids() == {kept_chunks[0].id}


def test_thousands_of_chunks_go_in_and_come_out(records: Records) -> None:
    document = a_document()
    chunks = chunks_of(document, [f"step {number}" for number in range(2500)])
    records.documents.put(document, chunks)
    assert len(records.documents.chunks([chunk.id for chunk in chunks])) == len(chunks)


def test_every_put_and_remove_changes_the_version(records: Records) -> None:
    document = a_document()
    seen = [records.documents.version()]
    records.documents.put(document, [])
    seen.append(records.documents.version())
    records.documents.put(document, [])
    seen.append(records.documents.version())
    records.documents.remove([document.id])
    seen.append(records.documents.version())
    assert len(set(seen)) == len(seen)


def test_a_failed_transaction_leaves_no_document(records: Records) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after(records, lambda: records.documents.put(a_document(), []))
    assert records.documents.documents() == []
