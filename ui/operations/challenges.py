"""Challenges of replies: open one for the person concerned, decide it, list them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from assistant.model import ChallengeOutcome, ChallengeReason, DraftKind, Role
from guardrails.identity.permissions import Right
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller, at_desk
from ui.operations.names import names_of
from ui.operations.needs import member, owner_or
from ui.operations.review import whole_id

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from assistant.model import Challenge


class OpenArgs(TenantArgs):
    """A released reply, or a draft; each by its id or by a unique prefix of it."""

    reply: str = ""
    draft: str = ""
    reason: ChallengeReason = ChallengeReason.HUMAN_REVIEW


class OutcomeArgs(TenantArgs):
    """A challenge by its id or by a unique prefix of it, and what becomes of its reply."""

    challenge: str
    outcome: ChallengeOutcome


class ChallengesArgs(TenantArgs):
    """With ``decided`` the decided challenges are listed too."""

    decided: bool = False


class ChallengeView(Shape):
    """A challenge; ``outcome`` and ``decided_by`` are empty while it is open.

    ``opened_by`` and ``decided_by`` are logins.
    """

    id: str
    draft: str
    reference: str
    reason: str
    opened_at: datetime
    opened_by: str
    due_at: datetime
    overdue: bool
    outcome: str
    decided_at: datetime | None
    decided_by: str


class ChallengeList(Shape):
    """Open challenges by the day on which they are due, then decided ones."""

    challenges: tuple[ChallengeView, ...]


def _open(home: Home, caller: Caller, args: OpenArgs, _progress: Progress) -> ChallengeView:
    from assistant.errors import BadInput
    from assistant.flows.challenges import draft_of_reply, open_challenge

    if bool(args.reply) == bool(args.draft):
        raise BadInput("Name a reply or a draft.", todo="Give one of both.")
    desk, person = at_desk(home, caller, args.tenant)
    draft = draft_of_reply(desk, args.reply) if args.reply else whole_id(desk, args.draft)
    return _views(home, desk, [open_challenge(desk, person, draft, args.reason)])[0]


def _decide(home: Home, caller: Caller, args: OutcomeArgs, _progress: Progress) -> ChallengeView:
    from assistant.flows.challenges import decide

    desk, person = at_desk(home, caller, args.tenant)
    return _views(home, desk, [decide(desk, person, args.challenge, args.outcome)])[0]


def _list(home: Home, _caller: Caller, args: ChallengesArgs, _progress: Progress) -> ChallengeList:
    from assistant.flows.challenges import listed

    desk = home.desk(args.tenant)
    return ChallengeList(challenges=_views(home, desk, listed(desk, decided=args.decided)))


def _views(home: Home, desk: Desk, found: Iterable[Challenge]) -> tuple[ChallengeView, ...]:
    name, now = names_of(home), desk.clock()
    references = {each.id: each.reference for each in desk.records.drafts.made(DraftKind.REPLY)}
    return tuple(
        ChallengeView(
            id=each.id,
            draft=each.draft_id,
            reference=references.get(each.draft_id, ""),
            reason=each.reason,
            opened_at=each.opened_at,
            opened_by=name(each.opened_by),
            due_at=each.due_at,
            overdue=each.overdue(now),
            outcome=each.outcome or "",
            decided_at=each.decided_at,
            decided_by=name(each.decided_by) if each.decided_by else "",
        )
        for each in found
    )


OPEN = Operation(
    "challenge.open", OpenArgs, ChallengeView, _open, needs=member(Role.AGENT, Role.OFFICER)
)
DECIDE = Operation(
    "challenge.decide",
    OutcomeArgs,
    ChallengeView,
    _decide,
    needs=member(Role.REVIEWER, right=Right.RELEASE),
)
LIST = Operation(
    "challenge.list",
    ChallengesArgs,
    ChallengeList,
    _list,
    needs=owner_or(Role.AGENT, Role.OFFICER),
)
