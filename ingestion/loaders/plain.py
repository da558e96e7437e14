"""Plain text: one section; the title is a short first line, else the file's name."""

from __future__ import annotations

from guardrails import RawText
from ingestion.loaders.document import Loaded, section

_TITLE = 100


def load_plain(text: str, name: str) -> Loaded:
    """Read plain text; a short first line with a blank one below it is the title."""
    lines = list(enumerate(text.splitlines(), start=1))
    title, body = _title(lines, name)
    found = section((), body)
    return Loaded(RawText(title), (found,) if found else ())


def _title(lines: list[tuple[int, str]], name: str) -> tuple[str, list[tuple[int, str]]]:
    filled = [at for at, (_, line) in enumerate(lines) if line.strip()]
    if len(filled) > 1 and filled[1] > filled[0] + 1:
        first = lines[filled[0]][1].strip()
        if len(first) <= _TITLE and not first.endswith((".", ":", ",", ";")):
            return first, lines[filled[1] :]
    return name, lines
