"""Puts a writer's text into the review queue, with its ledger row, in one transaction."""

from __future__ import annotations

from assistant.desk import Desk
from assistant.flows.ai import FEATURES, must_be_on
from assistant.model import Draft, DraftKind, DraftState, Ticket, Written, new_id
from guardrails.audit.ledger import digest


def new_draft(desk: Desk, ticket: Ticket, kind: DraftKind, written: Written) -> Draft:
    """Return a draft for the ticket's thread as it is now, which is not stored yet."""
    return Draft(
        id=new_id(),
        ticket_id=ticket.id,
        reference=ticket.reference,
        kind=kind,
        state=DraftState.PENDING,
        written=written,
        created_at=desk.clock(),
        policy_version=desk.tenant.policy.version,
        turns=ticket.thread.turns,
        digest=ticket.thread.digest,
    )


def queue(desk: Desk, ticket: Ticket, kind: DraftKind, written: Written) -> Draft:
    """Store a draft, and record the outcome of the requests that it came from.

    Drafts of this ticket and kind that wait are superseded by it. `AiOff` for what AI wrote if the
    feature was switched off meanwhile.
    """
    draft = new_draft(desk, ticket, kind, written)
    with desk.records.transaction():
        if not written.by_hand:
            must_be_on(desk, FEATURES[kind], ticket.reference)
        replaced = desk.records.drafts.supersede(ticket.id, kind)
        desk.records.drafts.add(draft)
        desk.ledger.append(
            "draft.queued",
            draft=draft.id,
            draft_kind=kind.value,
            ticket=ticket.id,
            writer=written.writer,
            prompt=written.prompt,
            model=written.outcome or "",
            intents=" ".join(map(str, written.intents)),
            body_sha256=digest(written.body.reveal().encode()),
            findings=len(written.findings),
            turns=draft.turns,
        )
        for old in replaced:
            desk.ledger.append("draft.superseded", draft=old, by_draft=draft.id)
    return draft
