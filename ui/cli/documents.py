"""``documents …``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.model import Audience
from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Tenant

if TYPE_CHECKING:
    from ui.operations.documents import AudienceSet

Named = Annotated[
    str,
    typer.Argument(metavar="DOCUMENT", help="Its name in citations, or a file's or folder's path."),
]
Readers = Annotated[
    Audience, typer.Argument(help="Who may read it: customers too, or agents only.")
]


def list_all(*, tenant: Tenant, json: Json = False) -> None:
    from ui.operations.base import TenantArgs
    from ui.operations.documents import LIST

    found = perform(LIST, TenantArgs(tenant=tenant))
    screen.listed(
        found,
        ("document", "title", "for", "set by", "chunks", "for customers"),
        (
            (
                each.source.redacted,
                each.title.redacted,
                each.audience,
                "a person" if each.decided else "",
                each.chunks,
                each.for_customers,
            )
            for each in found.documents
        ),
        json=json,
    )


def audience(document: Named, readers: Readers, *, tenant: Tenant, json: Json = False) -> None:
    """A section that says it is for agents only stays so."""
    from ui.operations.documents import AUDIENCE, AudienceArgs

    args = AudienceArgs(tenant=tenant, document=path_of(document), audience=readers)
    was_set(perform(AUDIENCE, args), json=json)


def path_of(document: str) -> str:
    """Return a document's name, as an absolute path where it is one."""
    return str(Path(document).absolute()) if Path(document).exists() else document


def was_set(done: AudienceSet, *, json: bool) -> None:
    """Print what was set."""
    if json:
        screen.as_json(done)
        return
    screen.say(f"{done.documents} documents are for {done.audience}s now.")
    screen.note(f"Customers may read {done.for_customers} of their {done.chunks} chunks.")
