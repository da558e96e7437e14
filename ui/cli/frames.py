"""``frames …``."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Tenant


def show(*, tenant: Tenant, json: Json = False) -> None:
    from ui.operations.base import TenantArgs
    from ui.operations.frames import SHOW

    found = perform(SHOW, TenantArgs(tenant=tenant))
    screen.listed(
        found,
        ("language", "frame", "own", "words"),
        (
            (each.language, each.frame, "yes" if each.own else "", each.text)
            for each in found.frames
        ),
        json=json,
    )


def change(
    language: Annotated[str, typer.Argument(help="A code such as de.")],
    frame: Annotated[str, typer.Argument(help="The frame, as `frames show` lists it.")],
    text: Annotated[
        str, typer.Argument(help="The words; without them the shipped ones are used again.")
    ] = "",
    *,
    tenant: Tenant,
    json: Json = False,
) -> None:
    """$name stands for the requester and $subject for the ticket's subject.

    A language without frames gets them when all are given.
    """
    from ui.operations.frames import SET, OneFrame

    args = OneFrame(tenant=tenant, language=language, frame=frame, text=text)
    done = perform(SET, args)
    screen.tell(done, f"The frame {frame} in {language} is changed.", json=json)
