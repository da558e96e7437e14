"""Output of results: JSON for programs, tables and lines for people, progress on stderr."""

from __future__ import annotations

import re
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from ui.operations.base import Progress, Shape, Step
    from ui.operations.drafts import CitationView

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def as_json(result: Shape) -> None:
    """Print ``result`` as JSON."""
    typer.echo(result.model_dump_json(indent=2))


def tell(result: Shape, words: str, *, json: bool) -> None:
    """Print ``result`` as JSON, or ``words`` about it."""
    if json:
        as_json(result)
    else:
        say(words)


def listed(
    result: Shape, titles: Sequence[str], rows: Iterable[Sequence[object]], *, json: bool
) -> None:
    """Print ``result`` as JSON, or the ``rows`` made of it as a table."""
    if json:
        as_json(result)
    else:
        table(titles, rows)


def plain(text: str) -> str:
    """Return ``text`` without control characters, which would act on the terminal."""
    return _CONTROL.sub("\ufffd", text.replace("\r\n", "\n"))


def say(text: str = "") -> None:
    """Print a line or a text that may come from outside."""
    typer.echo(plain(text))


def note(text: str) -> None:
    """Print a message that is not part of the result, on stderr."""
    typer.echo(plain(text), err=True)


def table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table on a terminal, tab-separated lines into a pipe."""
    cells = [[plain(str(cell)) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for line in ([*titles], *cells):
            typer.echo("\t".join(" ".join(cell.split()) for cell in line))
        return
    from rich.console import Console  # imported here: a pipe or --json never needs it
    from rich.table import Table
    from rich.text import Text

    shown = Table(*titles, box=None, pad_edge=False, header_style="bold")
    for line in cells:
        shown.add_row(*(Text(cell) for cell in line))
    Console().print(shown)


def beside(texts: Sequence[tuple[str, str]]) -> None:
    """Print titled texts side by side if there is room, otherwise below each other."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not sys.stdout.isatty() or console.width < _ROOM * len(texts):
        for title, text in texts:
            say(f"--- {title} ---\n{text}\n")
        return
    shown = Table(*(title for title, _ in texts), expand=True, show_lines=True)
    shown.add_row(*(Text(plain(text)) for _, text in texts))
    console.print(shown)


_ROOM = 36


def citations(cited: Iterable[CitationView]) -> None:
    """Print the citations, one line each."""
    for each in cited:
        title = each.heading if each.title in each.heading else f"{each.title}, {each.heading}"
        say(f"  [{each.number}] {title.strip(', ')} ({each.source}, {each.place})")


def notices(told: Iterable[str]) -> None:
    """Print the notices that accompany what AI wrote."""
    for each in told:
        say(each)


@contextmanager
def watching() -> Generator[Progress | None]:
    """Show the progress, the rate and the time left of an operation, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich import progress as bars
    from rich.console import Console

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.TextColumn("{task.fields[count]}"),
    )
    with bars.Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("starting", total=None, count="")

        def show(step: Step) -> None:
            shown.update(
                task,
                description=step.what,
                completed=step.done,
                total=step.total,
                count=_how_far(step),
            )

        yield show


def _how_far(step: Step) -> str:
    parts = [f"{step.done:,} of {step.total:,}"] if step.total else []
    if step.per_second:
        parts.append(f"{step.per_second:.1f}/s")
    if step.seconds_left is not None:
        minutes, seconds = divmod(round(step.seconds_left), 60)
        parts.append(f"{minutes}:{seconds:02} left")
    return ", ".join(parts)
