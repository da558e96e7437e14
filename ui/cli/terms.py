"""``terms …``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Login, Tenant
from ui.cli.typed import credential

if TYPE_CHECKING:
    from ui.operations.terms import TermList

Word = Annotated[str, typer.Argument(metavar="TERM", help="A word or phrase, in any case.")]


def add(
    term: Word,
    *,
    tenant: Tenant,
    login: Login,
    mask_as: Annotated[
        str | None,
        typer.Option(
            help="Mask it as this type, such as ORGANIZATION; without it, leave it readable."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Earlier texts change when `ingest` reads documents and `tickets redact` tickets again."""
    from ui.operations.terms import ADD, OneTerm

    args = OneTerm(tenant=tenant, text=term, mask_as=mask_as)
    _tell(perform(ADD, args, credential=credential(login)), json=json)


def remove(term: Word, *, tenant: Tenant, login: Login, json: Json = False) -> None:
    from ui.operations.terms import REMOVE, RemoveArgs

    args = RemoveArgs(tenant=tenant, text=term)
    _tell(perform(REMOVE, args, credential=credential(login)), json=json)


def list_all(*, tenant: Tenant, login: Login, json: Json = False) -> None:
    from ui.operations.base import TenantArgs
    from ui.operations.terms import LIST

    _tell(perform(LIST, TenantArgs(tenant=tenant), credential=credential(login)), json=json)


def _tell(found: TermList, *, json: bool) -> None:
    if json:
        screen.as_json(found)
    else:
        screen.table(
            ("term", "is"),
            (
                (each.text, f"masked as {each.mask_as}" if each.mask_as else "left readable")
                for each in found.terms
            ),
        )
        if found.stale_documents:
            screen.note(
                f"{found.stale_documents} documents were read before; `quietdesk ingest` reads "
                "them again."
            )
        screen.note(
            "Tickets are redacted again when next drafted, or by `quietdesk tickets redact`."
        )
