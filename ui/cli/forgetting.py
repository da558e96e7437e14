"""``forget …``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.documents import path_of
from ui.cli.options import Json, Tenant

if TYPE_CHECKING:
    from ui.operations.forgetting import Forgotten


def document(
    source: Annotated[
        str,
        typer.Argument(
            help="Its name in citations, or the path of a file or folder that was read."
        ),
    ],
    *,
    tenant: Tenant,
    json: Json = False,
) -> None:
    """Values of the vault that are in no other text are erased too.

    The file itself is not deleted: if it stays in a folder that is read, the next `ingest` reads it
    again.
    """
    from ui.operations.forgetting import DOCUMENT, ForgetArgs

    with screen.watching() as progress:
        args = ForgetArgs(tenant=tenant, name=path_of(source))
        done = perform(DOCUMENT, args, progress=progress)
    print_forgotten(done, f"documents: {done.documents}, chunks: {done.chunks}", json=json)


def ticket(
    reference: Annotated[str, typer.Argument(help="The ticket's number.")],
    *,
    tenant: Tenant,
    json: Json = False,
) -> None:
    from ui.operations.forgetting import TICKET, ForgetArgs

    with screen.watching() as progress:
        done = perform(TICKET, ForgetArgs(tenant=tenant, name=reference), progress=progress)
    print_forgotten(done, f"the ticket; its drafts: {done.drafts}", json=json)


def print_forgotten(done: Forgotten, what: str, *, json: bool) -> None:
    """Print what was forgotten, and what may still contain words of it."""
    if json:
        screen.as_json(done)
        return
    screen.say(f"Forgot {what}; values of the vault: {done.values}.")
    if done.quoting:
        screen.note(f"Drafts that still quote it: {done.quoting}; `forget ticket` erases them.")
    if not done.erased:
        screen.note("PostgreSQL keeps deleted rows and its log until it vacuums and recycles them.")
