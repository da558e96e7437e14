"""``people opt-out``, ``people opt-in`` and ``people opt-outs``."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import AnyLogin, Json, Tenant
from ui.cli.typed import credential

Who = Annotated[
    str,
    typer.Argument(
        metavar="[PERSON]", help="An e-mail address, “Name <address>”, a number or a name."
    ),
]
Ticket = Annotated[str, typer.Option("--ticket", help="The requester of this ticket.")]


def out(
    who: Who = "", *, tenant: Tenant, ticket: Ticket = "", login: AnyLogin = "", json: Json = False
) -> None:
    """It holds at once: waiting drafts by AI are withdrawn, and a batch skips the person's tickets.

    The other addresses of the same person in the tenant's directory are included.
    """
    from ui.operations.opt_outs import OUT, WhoArgs

    args = WhoArgs(tenant=tenant, person=who, ticket=ticket)
    done = perform(OUT, args, credential=credential(login) if login else None)
    what = "Noted" if done.new else "Was noted before"
    screen.tell(
        done,
        f"{what} ({done.id[:8]}). Waiting drafts that were withdrawn: {done.withdrawn}.",
        json=json,
    )


def back_in(
    who: Who = "", *, tenant: Tenant, ticket: Ticket = "", login: AnyLogin = "", json: Json = False
) -> None:
    """PERSON may also be the beginning of an id that `people opt-outs` shows."""
    from ui.operations.opt_outs import IN, WhoArgs

    args = WhoArgs(tenant=tenant, person=who, ticket=ticket)
    done = perform(IN, args, credential=credential(login) if login else None)
    screen.tell(done, f"Opt-outs that were removed: {done.removed}.", json=json)


def list_all(*, tenant: Tenant, login: AnyLogin = "", json: Json = False) -> None:
    """Names are shown to a person who may read tickets; without --as only ids and times are."""
    from ui.operations.base import TenantArgs
    from ui.operations.opt_outs import LIST

    found = perform(
        LIST, TenantArgs(tenant=tenant), credential=credential(login) if login else None
    )
    screen.listed(
        found,
        ("id", "since", "noted by", "person"),
        ((each.id[:8], f"{each.at:%Y-%m-%d}", each.by, each.person) for each in found.people),
        json=json,
    )
