"""``policy attest`` and ``policy attestations``."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Login, Tenant
from ui.cli.typed import credential

if TYPE_CHECKING:
    from ui.operations.attestations import VouchedView


def attest(
    *,
    tenant: Tenant,
    clause: Annotated[str, typer.Option(metavar="CLAUSE", help="Its id, such as NW-2.3.")],
    login: Login,
    document: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What shows it; only its SHA-256 is kept."),
    ] = None,
    sha256: Annotated[
        str, typer.Option("--sha256", metavar="HEX", help="The document's hash, instead of it.")
    ] = "",
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The last day; else as long as the clause allows."),
    ] = None,
    json: Json = False,
) -> None:
    from ui.operations.attestations import ATTEST, AttestArgs

    args = AttestArgs(
        tenant=tenant,
        clause=clause,
        sha256=_hash_of(document, sha256),
        until=until.date() if until else None,
    )
    done = perform(ATTEST, args, credential=credential(login))
    now = next(each for each in done.clauses if each.clause.id == clause)
    last = f"until {now.until}" if now.until else "without end"
    screen.tell(done, f"{now.by} vouches for {clause} {last}; {done.open} are open.", json=json)


def attestations(*, tenant: Tenant, json: Json = False) -> None:
    from ui.operations.attestations import ATTESTATIONS
    from ui.operations.base import TenantArgs

    found = perform(ATTESTATIONS, TenantArgs(tenant=tenant))
    screen.listed(
        found,
        ("clause", "says", "state", "by", "at", "until", "document"),
        (_row(each) for each in found.clauses),
        json=json,
    )


def _row(each: VouchedView) -> tuple[object, ...]:
    at = f"{each.at:%Y-%m-%d}" if each.at else ""
    document = (each.sha256 or "")[:12]
    return (
        each.clause.id,
        each.clause.says,
        each.state,
        each.by or "",
        at,
        each.until or "",
        document,
    )


def _hash_of(document: Path | None, sha256: str) -> str:
    """Return the SHA-256 of a file, or the one that was given. `BadInput` for both or neither."""
    from assistant.errors import BadInput

    if (document is None) == (not sha256):
        raise BadInput("Name the document, or give its SHA-256.", todo="--document or --sha256.")
    if document is None:
        return sha256
    try:
        with document.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise BadInput(f"{document} cannot be read: {error.strerror}.") from None
