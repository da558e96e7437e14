"""``ledger …``."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Tenant

if TYPE_CHECKING:
    from ui.operations.ledger import RowView

_REFUSED = 4


def show(
    *,
    tenant: Tenant,
    after: Annotated[int, typer.Option(min=0, help="Only rows numbered above this.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most this many.")] = 50,
    json: Json = False,
) -> None:
    from ui.operations.ledger import SHOW, LedgerArgs

    found = perform(SHOW, LedgerArgs(tenant=tenant, after=after, limit=limit))
    screen.listed(
        found,
        ("row", "time", "what", "facts"),
        ((row.number, row.at, row.kind, _facts(row)) for row in found.rows),
        json=json,
    )


def _facts(row: RowView) -> str:
    facts = row.facts
    for user, name in row.names.items():
        facts = facts.replace(dumps(user), dumps(name, ensure_ascii=False))
    return facts


def verify(*, tenant: Tenant, json: Json = False) -> None:
    from ui.operations.base import TenantArgs
    from ui.operations.ledger import VERIFY

    proof = perform(VERIFY, TenantArgs(tenant=tenant))
    if json:
        screen.as_json(proof)
    elif proof.holds:
        screen.say(f"The ledger of {tenant} is intact: {proof.rows} rows.")
    else:
        screen.note(f"The ledger of {tenant} is not intact. Row {proof.broken}: {proof.why}.")
        screen.note("The rows before it are intact. Verifying changed nothing.")
        screen.note("Do not change the home, and compare it with a backup.")
    if not proof.holds:
        raise typer.Exit(_REFUSED)
