"""Explains how a draft was made: passages, checks, writer, policy, and who decided about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.desk import Desk
from assistant.flows.ai_notice import mark_of, notices_of
from assistant.flows.checks import draft_of, must_read
from assistant.model import Draft, Review
from guardrails.ai_mark import AiMark
from guardrails.identity.permissions import Person


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a draft was made; ``row`` are the facts of the ledger's row of its queueing.

    ``ai`` has the notices of the policy in force; none for a reply by hand.
    """

    draft: Draft
    row: Mapping[str, Any]
    reviews: tuple[Review, ...]
    ai: AiMark


def explain(desk: Desk, person: Person, draft_id: str) -> Explanation:
    """Return how a draft was made. `NotFound` for an unknown draft."""
    must_read(desk, person)
    draft = draft_of(desk, draft_id)
    mark = mark_of(draft.written, notices_of(desk))
    return Explanation(
        draft, _queued(desk, draft.id), tuple(desk.records.drafts.reviews(draft.id)), mark
    )


def _queued(desk: Desk, draft_id: str) -> Mapping[str, Any]:
    for row in desk.ledger.rows():
        if row.kind == "draft.queued" and (facts := json.loads(row.body))["draft"] == draft_id:
            return facts
    return {}
