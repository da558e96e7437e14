"""``ledger …``."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.errors import BadInput
from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Tenant

if TYPE_CHECKING:
    from ui.operations.ledger import RowView

_BROKEN = 1
Out = Annotated[Path, typer.Option("--out", "-o", help="The file to write.")]


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


def verify(
    *,
    tenant: Annotated[
        str, typer.Option("--tenant", "-t", metavar="TENANT", help="The tenant's name.")
    ] = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="An export, verified without any home.")
    ] = None,
    public_key: Annotated[
        Path | None, typer.Option("--public-key", help="The file of the public key, in PEM.")
    ] = None,
    anchor: Annotated[
        Path | None, typer.Option("--anchor", help="A file of `ledger anchor`, kept elsewhere.")
    ] = None,
    json: Json = False,
) -> None:
    """The exit code is 0 if the ledger holds, 1 if it is broken.

    It is 3 if the end of an export is unproven: no head that was signed for it covers the last row.
    """
    if bool(tenant) == (file is not None) or (file is None) != (public_key is None):
        raise BadInput(
            "Either a ledger of this home or an export is verified.",
            todo="Give --tenant, or --file with --public-key.",
        )
    if file is not None and public_key is not None:
        _verify_file(file, public_key, anchor, json=json)
    else:
        _verify_here(tenant, anchor, json=json)


def _verify_file(file: Path, public_key: Path, anchor: Path | None, *, json: bool) -> None:
    from ui.operations.ledger import verify_file

    found = verify_file(file, _content(public_key).encode(), _content(anchor))
    screen.tell(found, found.says, json=json)
    if found.code:
        raise typer.Exit(found.code)


def _verify_here(tenant: str, anchor: Path | None, *, json: bool) -> None:
    from ui.operations.ledger import VERIFY, VerifyArgs

    proof = perform(VERIFY, VerifyArgs(tenant=tenant, anchor=_content(anchor)))
    if json:
        screen.as_json(proof)
    elif proof.holds:
        screen.say(f"The ledger of {tenant} is intact: {proof.rows} rows.")
    else:
        screen.note(f"The ledger of {tenant} is not intact. Row {proof.broken}: {proof.why}.")
        screen.note("The rows before it are intact. Verifying changed nothing.")
        screen.note("Do not change the home, and compare it with a backup.")
    if not proof.holds:
        raise typer.Exit(_BROKEN)


def export(*, tenant: Tenant, out: Out, json: Json = False) -> None:
    """The file has every row with a chain of SHA-256, and signed heads.

    It is verified with `ledger verify --file` and the public key of `ledger key`.
    """
    from ui.operations.ledger import EXPORT, ExportArgs

    done = perform(EXPORT, ExportArgs(tenant=tenant, path=str(out.absolute())))
    screen.tell(done, f"{_counted(done.rows, 'row')}: {done.path}", json=json)


def anchor(
    *,
    out: Out,
    tenant: Annotated[
        str, typer.Option("--tenant", "-t", metavar="TENANT", help="One tenant only.")
    ] = "",
    json: Json = False,
) -> None:
    """Keep the file where nobody who can write to the home can write.

    A ledger that is set back to an earlier state later does not hold against it. Anchors that the
    file has already must still hold; it is then replaced.
    """
    from ui.operations.ledger import ANCHOR, AnchorArgs

    known = _content(out) if out.exists() else ""
    made = perform(ANCHOR, AnchorArgs(tenant=tenant, known=known))
    try:
        out.write_text("".join(f"{line}\n" for line in made.lines), encoding="ascii")
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror}.") from None
    screen.tell(made, f"{_counted(len(made.lines), 'anchor')}: {out}", json=json)


def key(*, json: Json = False) -> None:
    from ui.operations.base import NoArgs
    from ui.operations.ledger import KEY

    found = perform(KEY, NoArgs())
    screen.tell(found, found.public_key.rstrip(), json=json)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _content(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
