"""Drafts and citations as results; placeholders stay placeholders."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ui.operations.base import Shape
from ui.operations.sources import SourceView, cited
from ui.operations.texts import Text, texts

if TYPE_CHECKING:
    from assistant.desk import Desk
    from assistant.model import Citation, Draft, Finding
    from guardrails.identity.permissions import Person


class CitationView(Shape):
    """The source of a sentence."""

    number: int
    source: str
    title: str
    heading: str
    first_line: int
    last_line: int
    place: str
    audience: str


class FindingView(Shape):
    """What a check found in the text that would be sent."""

    kind: str
    start: int
    end: int
    note: str
    blocks: bool


class DraftView(Shape):
    """A draft in the queue, redacted.

    ``brief`` is for agents only, in Markdown with the citation numbers of ``body``. ``findings``
    are places of ``body``; ``refused`` are findings in a model's answer that was not used for it.
    ``stale`` is how many messages of the ticket are newer than the draft. ``ai_generated`` is false
    for a reply by hand; ``notices`` accompany what AI wrote, and are appended when it is released.
    """

    id: str
    reference: str
    kind: str
    state: str
    writer: str
    created_at: datetime
    body: str
    brief: str
    citations: tuple[CitationView, ...]
    findings: tuple[FindingView, ...]
    refused: tuple[FindingView, ...]
    notes: tuple[str, ...]
    stale: int = 0
    ai_generated: bool
    notices: tuple[str, ...]


class WrittenView(Shape):
    """A draft for a permitted person: body and brief with identity restored, and the passages."""

    draft: DraftView
    body: Text
    brief: Text
    sources: tuple[SourceView, ...]


def written_view(desk: Desk, person: Person, draft: Draft) -> WrittenView:
    """Return ``draft`` as ``person`` may read it."""
    from assistant.flows.ai_notice import notices_of
    from assistant.flows.seen import news_of

    body, brief = texts(desk, person, [draft.written.body, draft.written.brief])
    return WrittenView(
        draft=draft_view(draft, notices_of(desk), stale=news_of(desk, draft)),
        body=body,
        brief=brief,
        sources=cited(desk, person, draft.written.citations),
    )


def draft_view(draft: Draft, notices: tuple[str, ...], *, stale: int = 0) -> DraftView:
    """Return ``draft`` as a result; ``stale`` is how many messages are newer.

    ``notices`` are the tenant's; a reply by hand carries none of them.
    """
    from assistant.flows.ai_notice import mark_of

    written = draft.written
    ai = mark_of(written, notices)
    return DraftView(
        id=draft.id,
        reference=draft.reference,
        kind=draft.kind.value,
        state=draft.state.value,
        writer=written.writer,
        created_at=draft.created_at,
        body=written.body.reveal(),
        brief=written.brief.reveal(),
        citations=tuple(citation_view(each) for each in written.citations),
        findings=tuple(_finding_view(each) for each in written.findings),
        refused=tuple(_finding_view(each) for each in written.refused),
        notes=written.notes,
        stale=stale,
        ai_generated=ai.generated,
        notices=ai.notices,
    )


def citation_view(citation: Citation) -> CitationView:
    """Return ``citation`` as a result; ``place`` says what its numbers count."""
    from ingestion.cited import place

    return CitationView(
        number=citation.number,
        source=citation.source.reveal(),
        title=citation.title.reveal(),
        heading=citation.heading.reveal(),
        first_line=citation.first_line,
        last_line=citation.last_line,
        place=place(citation.source.reveal(), citation.first_line, citation.last_line),
        audience=citation.audience.value,
    )


def _finding_view(finding: Finding) -> FindingView:
    return FindingView(
        kind=finding.kind.value,
        start=finding.start,
        end=finding.end,
        note=finding.note,
        blocks=finding.blocks,
    )
