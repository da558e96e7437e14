"""Explain how a draft was made."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from assistant.model import Role
from ui.operations.base import Operation, Progress, Shape
from ui.operations.callers import Caller, at_desk
from ui.operations.drafts import CitationView, FindingView, draft_view
from ui.operations.needs import member
from ui.operations.review import OneDraft, whole_id

if TYPE_CHECKING:
    from assistant.bootstrap import Home


class DecidedBy(Shape):
    """A decision about a draft; ``by`` is the user's id."""

    by: str
    action: str
    at: datetime


class ExplanationView(Shape):
    """How a draft was made, redacted.

    ``ai_generated`` is false for a reply by hand, which carries no ``notices``. ``writer`` made the
    draft, ``prompt`` is the version of the prompts of a model, ``outcome`` what became of its text.
    ``findings`` are about the text as it is now, ``refused`` about what a model said.
    ``policy_hash`` is the SHA-256 of the rules under which it was queued.
    """

    draft: str
    reference: str
    kind: str
    ai_generated: bool
    notices: tuple[str, ...]
    writer: str
    prompt: str
    outcome: str
    passages: tuple[CitationView, ...]
    findings: tuple[FindingView, ...]
    refused: tuple[FindingView, ...]
    notes: tuple[str, ...]
    policy_version: int
    policy_hash: str
    decisions: tuple[DecidedBy, ...]


def _explain(home: Home, caller: Caller, args: OneDraft, _progress: Progress) -> ExplanationView:
    from assistant.flows.explain import explain

    desk, person = at_desk(home, caller, args.tenant)
    found = explain(desk, person, whole_id(desk, args.draft))
    written, shown = found.draft.written, draft_view(found.draft, found.ai.notices)
    return ExplanationView(
        draft=found.draft.id,
        reference=found.draft.reference,
        kind=found.draft.kind.value,
        ai_generated=found.ai.generated,
        notices=found.ai.notices,
        writer=written.drafted_by or written.writer,
        prompt=written.prompt,
        outcome=written.outcome or "",
        passages=shown.citations,
        findings=shown.findings,
        refused=shown.refused,
        notes=written.notes,
        policy_version=found.draft.policy_version,
        policy_hash=str(found.row.get("policy_hash", "")),
        decisions=tuple(
            DecidedBy(by=each.by, action=each.action, at=each.at) for each in found.reviews
        ),
    )


EXPLAIN = Operation(
    "explain", OneDraft, ExplanationView, _explain, needs=member(Role.AGENT, Role.OFFICER)
)
