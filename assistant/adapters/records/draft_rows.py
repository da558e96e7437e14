"""Drafts to rows and back: every text is sealed; our own words and numbers are not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from assistant.adapters.records.cells import Cells
from assistant.adapters.records.scope import Scope
from assistant.model import (
    NO_TEXT,
    Audience,
    Citation,
    Decision,
    Draft,
    DraftKind,
    DraftState,
    Finding,
    FindingKind,
    Made,
    Outcome,
    Reply,
    Review,
    Thread,
    Written,
)
from guardrails import RedactedText
from guardrails.ai_mark import AiMark

_TEXTS_OF_CITATION = 3  # source, title, heading


def draft_row(scope: Scope, draft: Draft) -> dict[str, Any]:
    """Return the row of a draft."""
    return scope.row(
        id=draft.id,
        ticket_id=draft.ticket_id,
        reference=draft.reference,
        kind=draft.kind.value,
        state=draft.state.value,
        policy_version=draft.policy_version,
        created_at=draft.created_at,
        turns=draft.turns,
        digest=draft.digest,
        **written_values(scope.cells("drafts", draft.id, draft.policy_version), draft.written),
    )


def draft(scope: Scope, row: Row[Any]) -> Draft:
    """Return the draft of a row."""
    return Draft(
        id=row.id,
        ticket_id=row.ticket_id,
        reference=row.reference,
        kind=DraftKind(row.kind),
        state=DraftState(row.state),
        written=_written(scope.cells("drafts", row.id, row.policy_version), row),
        created_at=row.created_at,
        policy_version=row.policy_version,
        turns=row.turns,
        digest=row.digest,
    )


def made(row: Row[Any]) -> Made:
    """Return the draft of a row without its texts."""
    return Made(
        id=row.id,
        ticket_id=row.ticket_id,
        reference=row.reference,
        kind=DraftKind(row.kind),
        state=DraftState(row.state),
        created_at=row.created_at,
        thread=Thread(row.turns, row.digest),
    )


def written_values(cells: Cells, written: Written) -> dict[str, Any]:
    """Return the columns that hold what was written."""
    cited = [text for each in written.citations for text in (each.source, each.title, each.heading)]
    return {
        "saw": cells.seal_redacted("saw", written.saw),
        "said": cells.seal_redacted("said", written.said),
        "body": cells.seal_redacted("body", written.body),
        "brief": cells.seal_redacted("brief", written.brief),
        "drafted": cells.seal_redacted("drafted", written.drafted) if written.drafted else None,
        "cited": cells.seal_redacted_all("cited", cited),
        "details": json.dumps(_details(written)),
    }


def review_row(scope: Scope, row_id: str, review: Review) -> dict[str, Any]:
    """Return the row of a decision."""
    return scope.row(
        id=row_id,
        draft_id=review.draft_id,
        user_id=review.by,
        action=review.action,
        at=review.at,
        distance=review.distance,
    )


def review(row: Row[Any]) -> Review:
    """Return the decision of a row."""
    return Review(row.draft_id, row.user_id, row.action, row.at, row.distance)


def decision(row: Row[Any]) -> Decision:
    """Return the decision of a row that also has the draft's time and details."""
    details: dict[str, Any] = json.loads(row.details)
    cited = min(details["citations"], key=lambda each: each["number"], default=None)
    return Decision(
        row.draft_id,
        row.created_at,
        details.get("drafted_by") or details["writer"],
        cited["document_id"] if cited else "",
        row.user_id,
        row.action,
        row.at,
        row.distance,
    )


def reply_row(scope: Scope, reply: Reply) -> dict[str, Any]:
    """Return the row of a released reply."""
    return scope.row(
        id=reply.id,
        draft_id=reply.draft_id,
        reference=reply.reference,
        policy_version=scope.policy_version,
        text=scope.cells("replies", reply.id).seal_raw("text", reply.text),
        released_by=reply.released_by,
        released_at=reply.released_at,
        delivered_at=reply.delivered_at,
        ai_generated=reply.ai.generated,
        notices=json.dumps(reply.ai.notices),
    )


def reply(scope: Scope, row: Row[Any]) -> Reply:
    """Return the released reply of a row."""
    return Reply(
        id=row.id,
        draft_id=row.draft_id,
        reference=row.reference,
        text=scope.cells("replies", row.id, row.policy_version).open_raw("text", row.text),
        released_by=row.released_by,
        released_at=row.released_at,
        delivered_at=row.delivered_at,
        ai=AiMark(row.ai_generated, tuple(json.loads(row.notices))),
    )


def _details(written: Written) -> dict[str, Any]:
    return {
        "writer": written.writer,
        "notes": written.notes,
        "intents": written.intents,
        "highlight": written.highlight,
        "drafted_by": written.drafted_by,
        "prompt": written.prompt,
        "outcome": written.outcome,
        "findings": [asdict(finding) for finding in written.findings],
        "refused": [asdict(finding) for finding in written.refused],
        "citations": [
            {
                "number": each.number,
                "chunk_id": each.chunk_id,
                "document_id": each.document_id,
                "first_line": each.first_line,
                "last_line": each.last_line,
                "audience": each.audience.value,
            }
            for each in written.citations
        ],
    }


def _written(cells: Cells, row: Row[Any]) -> Written:
    details: dict[str, Any] = json.loads(row.details)
    return Written(
        saw=cells.open_redacted("saw", row.saw),
        said=cells.open_redacted("said", row.said),
        body=cells.open_redacted("body", row.body),
        writer=details["writer"],
        citations=_citations(details["citations"], cells.open_redacted_all("cited", row.cited)),
        findings=_findings(details["findings"]),
        notes=tuple(details["notes"]),
        intents=tuple(details["intents"]),
        # drafts of earlier versions have none of these
        refused=_findings(details.get("refused", ())),
        brief=NO_TEXT if row.brief is None else cells.open_redacted("brief", row.brief),
        highlight=_pair(details.get("highlight")),
        drafted=NO_TEXT if row.drafted is None else cells.open_redacted("drafted", row.drafted),
        drafted_by=details.get("drafted_by", ""),
        prompt=details.get("prompt", ""),
        outcome=Outcome(details["outcome"]) if details.get("outcome") else None,
    )


def _pair(kept: Sequence[int] | None) -> tuple[int, int] | None:
    return None if kept is None else (kept[0], kept[1])


def _findings(kept: Sequence[Any]) -> tuple[Finding, ...]:
    return tuple(Finding(**(each | {"kind": FindingKind(each["kind"])})) for each in kept)


def _citations(
    places: Sequence[dict[str, Any]], texts: Sequence[RedactedText]
) -> tuple[Citation, ...]:
    triples = zip(*(iter(texts),) * _TEXTS_OF_CITATION, strict=True)
    return tuple(
        Citation(source=source, title=title, heading=heading, **_place(place))
        for place, (source, title, heading) in zip(places, triples, strict=True)
    )


def _place(kept: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a citation; those of earlier versions have no audience."""
    return kept | {"audience": Audience(kept.get("audience", Audience.AGENT))}
