"""Markdown by CommonMark's block structure: headings make sections, the text stays as written.

Only the block structure is taken from the parser; a section's body is the file's own lines, so that
code fences, tables and lists reach the reader as their author wrote them. HTML comments are left
out: a reader does not see them on the page, so they can hide prompt injections.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

from guardrails import RawText
from ingestion.loaders.dialects import plain_markdown
from ingestion.loaders.document import Loaded, Section, section
from ingestion.loaders.labels import front_matter, labels

_FENCES = ("---", "+++")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_IMAGE_ONLY = frozenset({"image"})


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    text: str
    first: int
    after: int


def load_markdown(text: str, name: str) -> Loaded:
    """Read Markdown; the title is the front matter's, else the first top heading, else ``name``."""
    front, lines = _front_matter(text.splitlines())
    named = " ".join(front.get("title", ()))
    body = plain_markdown(_without_comments(lines))
    headings = _headings("\n".join(body))
    top = next((heading for heading in headings if heading.level == 1), None)
    title = named or (top.text if top else "") or name
    sections = tuple(_sections(_parts(body, headings), title))
    return Loaded(RawText(title), sections, labels=labels(front))


def markdown_parts(text: str) -> list[tuple[tuple[str, ...], list[tuple[int, str]]]]:
    """Return the path of headings and the numbered lines of each part of a Markdown text."""
    body = plain_markdown(_without_comments(text.splitlines()))
    return _parts(body, _headings("\n".join(body)))


_Part = tuple[tuple[str, ...], list[tuple[int, str]]]


def _parts(body: Sequence[str], headings: Sequence[_Heading]) -> list[_Part]:
    found: list[_Part] = [((), _numbered(body, 0, headings[0].first if headings else len(body)))]
    path: list[_Heading] = []
    ends = [*(heading.first for heading in headings[1:]), len(body)]
    for heading, end in zip(headings, ends, strict=bool(headings)):
        path = [above for above in path if above.level < heading.level] + [heading]
        names = tuple(each.text for each in path if each.text)
        found.append((names, _numbered(body, heading.after, end)))
    return found


def _sections(parts: Sequence[_Part], title: str) -> list[Section]:
    made = [section([name for name in path if name != title], lines) for path, lines in parts]
    return [each for each in made if each is not None]


def _headings(text: str) -> list[_Heading]:
    tokens = _parser().parse(text)
    return [
        _Heading(int(token.tag[1:]), _plain(tokens[at + 1]), token.map[0], token.map[1])
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map
    ]


def _plain(inline: Token) -> str:
    parts = [
        " " if child.type.endswith("break") else child.content
        for child in inline.children or ()
        if child.type not in _IMAGE_ONLY and child.type != "html_inline"
    ]
    return "".join(parts).strip()


def _front_matter(lines: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Return the front matter, and the lines with its own blanked so that numbers stay right."""
    fence = lines[0].rstrip() if lines else ""
    if fence not in _FENCES:
        return {}, lines
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == fence), None)
    if end is None:
        return {}, lines
    return front_matter(lines[1:end]), [""] * (end + 1) + lines[end + 1 :]


def _without_comments(lines: Sequence[str]) -> list[str]:
    text = "\n".join(lines)
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text).split("\n")


def _numbered(body: Sequence[str], start: int, end: int) -> list[tuple[int, str]]:
    return [(at + 1, body[at]) for at in range(start, end)]


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # here: an unchanged folder never needs it

    return MarkdownIt("commonmark").enable("table")
