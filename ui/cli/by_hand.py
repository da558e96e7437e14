"""``reply write``: a reply in a person's own words."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Login, Tenant
from ui.cli.typed import credential, edited, text_of


def write(
    reference: Annotated[str, typer.Argument(metavar="REFERENCE", help="The ticket's number.")],
    *,
    tenant: Tenant,
    login: Login,
    file: Annotated[
        str,
        typer.Option(
            "--file", "-f", help="The file of the reply (- is stdin); otherwise your editor opens."
        ),
    ] = "",
    confirm_internal: Annotated[
        bool,
        typer.Option(help="Confirm that the customer may read what in it is for agents only."),
    ] = False,
    json: Json = False,
) -> None:
    """It works while AI is off, and waits for a reviewer like every other reply."""
    from assistant.settings import load_settings
    from ui.operations.by_hand import WRITE, ByHandArgs

    who = credential(login)
    text = text_of(file) if file else edited("", load_settings().home)
    args = ByHandArgs(
        tenant=tenant, reference=reference, text=text, confirm_internal=confirm_internal
    )
    made = perform(WRITE, args, credential=who)
    if json:
        screen.as_json(made)
        return
    screen.say(f"The reply to {made.reference} waits for a reviewer ({made.id[:8]}).")
    for each in made.findings:
        screen.note(f"  ! {each.kind}: {each.note}{' (blocks)' if each.blocks else ''}")
