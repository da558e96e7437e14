"""Who may decide about a text: where the policy asks for it, nobody who wrote it."""

from __future__ import annotations

from assistant.desk import Desk
from assistant.errors import Refused
from assistant.model import Draft
from guardrails.identity.permissions import Person
from guardrails.policy.words import SecondLook

WRITTEN, EDITED = "reply.written", "draft.edited"
_WROTE = frozenset({WRITTEN, EDITED})


def must_be_another(desk: Desk, person: Person, draft: Draft) -> None:
    """`Refused` for a person who wrote this reply by hand, if the policy asks for another one.

    An ordinary draft was written by AI, so its reviewer is a second person already.
    """
    if not draft.written.by_hand:
        return
    if desk.policy().rules.review.by_hand is not SecondLook.ANOTHER_PERSON:
        return
    if person.id in {
        each.by for each in desk.records.drafts.reviews(draft.id) if each.action in _WROTE
    }:
        raise Refused(
            "You wrote this reply, and the policy asks for another person to decide about it.",
            todo="Ask another reviewer to approve and release it.",
        )
