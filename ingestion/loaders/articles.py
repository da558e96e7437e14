"""Many articles in one file: CSV, JSON lines, or a JSON list, as help centres export them.

Each article is a document with its own title and labels. Lines are those of the file: the line of a
CSV where its record begins, the line of a JSON-lines file; in a JSON list articles are counted from
1, through all the pages in the file. Drafts are left out, because they were never published. A file
of people or tickets is refused with the name of the right command: neither is knowledge, and most
of its text would be masked.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from guardrails import RawText
from ingestion.loaders.document import Loaded, Section, Unreadable, section
from ingestion.loaders.fields import BODIES, TITLES, fields_of, first
from ingestion.loaders.help_centre import Article, articles_of, pages_left
from ingestion.loaders.html import html_parts
from ingestion.loaders.labels import UPDATED, labels, moment
from ingestion.loaders.markdown import markdown_parts

_TAGS = ("tags", "labels", "label_names", "keywords")
_SOURCES = ("url", "html_url", "link", "source")
_KEYS = ("id", "_id", "url", "html_url")
_DRAFT = ("draft", "is_draft")
_STATES = ("status", "state")
_UNPUBLISHED = frozenset({"draft", "unpublished", "archived"})
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


def load_csv(text: str, name: str) -> Loaded:
    """Read CSV (commas, semicolons, tabs); its first line names ``title`` and ``body``."""
    return _loaded(_rows(text), name)


def load_json_lines(text: str, name: str) -> Loaded:
    """Read one JSON object a line."""
    lines = ((at, line) for at, line in enumerate(text.split("\n"), start=1) if line.strip())
    return _loaded(((at, fields_of(_parsed(line, at), at)) for at, line in lines), name)


def load_json(text: str, name: str) -> Loaded:
    """Read a JSON list of articles, bare or under ``articles`` and the like, page after page."""
    found = _parsed(text, 1)
    if not isinstance(found, (list, dict)):
        raise Unreadable("it holds no list of articles")
    pages = cast("list[object]", found) if isinstance(found, list) else [cast("object", found)]
    return _loaded(articles_of(pages), name, pages_left(pages))


def _loaded(articles: Iterable[Article], name: str, note: str = "") -> Loaded:
    found: list[Loaded] = []
    left: Counter[str] = Counter()
    for at, article in articles:
        if at > _MAX_ARTICLES:
            raise Unreadable(f"it holds more than {_MAX_ARTICLES:,} articles: split it")
        if _is_draft(article):
            left["drafts were left out"] += 1
            continue
        body = first(article, BODIES)
        sections = tuple(_sections(at, article, body)) if body.strip() else ()
        if not sections:
            _must_be_articles(article)
            left["articles without a text were left out"] += 1
            continue
        title = _title(article) or name
        about = labels({key: [value] for key, value in article.items() if value.strip()})
        found.append(Loaded(RawText(title), sections, labels=about, key=_key(article)))
    if not found:
        raise Unreadable(_why_none(left))
    notes = (f"{number} {what}" for what, number in left.items())
    return Loaded(
        RawText(name), (), (*notes, *([note] if note else ())), articles=_set_apart(found)
    )


def _why_none(left: Counter[str]) -> str:
    if set(left) == {"drafts were left out"}:
        return "it holds drafts only: nothing in it has been published"
    return "it holds no article: each needs a title and a body (or text, content)"


def _set_apart(articles: Sequence[Loaded]) -> tuple[Loaded, ...]:
    """Return articles with distinct keys: those without a key of their own get a number."""
    often = Counter(each.key for each in articles)
    return tuple(
        each if each.key and often[each.key] == 1 else replace(each, key=f"#{at} {each.key}")
        for at, each in enumerate(articles)
    )


def _key(article: Mapping[str, str]) -> str:
    """Return the key that identifies an article in every export, with its language if known."""
    found = first(article, _KEYS).strip()
    return f"{found} {article.get('locale', '')}".strip() if found else ""


def _is_draft(article: Mapping[str, str]) -> bool:
    said = first(article, _DRAFT).strip().lower()
    state = first(article, _STATES).strip().lower()
    return said in {"true", "1", "yes"} or state in _UNPUBLISHED


def _must_be_articles(article: Mapping[str, str]) -> None:
    for kind, (columns, command) in _OTHERS.items():
        if columns & article.keys() and not set(BODIES) & article.keys():
            raise Unreadable(f"it holds {kind}, not articles: use `{command}`")


def _sections(at: int, article: Mapping[str, str], body: str) -> Iterator[Section]:
    title = _title(article)
    parts = html_parts(body) if _HTML.search(body) else markdown_parts(body)
    above = [article[name] for name in ("category", "section") if article.get(name)]
    about = list(_about(article))
    for names, lines in parts:
        kept = [name for name in names if name != title]
        here = [(at, line) for _, line in lines]
        if about and any(line.strip() for _, line in here):
            while not here[-1][1].strip():
                here.pop()
            here = [*here, (at, ""), *((at, line) for line in about)]
            about = []
        made = section([*above, *kept], here)
        if made is not None:
            yield made


def _title(article: Mapping[str, str]) -> str:
    return " ".join(first(article, TITLES).split())


def _about(article: Mapping[str, str]) -> Iterator[str]:
    """Yield an article's metadata as lines below its first part, to find and to judge it by.

    Times of day are left out: they help nobody, and some detectors take them for passwords.
    """
    changed = first(article, UPDATED)
    when = moment(changed)
    stated = (
        ("Tags", first(article, _TAGS)),
        ("Updated", f"{when:%Y-%m-%d}" if when else changed),
        ("Source", first(article, _SOURCES)),
    )
    for label, found in stated:
        if found.strip():
            yield f"{label}: {' '.join(found.split())}"


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
    if not set(BODIES) & set(header):
        raise Unreadable("its first line must name the columns: title and body (or text, content)")


def _parsed(text: str, at: int) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(f"line {at} is not valid JSON") from None
