"""``ingest``, ``ask`` and ``redact``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Dry, For, Jobs, Json, Tenant
from ui.cli.typed import text_of

if TYPE_CHECKING:
    from ui.operations.ask import AnswerView
    from ui.operations.ingest import IngestResult
    from ui.operations.redact import Redacted


def ingest(
    path: Annotated[Path, typer.Argument(help="A folder of documents, or one document.")],
    *,
    tenant: Tenant,
    audience: For = None,
    jobs: Jobs = 2,
    dry: Dry = False,
    json: Json = False,
) -> None:
    """The exit code is 1 if a document could not be read; all others are in the index."""
    from ui.operations.ingest import INGEST, IngestArgs

    args = IngestArgs(
        tenant=tenant, path=str(path.absolute()), dry=dry, jobs=jobs, audience=audience
    )
    with screen.watching() as progress:
        report = perform(INGEST, args, progress=progress)
    if json:
        screen.as_json(report)
    else:
        ingested(report, dry=dry)
    if any(skipped.broken for skipped in report.skipped):
        raise typer.Exit(1)


def ask(
    question: Annotated[list[str], typer.Argument(help="The question, in plain words.")],
    *,
    tenant: Tenant,
    type_: Annotated[
        str, typer.Option("--type", help="Only from files of this type, such as md or pdf.")
    ] = "",
    source: Annotated[
        str, typer.Option(help="Only from this file, or below this folder, as citations show it.")
    ] = "",
    tag: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TAG", help="Only from documents with this tag; repeat it to require several."
        ),
    ] = None,
    product: Annotated[
        list[str] | None,
        typer.Option(metavar="PRODUCT", help="Only from documents about this product."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="Only from documents that were updated since this day.",
        ),
    ] = None,
    note: Annotated[
        bool,
        typer.Option("--note", help="Keep it for `gaps` although a filter excluded documents."),
    ] = False,
    json: Json = False,
) -> None:
    """A question without an answer is kept for `gaps`, unless a filter excluded documents."""
    from ui.operations.ask import ASK, Question

    asked = Question(
        tenant=tenant,
        question=" ".join(question),
        type=type_,
        source=source,
        tags=tuple(tag or ()),
        products=tuple(product or ()),
        since=since.date() if since else None,
        note=note,
    )
    answer = perform(ASK, asked)
    if json:
        screen.as_json(answer)
    else:
        _answer(answer)


def gaps(*, tenant: Tenant, json: Json = False) -> None:
    from ui.operations.base import TenantArgs
    from ui.operations.gaps import LIST

    found = perform(LIST, TenantArgs(tenant=tenant))
    screen.listed(
        found,
        ("asked", "last", "question"),
        ((each.count, f"{each.last_asked:%Y-%m-%d}", each.question) for each in found.gaps),
        json=json,
    )


def redact(
    file: Annotated[
        str, typer.Argument(metavar="[FILE|-]", help="A text file; - reads stdin.")
    ] = "-",
    *,
    tenant: Annotated[
        str, typer.Option("--tenant", "-t", help="Use this tenant's existing placeholders.")
    ] = "",
    json: Json = False,
) -> None:
    found = _redacted(text_of(file), tenant)
    if json:
        screen.as_json(found)
        return
    typer.echo(found.text, nl=not found.text.endswith("\n"))
    total = ", ".join(f"{count} {kind}" for kind, count in found.counts.items())
    screen.note(f"Masked: {total or 'nothing'}.")


_GAP = "The question is kept for `quietdesk gaps`."
_NOT_KEPT = "A filter excluded documents, so it is not kept as a gap; --note keeps it."


def _redacted(text: str, tenant: str) -> Redacted:
    from ui.operations.redact import REDACT, RedactArgs, redacted

    if tenant:
        return perform(REDACT, RedactArgs(tenant=tenant, text=text))
    from assistant.bootstrap import ephemeral_redactor, stay_home
    from assistant.settings import load_settings
    from guardrails import RawText

    settings = load_settings()
    stay_home(settings)
    return redacted(ephemeral_redactor(settings).redact(RawText(text)))


def ingested(report: IngestResult, *, dry: bool) -> None:
    """Print the result of a run."""
    for each in report.previews:
        masked = ", ".join(f"{count} {kind}" for kind, count in each.masked.items())
        screen.say(f"{each.source}: {each.chunks} chunks; masked: {masked or 'nothing'}")
    screen.say(
        f"{'Would be: ' if dry else ''}{report.added} added, {report.changed} changed, "
        f"{report.unchanged} unchanged, {report.removed} removed; {report.chunks} chunks."
    )
    screen.say(
        f"For customers: {report.for_customers} documents; for agents only: {report.for_agents}."
    )
    if report.audience_changed:
        screen.say(f"{report.audience_changed} unchanged documents have another audience now.")
    for skipped in report.skipped:
        word = "Skipped" if skipped.broken else "Not read:"
        screen.note(f"{word} {skipped.source}: {skipped.reason}")
    for note in report.notes:
        screen.note(f"In part: {note.source}: {note.text}")
    for pair in report.alike:
        what = (
            f"; only the newer one, {pair.newer}, answers"
            if pair.newer
            else "; which one is right?"
        )
        screen.note(f"Near-duplicates ({pair.share:.0%}): {pair.one} and {pair.two}{what}")
    if report.embedding is not None:
        phases = ", ".join(f"{phase} {spent:.1f} s" for phase, spent in report.seconds.items())
        screen.note(f"Time: {phases}; embedding is {report.embedding:.0%} of it.")
    if report.index_bytes_per_chunk and report.chunks and not dry:
        screen.note(f"The vector index takes {report.index_bytes_per_chunk:,.0f} bytes a chunk.")


def _answer(answer: AnswerView) -> None:
    if answer.near_miss:
        screen.say(answer.near_miss)
        screen.say()
    if answer.text:
        screen.say(answer.text)
        screen.say()
        screen.citations(answer.citations)
        screen.notices(answer.notices)
        for each in answer.notes:
            screen.note(each)
        if answer.near_miss:
            screen.note(_GAP if answer.noted else _NOT_KEPT)
        screen.say()
        screen.say("Found:")
    elif answer.off:
        screen.say(answer.off)
        screen.note("Nothing was written; search works:")
        for each in answer.notes:
            screen.note(each)
        screen.say("Found:" if answer.nearest else "Nothing was found.")
    else:
        screen.say("No document answers this.")
        screen.note(_GAP if answer.noted else _NOT_KEPT)
        screen.say("Nearest articles:" if answer.nearest else "No article is close to it.")
    for each in answer.nearest:
        why = ", ".join(each.terms) if "terms" in each.matched_by else ""
        ways = "both" if len(each.matched_by) > 1 else "".join(each.matched_by)
        screen.say(f"  {each.score:.2f} {each.title} ({each.source}, {each.place})")
        screen.say(f"       {ways}{': ' if why else ''}{why}")
        if each.sentence:
            screen.say(f"       “{' '.join(each.sentence.split())}”")
