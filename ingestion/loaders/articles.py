"""Many articles in one file: CSV, JSON lines, or a JSON list, as help centres export them.

Each article's title heads its sections. Lines are those of the file: the line of a CSV where its
record begins, the line of a JSON-lines file; in a JSON list articles are counted from 1. A file
that holds people or tickets is refused with the command that it is meant for: both would be masked,
and neither is knowledge.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from guardrails import RawText
from ingestion.loaders.document import Loaded, Section, Unreadable, section
from ingestion.loaders.html import html_parts
from ingestion.loaders.markdown import markdown_parts

_TITLES = ("title", "name", "question", "headline")
_BODIES = ("body", "text", "content", "answer", "html", "body_html", "description")
_SOURCES = ("url", "html_url", "link", "source")
_TAGS = ("tags", "labels", "label_names", "keywords")
_UPDATED = ("updated", "updated_at", "modified", "last_updated")
_LISTS = ("articles", "documents", "items", "results", "data")
_OTHERS = {
    "people": ({"email", "phone", "username", "employee_number"}, "quietdesk people import"),
    "tickets": (
        {"turns", "requester", "requester_id", "helpdesk_ticket"},
        "quietdesk tickets import",
    ),
}

_HTML = re.compile(
    r"</(?:p|div|ul|ol|li|table|h[1-6]|span|a|strong|em|pre|b)>|<br\s*/?>", re.IGNORECASE
)
_DELIMITERS = ",;\t|"
_MAX_ARTICLES = 200_000
_MAX_CELL = 5_000_000

Article = tuple[int, Mapping[str, str]]


def load_csv(text: str, name: str) -> Loaded:
    """Read CSV (commas, semicolons, tabs); its first line names ``title`` and ``body``."""
    return _loaded(_rows(text), name)


def load_json_lines(text: str, name: str) -> Loaded:
    """Read one JSON object a line."""
    lines = ((at, line) for at, line in enumerate(text.split("\n"), start=1) if line.strip())
    return _loaded(((at, _fields(_parsed(line, at), at)) for at, line in lines), name)


def load_json(text: str, name: str) -> Loaded:
    """Read a JSON list of articles, bare or under ``articles`` and the like."""
    found = _parsed(text, 1)
    if isinstance(found, dict):
        given = cast("dict[str, object]", found)
        lists = (given[key] for key in _LISTS if isinstance(given.get(key), list))
        found = next(lists, [given])
    if not isinstance(found, list):
        raise Unreadable("it holds no list of articles")
    items = cast("list[object]", found)
    return _loaded(((at, _fields(each, at)) for at, each in enumerate(items, start=1)), name)


def _loaded(articles: Iterable[Article], name: str) -> Loaded:
    sections: list[Section] = []
    empty = 0
    for at, article in articles:
        if at > _MAX_ARTICLES:
            raise Unreadable(f"it holds more than {_MAX_ARTICLES:,} articles: split it")
        body = _first(article, _BODIES)
        if not body.strip():
            _must_be_articles(article)
            empty += 1
            continue
        sections += _sections(at, article, body)
    notes = (f"{empty} articles without a text were left out",) if empty and sections else ()
    if empty and not sections:
        raise Unreadable("it holds no article: each needs a title and a body (or text, content)")
    return Loaded(RawText(name), tuple(sections), notes)


def _must_be_articles(article: Mapping[str, str]) -> None:
    for kind, (columns, command) in _OTHERS.items():
        if columns & article.keys() and not set(_BODIES) & article.keys():
            raise Unreadable(f"it holds {kind}, not articles: bring it in with `{command}`")


def _sections(at: int, article: Mapping[str, str], body: str) -> Iterator[Section]:
    title = " ".join(_first(article, _TITLES).split())
    parts = html_parts(body) if _HTML.search(body) else markdown_parts(body)
    about = list(_about(article))
    for names, lines in parts:
        kept = [name for name in names if name != title]
        here = [(at, line) for _, line in lines]
        if about and any(line.strip() for _, line in here):
            while not here[-1][1].strip():
                here.pop()
            here = [*here, (at, ""), *((at, line) for line in about)]
            about = []
        made = section([title, *kept] if title else kept, here)
        if made is not None:
            yield made


def _about(article: Mapping[str, str]) -> Iterator[str]:
    """Yield what helps to find and to judge an article, as lines below its first part."""
    for label, names in (("Tags", _TAGS), ("Updated", _UPDATED), ("Source", _SOURCES)):
        found = " ".join(_first(article, names).split())
        if found:
            yield f"{label}: {found}"


def _first(article: Mapping[str, str], names: Iterable[str]) -> str:
    return next((article[name] for name in names if article.get(name, "").strip()), "")


def _rows(text: str) -> Iterator[Article]:
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(_MAX_CELL)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    nothing: list[str] = []
    try:
        header = [cell.strip().lower().replace(" ", "_") for cell in next(rows, nothing)]
        _must_name_columns(header)
        begins = rows.line_num + 1
        for cells in rows:
            if len(cells) > len(header):
                raise Unreadable(f"line {begins} has more cells than the first line names")
            if any(cell.strip() for cell in cells):
                yield begins, dict(zip(header, cells, strict=False))
            begins = rows.line_num + 1
    except csv.Error:
        raise Unreadable(f"line {rows.line_num} is not valid CSV") from None


def _must_name_columns(header: list[str]) -> None:
    _must_be_articles(dict.fromkeys(header, ""))
    if not set(_BODIES) & set(header):
        raise Unreadable("its first line must name the columns: title and body (or text, content)")


def _parsed(text: str, at: int) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(f"line {at} is not valid JSON") from None


def _fields(value: object, at: int) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Unreadable(f"article {at} is no JSON object")
    given = cast("dict[str, object]", value)
    return {key.strip().lower(): _plain(each) for key, each in given.items()}


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return ", ".join(str(each) for each in cast("list[object]", value) if isinstance(each, str))
    return str(value) if isinstance(value, (int, float)) else ""
