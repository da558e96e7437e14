"""``injection …``: sentences that a reviewer called honest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Login, Tenant
from ui.cli.review import DraftId
from ui.cli.typed import credential

if TYPE_CHECKING:
    from ui.operations.injection import HonestList


def honest(
    draft: DraftId,
    *,
    tenant: Tenant,
    login: Login,
    number: Annotated[
        int | None,
        typer.Option(
            help="Which finding of the draft, from 1; otherwise its first suspicious span."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Draft again if a model wrote without the sentence."""
    from ui.operations.injection import HONEST, HonestArgs

    args = HonestArgs(tenant=tenant, draft=draft, number=number)
    done = perform(HONEST, args, credential=credential(login))
    screen.tell(done, f"Not flagged any more: “{done.sentence}”", json=json)


def list_all(*, tenant: Tenant, login: Login, json: Json = False) -> None:
    from ui.operations.base import TenantArgs
    from ui.operations.injection import LIST

    _tell(perform(LIST, TenantArgs(tenant=tenant), credential=credential(login)), json=json)


def remove(
    sentence: Annotated[
        str, typer.Argument(metavar="ID", help="The sentence's id, or its first digits.")
    ],
    *,
    tenant: Tenant,
    login: Login,
    json: Json = False,
) -> None:
    from ui.operations.injection import REMOVE, RemoveArgs

    args = RemoveArgs(tenant=tenant, id=sentence)
    _tell(perform(REMOVE, args, credential=credential(login)), json=json)


def _tell(found: HonestList, *, json: bool) -> None:
    screen.listed(
        found,
        ("id", "sentence"),
        ((each.id[:8], each.sentence) for each in found.sentences),
        json=json,
    )
