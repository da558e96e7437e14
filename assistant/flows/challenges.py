"""Challenges: a person concerned asks for a second look at a reply that was released or refused.

An agent opens the challenge; it is due at the end of the policy's last day for it. Where the policy
asks for another person, it is decided by a reviewer who has had no part in the draft or in opening
the challenge.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from assistant.desk import Desk
from assistant.errors import BadInput, NotFound, NotPermitted, Refused
from assistant.flows.checks import draft_of, must_decide
from assistant.model import (
    Challenge,
    ChallengeOutcome,
    ChallengeReason,
    Draft,
    DraftKind,
    DraftState,
    new_id,
)
from guardrails.identity.permissions import Person
from guardrails.policy.words import SecondLook

_DECIDED = (DraftState.RELEASED, DraftState.REJECTED)
_READ = "draft.seen"
"""That a person has read new messages decides nothing about a draft."""
_SEE = "See `quietdesk challenge list`."


def draft_of_reply(desk: Desk, start: str) -> str:
    """Return the id of the draft of the released reply whose id begins with ``start``."""
    replies = desk.records.drafts.replies()
    found = {each.draft_id for each in replies if start and each.id.startswith(start)}
    if len(found) != 1:
        number = "no" if not found else "more than one"
        raise NotFound(
            f"There is {number} released reply {start}.", todo="See `quietdesk outbox list`."
        )
    return found.pop()


def open_challenge(desk: Desk, person: Person, draft_id: str, reason: ChallengeReason) -> Challenge:
    """Note that a person concerned challenges a draft, and when the second look is due.

    `Refused` for what is neither a released nor a rejected reply, and while another challenge of it
    is open.
    """
    if person.tenant != desk.tenant.slug:
        raise NotPermitted(f"{person.login} has no membership with {desk.tenant.slug}.")
    draft, now = draft_of(desk, draft_id), desk.clock()
    if draft.kind is not DraftKind.REPLY or draft.state not in _DECIDED:
        raise Refused(
            "Only a reply that was released or rejected can be challenged.",
            safe="Nothing was changed.",
            todo="See `quietdesk review list` for what still waits for a decision.",
        )
    days = desk.policy().rules.review.challenge_days
    made = Challenge(
        new_id(), draft.id, draft.ticket_id, reason, now, person.id, due_after(now, days)
    )
    with desk.records.transaction():
        if earlier := [each for each in undecided(desk) if each.draft_id == draft.id]:
            raise Refused(
                f"A challenge of this reply is open already: {earlier[0].id[:8]}.",
                todo=f"It is due on {earlier[0].due_at:%Y-%m-%d}.",
            )
        desk.records.challenges.add(made)
        desk.ledger.append(
            "challenge.opened",
            challenge=made.id,
            draft=draft.id,
            by=person.id,
            reason=reason.value,
            due=made.due_at.isoformat(),
        )
    return made


def due_after(opened: datetime, days: int) -> datetime:
    """Return the end, in UTC, of the day that is ``days`` days after ``opened``."""
    last = (opened.astimezone(UTC) + timedelta(days=days)).date()
    return datetime.combine(last, time.max, UTC)


def decide(desk: Desk, person: Person, start: str, outcome: ChallengeOutcome) -> Challenge:
    """Decide the challenge whose id begins with ``start``; the outcome is kept and never changed.

    `Refused` once it is decided, and for a person who may not take the second look.
    """
    must_decide(desk, person)
    found = challenge_of(desk, start)
    if found.outcome is not None:
        raise Refused(
            f"This challenge is decided already: {found.outcome.value}.", safe="It was not changed."
        )
    must_look_again(desk, person, found, draft_of(desk, found.draft_id))
    now = desk.clock()
    with desk.records.transaction():
        if not desk.records.challenges.decide(found.id, outcome, by=person.id, at=now):
            raise Refused("Another person has just decided about this challenge.", todo=_SEE)
        desk.ledger.append(
            "challenge.decided",
            challenge=found.id,
            draft=found.draft_id,
            by=person.id,
            outcome=outcome.value,
            late=found.overdue(now),
        )
    return challenge_of(desk, found.id)


def must_look_again(desk: Desk, person: Person, challenge: Challenge, draft: Draft) -> None:
    """`Refused` for who opened the challenge or had a part in the draft, if the policy asks so."""
    if desk.policy().rules.review.second_look is not SecondLook.ANOTHER_PERSON:
        return
    kept = "The challenge is still open."
    if person.id == challenge.opened_by:
        raise Refused(
            "You opened this challenge, and the policy asks for another person to decide about it.",
            safe=kept,
            todo="Ask another reviewer.",
        )
    if person.id in {
        each.by for each in desk.records.drafts.reviews(draft.id) if each.action != _READ
    }:
        raise Refused(
            "You wrote, edited or decided this reply, and the policy asks for another person to "
            "take the second look.",
            safe=kept,
            todo="Ask a reviewer who had no part in it.",
        )


def undecided(desk: Desk) -> list[Challenge]:
    """Return the open challenges by the day on which they are due, so overdue ones come first."""
    return [each for each in desk.records.challenges.list() if each.outcome is None]


def overdue(desk: Desk) -> list[Challenge]:
    """Return the open challenges whose day has passed."""
    now = desk.clock()
    return [each for each in undecided(desk) if each.overdue(now)]


def listed(desk: Desk, *, decided: bool = False) -> list[Challenge]:
    """Return the open challenges, overdue first; then, if asked, the decided ones."""
    every = desk.records.challenges.list() if decided else []
    return [*undecided(desk), *(each for each in every if each.outcome is not None)]


def challenge_of(desk: Desk, start: str) -> Challenge:
    """Return the challenge whose id begins with ``start``. `NotFound`, or `BadInput`."""
    found = [each for each in desk.records.challenges.list() if each.id.startswith(start)]
    if not start or not found:
        raise NotFound(f"There is no challenge {start} here.", todo=_SEE)
    if len(found) > 1:
        raise BadInput(f"{len(found)} challenges begin with {start}.", todo=_SEE)
    return found[0]
