"""``training …``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Login, Tenant
from ui.cli.typed import credential


def export(
    *,
    tenant: Tenant,
    out: Annotated[Path, typer.Option(help="The file to write; it must not exist.")],
    login: Login,
    json: Json = False,
) -> None:
    """JSON lines of redacted tickets, without private notes; placeholders have no numbers."""
    from ui.operations.training import EXPORT, ExportArgs

    done = perform(
        EXPORT, ExportArgs(tenant=tenant, out=str(out.absolute())), credential=credential(login)
    )
    screen.tell(done, f"Wrote {done.tickets} redacted tickets to {out}.", json=json)
