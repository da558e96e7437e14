"""A question may be put to some documents alone: by type, place, tag, product and date."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.desk import Desk
from assistant.errors import BadInput
from assistant.search.filters import Only, only
from assistant.search.indexing import index_chunks
from assistant.search.retrieve import retrieve
from guardrails import RawText
from tests.fakes.desks import a_desk
from tests.fakes.plain import washed
from tests.fakes.samples import a_document, chunks_of

PDF, MD, OLD = "vpn/guide.pdf", "vpn/guide.md", "vpnold/guide.md"
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "sources"),
    [
        (Only(type="pdf"), {PDF}),
        (Only(type=".PDF", source="vpn/"), {PDF}),
        (Only(source="vpn"), {PDF, MD}),
        (Only(source="vpnold/guide.md"), {OLD}),
        (Only(tags=(washed("Remote"),)), {PDF, MD}),
        (Only(tags=(washed("remote"), washed("mac"))), {MD}),
        (Only(products=(washed("tunnel"),)), {MD}),
        (Only(since=MARCH), {PDF}),
        (Only(), {PDF, MD, OLD}),
    ],
)
def test_only_documents_that_pass_every_filter_answer(asked: Only, sources: set[str]) -> None:
    found = retrieve(_guides(), washed("the guide to the VPN"), only=asked)
    assert {each.source.reveal() for each in found.passages} == sources


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (Only(type="docx"), "ending"),
        (Only(since=MARCH.replace(day=2)), "The newest here is of 2026-03-01."),
        (Only(tags=(washed("wifi"),)), "Tags here: remote, mac."),
        (Only(products=(washed("wifi"),)), "Products here: Tunnel."),
    ],
)
def test_a_filter_that_nothing_passes_says_what_there_is(asked: Only, told: str) -> None:
    with pytest.raises(BadInput) as caught:
        retrieve(_guides(), washed("the guide"), only=asked)
    assert told in caught.value.todo


def test_a_tag_that_names_somebody_is_found_by_that_name() -> None:
    desk = a_desk("Priya Raghunathan")
    tag = desk.redactor.redact(RawText("Priya Raghunathan")).text
    document = replace(a_document(), tags=(tag,))
    asked = only(desk.redactor, tags=[" Priya Raghunathan "])
    assert asked.admits(document)
    assert "Priya" not in repr(asked)


def test_blank_filters_are_none() -> None:
    assert not only(a_desk().redactor, type_=" ", tags=["", " "])


def _guides() -> Desk:
    desk = a_desk()
    for source, tags, products, updated in (
        (PDF, ("remote",), (), MARCH),
        (MD, ("remote", "mac"), ("Tunnel",), datetime(2025, 1, 1, tzinfo=UTC)),
        (OLD, (), (), None),
    ):
        document = replace(
            a_document(source),
            tags=tuple(map(washed, tags)),
            products=tuple(map(washed, products)),
            updated=updated,
        )
        chunks = chunks_of(document, ["The guide to the VPN."])
        desk.records.documents.put(document, chunks)
        index_chunks(desk.embedder, desk.vectors, chunks, {document.id: document.title})
    return desk
