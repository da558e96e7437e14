"""Filters limit a question to some documents: by type, place, tag, product and date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.desk import Desk
from assistant.errors import BadInput
from assistant.model import Document
from assistant.search.filters import DocumentFilter, parse_filter
from assistant.search.indexing import index_chunks
from assistant.search.retrieve import retrieve
from guardrails import RawText
from tests.fakes.desks import a_desk
from tests.fakes.plain import redacted
from tests.fakes.samples import a_document, chunks_of

PDF, MD, OLD = "vpn/guide.pdf", "vpn/guide.md", "vpnold/guide.md"
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "sources"),
    [
        (DocumentFilter(type="pdf"), {PDF}),
        (DocumentFilter(type=".PDF", source="vpn/"), {PDF}),
        (DocumentFilter(source="vpn"), {PDF, MD}),
        (DocumentFilter(source="vpnold/guide.md"), {OLD}),
        (DocumentFilter(tags=(redacted("Remote"),)), {PDF, MD}),
        (DocumentFilter(tags=(redacted("remote"), redacted("mac"))), {MD}),
        (DocumentFilter(products=(redacted("tunnel"),)), {MD}),
        (DocumentFilter(since=MARCH), {PDF}),
        (DocumentFilter(), {PDF, MD, OLD}),
    ],
)
def test_only_documents_that_pass_every_filter_answer(
    asked: DocumentFilter, sources: set[str]
) -> None:
    found = retrieve(_guides(), redacted("the guide to the VPN"), filters=asked)
    assert {each.source.reveal() for each in found.passages} == sources


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (DocumentFilter(type="docx"), "ending"),
        (DocumentFilter(since=MARCH.replace(day=2)), "The newest here is of 2026-03-01."),
        (DocumentFilter(tags=(redacted("wifi"),)), "Tags here: remote, mac."),
        (DocumentFilter(products=(redacted("wifi"),)), "Products here: Tunnel."),
    ],
)
def test_a_filter_that_nothing_passes_says_what_there_is(asked: DocumentFilter, told: str) -> None:
    with pytest.raises(BadInput) as caught:
        retrieve(_guides(), redacted("the guide"), filters=asked)
    assert told in caught.value.todo


def test_a_tag_that_names_a_person_is_found_by_that_name() -> None:
    desk = a_desk("Priya Raghunathan")
    tag = desk.redactor.redact(RawText("Priya Raghunathan")).text
    document = replace(a_document(), tags=(tag,))
    asked = parse_filter(desk.redactor, tags=[" Priya Raghunathan "])
    assert asked.admits(document)
    assert "Priya" not in repr(asked)


def test_blank_filters_are_none() -> None:
    assert not parse_filter(a_desk().redactor, type_=" ", tags=["", " "])


def _guides() -> Desk:
    desk = a_desk()
    for source, tags, products, updated in (
        (PDF, ("remote",), (), MARCH),
        (MD, ("remote", "mac"), ("Tunnel",), datetime(2025, 1, 1, tzinfo=UTC)),
        (OLD, (), (), None),
    ):
        document = replace(
            a_document(source),
            tags=tuple(map(redacted, tags)),
            products=tuple(map(redacted, products)),
            updated=updated,
        )
        chunks = chunks_of(document, ["The guide to the VPN."])
        desk.records.documents.put(document, chunks)
        index_chunks(desk.embedder, desk.vectors, chunks, {document.id: document.title})
    return desk


def test_leaving_one_document_out_reads_no_list_of_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = _guides()
    (pdf,) = (each for each in desk.records.documents.documents() if each.source.reveal() == PDF)
    real, asked = desk.records.documents.documents, list[Sequence[str] | None]()

    def listed(ids: Sequence[str] | None = None) -> list[Document]:
        asked.append(ids)
        return real(ids)

    monkeypatch.setattr(desk.records.documents, "documents", listed)
    found = retrieve(desk, redacted("the guide to the VPN"), filters=DocumentFilter(but=pdf.id))
    assert {each.source.reveal() for each in found.passages} == {MD, OLD}
    assert None not in asked
