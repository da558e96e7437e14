"""``tickets …``, ``summarise`` and ``draft``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Login, Tenant
from ui.cli.typed import credential, text_of

if TYPE_CHECKING:
    from ui.operations.base import Operation
    from ui.operations.batch import BatchArgs, BatchResult
    from ui.operations.tickets import Export, ExportFile
    from ui.operations.writing import Failure, Skip, WriteArgs, WriteResult

References = Annotated[
    list[str] | None, typer.Argument(metavar="[REFERENCE]...", help="Ticket numbers.")
]
All = Annotated[
    bool, typer.Option("--all", help="Every open ticket that wants a text of this kind.")
]
Anyway = Annotated[bool, typer.Option("--anyway", help="Draft also to tickets that want no reply.")]
File = Annotated[
    str | None,
    typer.Option("--file", "-f", help="The tickets of an export, imported first; - reads stdin."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", help="The file of results: JSON lines, redacted, which only you can read."
    ),
]


def import_file(
    file: Annotated[str, typer.Argument(help="An export of tickets; - reads stdin.")],
    *,
    tenant: Tenant,
    json: Json = False,
) -> None:
    """Nothing is stored unless the whole file can be read.

    An import that was stopped or killed continues when it is run again. A file may have any size;
    stdin is read into memory.
    """
    from ui.operations.tickets import IMPORT, IMPORT_FILE, ExportFile

    args = _export(tenant, file)
    with screen.watching() as progress:
        if isinstance(args, ExportFile):
            done = perform(IMPORT_FILE, args, progress=progress)
        else:
            done = perform(IMPORT, args, progress=progress)
    screen.tell(done, done.in_words(), json=json)


def redact(references: References = None, *, tenant: Tenant, json: Json = False) -> None:
    from ui.operations.tickets import REDACT, RedactArgs

    args = RedactArgs(tenant=tenant, references=tuple(references or ()))
    with screen.watching() as progress:
        done = perform(REDACT, args, progress=progress)
    screen.tell(done, f"{done.changed} changed, {done.unchanged} unchanged.", json=json)


def list_all(*, tenant: Tenant, json: Json = False) -> None:
    from ui.operations.base import TenantArgs
    from ui.operations.tickets import LIST

    found = perform(LIST, TenantArgs(tenant=tenant))
    screen.listed(
        found,
        ("ticket", "status", "priority", "created", "turns", "requester", "subject"),
        (
            (
                t.reference,
                t.status,
                t.priority,
                f"{t.created_at:%Y-%m-%d}",
                t.turns,
                t.requester,
                t.subject,
            )
            for t in found.tickets
        ),
        json=json,
    )


def show(
    reference: Annotated[str, typer.Argument(help="The ticket's number.")],
    *,
    tenant: Tenant,
    login: Login,
    json: Json = False,
) -> None:
    from ui.operations.tickets import SHOW, OneTicket

    args = OneTicket(tenant=tenant, reference=reference)
    found = perform(SHOW, args, credential=credential(login))
    if json:
        screen.as_json(found)
        return
    screen.say(f"{found.reference}  {found.subject}")
    screen.say(f"{found.requester}, {found.kind}, {found.status}, {found.priority}")
    if found.received_at:
        closed = f", closed {found.closed_at:%Y-%m-%d}" if found.closed_at else ""
        screen.say(
            f"created {found.created_at:%Y-%m-%d}, received {found.received_at:%Y-%m-%d}{closed}"
        )
    for turn in found.turns:
        note = ", internal note" if turn.audience == "agent" else ""
        screen.say(f"\n{turn.at:%Y-%m-%d %H:%M} {turn.author} ({turn.role}{note})\n{turn.text}")


def summarise(
    references: References = None,
    *,
    tenant: Tenant,
    every: All = False,
    file: File = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """With --out a batch that was stopped or killed continues when it is run again.

    The exit code is 1 if a ticket failed; all others are done.
    """
    from ui.operations import batch, writing

    if _is_batch(references, file, out, every=every):
        _batch(batch.SUMMARISE, tenant, file, out, json=json)
    else:
        _write(writing.SUMMARISE, references, tenant, every=every, json=json)


def draft(
    references: References = None,
    *,
    tenant: Tenant,
    every: All = False,
    anyway: Anyway = False,
    file: File = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Nothing is drafted to automatic mail, thanks, advertising, or tickets that are closed.

    --all also leaves out what is answered already; a follow-up is drafted again. With --out a batch
    that was stopped or killed continues when it is run again. The exit code is 1 if a ticket
    failed; all others are done.
    """
    from ui.operations import batch, writing

    if _is_batch(references, file, out, every=every, anyway=anyway):
        _batch(batch.DRAFT, tenant, file, out, json=json)
    else:
        _write(writing.DRAFT, references, tenant, every=every, anyway=anyway, json=json)


def _is_batch(
    references: list[str] | None,
    file: str | None,
    out: Path | None,
    *,
    every: bool,
    anyway: bool = False,
) -> bool:
    if file is None and out is None:
        return False
    from assistant.errors import BadInput

    if out is None or references or anyway or every == (file is not None):
        raise BadInput(
            "A batch needs either all tickets or those of a file, and a file for its results.",
            todo="Give --all or --file, and --out.",
        )
    return True


def _batch(
    operation: Operation[BatchArgs, BatchResult],
    tenant: str,
    file: str | None,
    out: Path | None,
    *,
    json: bool,
) -> None:
    from ui.operations.batch import BatchArgs

    export = None if file is None else _export(tenant, file)
    args = BatchArgs(tenant=tenant, out=str(Path(out or "").absolute()), export=export)
    with screen.watching() as progress:
        result = perform(operation, args, progress=progress)
    if json:
        screen.as_json(result)
    else:
        screen.say(f"{result.written} written, {result.known} existed before: {out}")
        _show_skipped(result.skipped)
        _show_failed(result.failed)
    if result.failed:
        raise typer.Exit(1)


def _export(tenant: str, file: str) -> Export | ExportFile:
    from ui.operations.tickets import Export, ExportFile

    path = Path(file)
    if file != "-" and (path.is_file() or not path.exists()):
        return ExportFile(tenant=tenant, path=str(path.resolve()))
    name = "stdin" if file == "-" else path.name
    return Export(tenant=tenant, name=name, text=text_of(file))  # a pipe can be read only once


def _write(
    operation: Operation[WriteArgs, WriteResult],
    references: list[str] | None,
    tenant: str,
    *,
    every: bool,
    json: bool,
    anyway: bool = False,
) -> None:
    from ui.operations.writing import WriteArgs

    args = WriteArgs(tenant=tenant, references=tuple(references or ()), all=every, anyway=anyway)
    with screen.watching() as progress:
        result = perform(operation, args, progress=progress)
    if json:
        screen.as_json(result)
    else:
        _show(result)
    if result.failed:
        raise typer.Exit(1)


def _show(result: WriteResult) -> None:
    for draft in result.written:
        screen.say(f"{draft.reference}  {draft.kind} {draft.id[:8]} by {draft.writer}")
        screen.say(draft.body or "Nothing was written: no document or ticket supports a text.")
        screen.citations(draft.citations)
        for finding in draft.findings:
            screen.say(f"  ! {finding.kind}: {finding.note}")
        for note in draft.notes:
            screen.note(f"  {note}")
        screen.notices(draft.notices)
        screen.say()
    _show_skipped(result.skipped)
    _show_failed(result.failed)
    if not result.written and not result.failed:
        screen.say("Nothing to do.")


def _show_skipped(skipped: Iterable[Skip]) -> None:
    for each in skipped:
        screen.note(f"{each.reference} wants no reply: {each.why}")


def _show_failed(failed: Iterable[Failure]) -> None:
    for each in failed:
        screen.note(f"{each.reference}: {each.happened}")
