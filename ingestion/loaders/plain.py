"""Plain text: the headings that its writer made, by underlining them or in capitals.

The title is the heading in the first line, else a short first line, else the file's name. Text
without such lines is one section.
"""

from __future__ import annotations

from guardrails import RawText
from ingestion.loaders.document import Loaded, Section, section
from ingestion.loaders.plain_headings import Heading, headings

_TITLE = 100

_Lines = list[tuple[int, str]]


def load_plain(text: str, name: str) -> Loaded:
    """Read plain text; a short first line with a blank one below it is the title."""
    lines = list(enumerate(text.splitlines(), start=1))
    found = headings([line for _, line in lines])
    top = (
        found[0] if found and not any(line.strip() for _, line in lines[: found[0].first]) else None
    )
    title, start = (top.text, top.after) if top else _title(lines, name)
    rest = [each for each in found if each is not top and each.first >= start]
    return Loaded(RawText(title), tuple(_sections(lines, start, rest)))


def _title(lines: _Lines, name: str) -> tuple[str, int]:
    """Return the title and how many lines it takes."""
    filled = [at for at, (_, line) in enumerate(lines) if line.strip()]
    if len(filled) > 1 and filled[1] > filled[0] + 1:
        first = lines[filled[0]][1].strip()
        if len(first) <= _TITLE and not first.endswith((".", ":", ",", ";")):
            return first, filled[1]
    return name, 0


def _sections(lines: _Lines, start: int, found: list[Heading]) -> list[Section]:
    made = [section((), lines[start : found[0].first if found else len(lines)])]
    path: list[Heading] = []
    for at, heading in enumerate(found):
        below = found[at + 1] if at + 1 < len(found) else None
        path = [above for above in path if above.level < heading.level]
        names = [each.text for each in path]
        body = lines[heading.after : below.first if below else len(lines)]
        path.append(heading)
        if any(line.strip() for _, line in body):
            made.append(section([*names, heading.text], body))
        elif below is None or below.level <= heading.level:  # nothing below it: it is text
            made.append(section(names, lines[heading.first : heading.after]))
    return [each for each in made if each is not None]
