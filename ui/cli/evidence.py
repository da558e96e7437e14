"""``evidence``: tries promises and writes a report; ``evidence verify`` verifies one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json

if TYPE_CHECKING:
    from ui.operations.base import Progress
    from ui.operations.evidence import ClauseCounts, Evidence

_FAILED, _REFUSED = 1, 4
_STATES = ("enforceable", "hold", "fail", "not measured", "open", "not testable")


def evidence(
    context: typer.Context,
    *,
    tenant: Annotated[
        str, typer.Option("--tenant", "-t", metavar="TENANT", help="The tenant to look at.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option(help="Folder for the report; it must not exist yet.")
    ] = None,
    profile: Annotated[
        str,
        typer.Option(
            metavar="PROFILE",
            help="A policy by id or file, or `all`; else the one that the tenant is under.",
        ),
    ] = "",
    strict: Annotated[
        bool, typer.Option("--strict", help="Also fail while an attestation is missing.")
    ] = False,
    json: Json = False,
) -> None:
    """Try each promise of a policy on twins, and read the tenant's own records; write a report.

    A twin is a temporary home with invented people under the same rules. Each promise is tried
    there, and again without each of its guards, which must then fail. Without a tenant each policy
    is tried on twins of its own.

    The exit code is 1 if an enforced clause fails or was not measured, with ``--strict`` also if an
    attestation is missing.
    """
    if context.invoked_subcommand is not None:
        return
    with screen.watching() as progress:
        found = _run(tenant, out, profile, progress)
    if json:
        screen.as_json(found)
    else:
        _show(found)
    if not found.holds or (strict and found.clauses.open):
        raise typer.Exit(_FAILED)


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a report.")],
    *,
    public_key: Annotated[
        Path | None,
        typer.Option(help="The home's public key in PEM, from somewhere else than the folder."),
    ] = None,
    json: Json = False,
) -> None:
    """Verify a report: its signature, its shape, and that the files beside it say the same.

    Without the home's public key from elsewhere this proves only that the files belong together.
    The exit code is 4 if the report does not hold.
    """
    from ui.operations.evidence import verify as verified

    found = verified(str(folder), str(public_key) if public_key else None)
    if json:
        screen.as_json(found)
    elif found.holds:
        screen.say(f"The report holds. SHA-256 {found.sha256}.")
        if found.own_key:
            screen.note("The key came from the folder itself: compare it with the home's.")
        if not found.compared:
            screen.note("Another release made it, so the files beside it were not compared.")
    else:
        screen.note(f"The report does not hold: {found.why}.")
    if not found.holds:
        raise typer.Exit(_REFUSED)


def _run(tenant: str, out: Path | None, profile: str, progress: Progress | None) -> Evidence:
    from assistant.errors import BadInput
    from ui.operations.base import silent
    from ui.operations.evidence import RUN, EvidenceArgs, on_twins

    where = str(out.absolute()) if out else ""
    if not tenant:
        return on_twins(profile, where, progress or silent)
    if not where:
        raise BadInput("The report of a tenant needs a folder.", todo="Give one with --out.")
    args = EvidenceArgs(tenant=tenant, out=where, profile=profile)
    return perform(RUN, args, progress=progress)


def _show(found: Evidence) -> None:
    rows = [(name, *_line(each)) for name, each in found.by_profile.items()]
    total = [("all", *_line(found.clauses))] if len(rows) > 1 else []
    screen.table(("policy", *_STATES), (*rows, *total))
    for state, title in (("fail", "Failing"), ("not_measured", "Not measured")):
        named = [each for each in found.failing if each.state == state]
        if named:
            screen.say(f"\n{title}:")
            screen.table(
                ("clause", "says", "why"), ((each.id, each.says, each.why) for each in named)
            )
    if found.report:
        screen.say(f"\nThe report is in {found.report}. SHA-256 {found.sha256}.")


def _line(counts: ClauseCounts) -> Iterable[int]:
    return (
        *(counts.enforceable, counts.hold, counts.fail, counts.not_measured),
        *(counts.open, counts.untestable),
    )
