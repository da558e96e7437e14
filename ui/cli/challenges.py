"""``challenge …``: second looks that people concerned ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assistant.model import ChallengeOutcome, ChallengeReason
from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import AnyLogin, Json, Login, Tenant
from ui.cli.typed import credential

if TYPE_CHECKING:
    from ui.operations.challenges import ChallengeView

Reply = Annotated[str, typer.Option("--reply", help="The released reply, or its first digits.")]
Draft = Annotated[str, typer.Option("--draft", help="The draft, or its first digits.")]
Reason = Annotated[ChallengeReason, typer.Option("--reason", help="Why it is challenged.")]
Which = Annotated[
    str, typer.Argument(metavar="CHALLENGE", help="The challenge's id, or its first digits.")
]
Upheld = Annotated[bool, typer.Option("--upheld", help="The reply remains as it is.")]
Changed = Annotated[bool, typer.Option("--changed", help="Another answer takes its place.")]
Withdrawn = Annotated[bool, typer.Option("--withdrawn", help="The reply no longer holds.")]
Every = Annotated[bool, typer.Option("--all", help="Also list the challenges that are decided.")]


def open_one(
    *,
    tenant: Tenant,
    login: Login,
    reply: Reply = "",
    draft: Draft = "",
    reason: Reason = ChallengeReason.HUMAN_REVIEW,
    json: Json = False,
) -> None:
    """It is due after the days that the tenant's policy gives, at the end of the day (UTC).

    What the person said stays in the ticket; a challenge holds no text.
    """
    from ui.operations.challenges import OPEN, OpenArgs

    args = OpenArgs(tenant=tenant, reply=reply, draft=draft, reason=reason)
    made = perform(OPEN, args, credential=credential(login))
    screen.tell(
        made,
        f"Challenge {made.id[:8]} of {made.reference} is open; due on {made.due_at:%Y-%m-%d}.",
        json=json,
    )


def decide(
    challenge: Which,
    *,
    tenant: Tenant,
    login: Login,
    upheld: Upheld = False,
    changed: Changed = False,
    withdrawn: Withdrawn = False,
    json: Json = False,
) -> None:
    """The outcome is kept and cannot be changed. It sends nothing: write a new reply where needed.

    Where the policy asks for another person, who wrote, edited or decided the reply, or opened the
    challenge, may not decide it.
    """
    from ui.operations.challenges import DECIDE, OutcomeArgs

    outcome = _one_of(upheld=upheld, changed=changed, withdrawn=withdrawn)
    args = OutcomeArgs(tenant=tenant, challenge=challenge, outcome=outcome)
    done = perform(DECIDE, args, credential=credential(login))
    screen.tell(
        done, f"Challenge {done.id[:8]} of {done.reference} is decided: {done.outcome}.", json=json
    )


def list_all(
    *, tenant: Tenant, login: AnyLogin = "", every: Every = False, json: Json = False
) -> None:
    from ui.operations.challenges import LIST, ChallengesArgs

    args = ChallengesArgs(tenant=tenant, decided=every)
    found = perform(LIST, args, credential=credential(login) if login else None)
    screen.listed(
        found,
        ("challenge", "ticket", "draft", "reason", "opened by", "due", "state"),
        (_row(each) for each in found.challenges),
        json=json,
    )


def _row(each: ChallengeView) -> tuple[str, ...]:
    state = f"{each.outcome} by {each.decided_by}" if each.outcome else "open"
    return (
        each.id[:8],
        each.reference,
        each.draft[:8],
        each.reason,
        each.opened_by,
        f"{each.due_at:%Y-%m-%d}",
        "OVERDUE" if each.overdue else state,
    )


def _one_of(**said: bool) -> ChallengeOutcome:
    from assistant.errors import BadInput

    chosen = [ChallengeOutcome(name) for name, each in said.items() if each]
    if len(chosen) != 1:
        raise BadInput("Say what becomes of the reply.", todo="Give one outcome: see --help.")
    return chosen[0]
