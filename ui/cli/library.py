"""``library …``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.documents import Named, Readers, path_of, was_set
from ui.cli.forgetting import print_forgotten
from ui.cli.knowledge import ingested
from ui.cli.options import Dry, For, Jobs, Json
from ui.cli.tenants import reindexed


def ingest(
    path: Annotated[Path, typer.Argument(help="A folder of documents, or one document.")],
    *,
    audience: For = None,
    jobs: Jobs = 2,
    dry: Dry = False,
    json: Json = False,
) -> None:
    """A tenant reads it after `tenant set TENANT --library`; no tenant can write it."""
    from ui.operations.ingest import FolderArgs
    from ui.operations.library import INGEST

    args = FolderArgs(path=str(path.absolute()), dry=dry, jobs=jobs, audience=audience)
    with screen.watching() as progress:
        report = perform(INGEST, args, progress=progress, create=True)
    if json:
        screen.as_json(report)
    else:
        ingested(report, dry=dry)
    if any(skipped.broken for skipped in report.skipped):
        raise typer.Exit(1)


def reindex(*, json: Json = False) -> None:
    from ui.operations.base import NoArgs
    from ui.operations.reindex import LIBRARY

    with screen.watching() as progress:
        done = perform(LIBRARY, NoArgs(), progress=progress)
    reindexed(done, json=json)


def show(*, json: Json = False) -> None:
    from ui.operations.base import NoArgs
    from ui.operations.library import SHOW

    found = perform(SHOW, NoArgs())
    rows = (
        ("documents", found.documents),
        ("chunks", found.chunks),
        ("documents for customers", found.documents_for_customers),
        ("stale documents", found.stale_documents),
        ("stale vectors", found.stale_vectors),
        ("read by", ", ".join(found.readers) or "nobody"),
    )
    screen.listed(found, ("what", "value"), rows, json=json)


def forget(
    source: Annotated[
        str, typer.Argument(help="The name in citations, or the path of a file or folder.")
    ],
    *,
    json: Json = False,
) -> None:
    from ui.operations.library import FORGET, LibraryName

    with screen.watching() as progress:
        done = perform(FORGET, LibraryName(name=path_of(source)), progress=progress)
    print_forgotten(done, f"documents: {done.documents}, chunks: {done.chunks}", json=json)


def audience(document: Named, readers: Readers, *, json: Json = False) -> None:
    """A section that says it is for agents only stays so."""
    from ui.operations.library import AUDIENCE, LibraryAudience

    args = LibraryAudience(name=path_of(document), audience=readers)
    was_set(perform(AUDIENCE, args), json=json)
