"""``tickets …``, ``summarise`` and ``draft``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Login, Tenant
from ui.cli.typed import password, text_of

if TYPE_CHECKING:
    from ui.operations.base import Operation
    from ui.operations.writing import WriteArgs, WriteResult

References = Annotated[
    list[str] | None, typer.Argument(metavar="[REFERENCE]...", help="Ticket numbers.")
]
All = Annotated[
    bool, typer.Option("--all", help="Every open ticket that has nothing of this kind yet.")
]


def import_file(
    file: Annotated[str, typer.Argument(help="A JSON-lines export; - is stdin.")],
    *,
    tenant: Tenant,
    json: Json = False,
) -> None:
    """Bring tickets in; those that are there already are updated. All of a file or none of it."""
    from ui.operations.tickets import IMPORT, Export

    name = "stdin" if file == "-" else Path(file).name
    args = Export(tenant=tenant, name=name, text=text_of(file))
    with screen.watching() as progress:
        done = perform(IMPORT, args, progress=progress)
    if json:
        screen.as_json(done)
    else:
        screen.say(f"{done.new} new, {done.changed} changed, {done.unchanged} unchanged.")


def list_all(*, tenant: Tenant, json: Json = False) -> None:
    """List a tenant's tickets, washed."""
    from ui.operations.base import TenantArgs
    from ui.operations.tickets import LIST

    found = perform(LIST, TenantArgs(tenant=tenant))
    if json:
        screen.as_json(found)
        return
    screen.table(
        ("ticket", "status", "priority", "created", "turns", "requester", "subject"),
        (
            (
                t.reference,
                t.status,
                t.priority,
                f"{t.created_at:%Y-%m-%d}",
                t.turns,
                t.requester,
                t.subject,
            )
            for t in found.tickets
        ),
    )


def show(
    reference: Annotated[str, typer.Argument(help="The ticket's number.")],
    *,
    tenant: Tenant,
    login: Login,
    json: Json = False,
) -> None:
    """Show a ticket as it came, to a person with a seat at its tenant."""
    from ui.operations.tickets import SHOW, OneTicket

    secret = password(f"Password of {login}")
    args = OneTicket(tenant=tenant, login=login, password=secret, reference=reference)
    found = perform(SHOW, args)
    if json:
        screen.as_json(found)
        return
    screen.say(f"{found.reference}  {found.subject}")
    screen.say(f"{found.requester}, {found.status}, {found.priority}")
    for turn in found.turns:
        screen.say(f"\n{turn.at:%Y-%m-%d %H:%M} {turn.author} ({turn.role})\n{turn.text}")


def summarise(
    references: References = None, *, tenant: Tenant, every: All = False, json: Json = False
) -> None:
    """Summarise tickets; each summary is kept with its ledger row."""
    from ui.operations.writing import SUMMARISE

    _write(SUMMARISE, references, tenant, every=every, json=json)


def draft(
    references: References = None, *, tenant: Tenant, every: All = False, json: Json = False
) -> None:
    """Draft cited replies; each one waits in the queue for a person."""
    from ui.operations.writing import DRAFT

    _write(DRAFT, references, tenant, every=every, json=json)


def _write(
    operation: Operation[WriteArgs, WriteResult],
    references: list[str] | None,
    tenant: str,
    *,
    every: bool,
    json: bool,
) -> None:
    from ui.operations.writing import WriteArgs

    args = WriteArgs(tenant=tenant, references=tuple(references or ()), all=every)
    with screen.watching() as progress:
        result = perform(operation, args, progress=progress)
    if json:
        screen.as_json(result)
    else:
        _show(result)
    if result.failed:
        raise typer.Exit(1)


def _show(result: WriteResult) -> None:
    for draft in result.written:
        screen.say(f"{draft.reference}  {draft.kind} {draft.id[:8]} by {draft.writer}")
        screen.say(draft.body or "Nothing was written: nothing here supports a text.")
        screen.citations(draft.citations)
        for finding in draft.findings:
            screen.say(f"  ! {finding.kind}: {finding.note}")
        for note in draft.notes:
            screen.note(f"  {note}")
        screen.say()
    for failure in result.failed:
        screen.note(f"{failure.reference}: {failure.happened}")
    if not result.written and not result.failed:
        screen.say("Nothing to do.")
