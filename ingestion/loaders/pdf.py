"""PDF: from printed lines to headings, paragraphs, lists and tables, each with its page.

Lines of a section are numbered by **page**: citations of a PDF say “page 3”, not “line 3”. A PDF
has no headings, only larger and bolder letters, so lines that differ from the body are treated as
headings. `ingestion.loaders.pdf_pages` reads the file itself, in a process that may crash.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, cast

from guardrails import RawText
from ingestion.loaders import pdf_pages
from ingestion.loaders.audience import is_internal_heading
from ingestion.loaders.document import Loaded, Section, Unreadable, section
from ingestion.loaders.labels import labels
from ingestion.loaders.pdf_pages import Line, Page

_SCRIPT = Path(pdf_pages.__file__)
_LONGEST_S = 1800
_NEEDED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP")
"""Environment variables that the reader's process gets: paths of libraries, no secrets."""

_NAMED = 10
_SCANNED = 15
"""Fewer characters than this on a page of pictures are a page number, not text."""
_EDGE = 2
_LARGER = 1.12
_HEADING_CHARACTERS = 120
_NEW_PARAGRAPH = 0.75
_LEVELS = 4
_BULLET = re.compile(r"(?:[•●▪◦○■□❖➢✓–‣\uf0b7\uf0a7]|[-*](?=\s))\s*")
_ITEM = re.compile(r"(?:[-*]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s")
_NUMBERED = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+\S")
_UNMAPPED = re.compile(r"\(cid:\d+\)")

_PROPERTIES = {"Keywords": "keywords", "ModDate": "modified", "CreationDate": "date"}
_WHY = {
    "password": "it is protected by a password: save a copy without one",
    "pages": f"it has more than {pdf_pages.MAX_PAGES:,} pages: split it",
    "text": "it contains more text than one document should: split it",
    "memory": "it needs more memory than a document should: print it to a new PDF",
    "time": "a page takes too long to read: print it to a new PDF",
    "scanned": "its pages are pictures without text: run text recognition (OCR) over it first",
    "fonts": "its fonts cannot be turned into text: run text recognition (OCR) over it first",
}


def load_pdf(body: bytes, name: str) -> Loaded:
    """Read a PDF; the title is its largest first heading, else its own title, else ``name``."""
    found = _read(body)
    pages = cast("list[Page]", found["pages"])
    _must_hold_text(pages)
    text = list(_headings(_without_edges(pages)))
    said = cast("dict[str, str]", found["said"])
    title = _title(text, said.get("Title", ""), name)
    given = {_PROPERTIES.get(key, key): [value] for key, value in said.items()}
    about = labels(given | _said_at_the_edges(pages))
    return Loaded(RawText(title), tuple(_sections(text, title)), _notes(pages), about)


class _Text(NamedTuple):
    """One line with its page; ``level`` is 0 for the body, else how deep a heading is."""

    page: int
    line: Line
    level: int


def _read(body: bytes) -> dict[str, object]:
    """Read the pages in a process of their own. `Unreadable` when it reports an error or dies."""
    known = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own script, isolated from this folder
            [sys.executable, "-I", str(_SCRIPT)],
            input=body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libraries print parts of the file there
            env=known,
            timeout=_LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(_WHY["time"]) from None
    if done.returncode:
        raise Unreadable(_WHY["time" if done.returncode in _OUT_OF_TIME else "memory"])
    found = cast("dict[str, object]", json.loads(done.stdout))
    error = found.get("error")
    if error is not None:
        broken = f"the file is {error}: save or print it again"
        raise Unreadable(_WHY.get(str(error), broken))
    return found


_OUT_OF_TIME = (-24, 128 + 24)
"""SIGXCPU: the process reached the limit of CPU seconds that it set itself for a page."""


def _must_hold_text(pages: Sequence[Page]) -> None:
    text = "".join(line["text"] for page in pages for line in page["lines"])
    if len(_UNMAPPED.findall(text)) * 10 > len(text):
        raise Unreadable(_WHY["fonts"])
    pictures = sum(page["pictures"] for page in pages)
    if len(text.strip()) < _SCANNED * len(pages) and pictures:
        raise Unreadable(_WHY["scanned"])


def _notes(pages: Sequence[Page]) -> tuple[str, ...]:
    empty = [str(at) for at, page in enumerate(pages, 1) if page["pictures"] and _is_picture(page)]
    pictures = sum(page["pictures"] for page in pages)
    if empty:
        shown = ", ".join(empty[:_NAMED]) + (", …" if empty[_NAMED:] else "")
        return (f"pages without text were not read: {shown}",)
    return (f"{pictures} pictures were not read",) if pictures else ()


def _is_picture(page: Page) -> bool:
    return sum(len(line["text"]) for line in page["lines"]) < _SCANNED


def _without_edges(pages: Sequence[Page]) -> Iterator[tuple[int, Line]]:
    """Yield all lines except running headers, footers and page numbers."""
    edges = Counter(text for page in pages for text in set(map(_edge, _edges(page))))
    often = max(3, len(pages) * 0.5)
    for number, page in enumerate(pages, start=1):
        outer = {id(line) for line in _edges(page)}
        for line in page["lines"]:
            text = _edge(line)
            if id(line) in outer and (edges[text] >= often or text.strip(" -–|/#") in {"", "page"}):
                continue
            yield number, line


def _said_at_the_edges(pages: Sequence[Page]) -> dict[str, list[str]]:
    """Return that a running header or footer, which is not read, says that it is internal."""
    edges = (line["text"] for page in pages for line in _edges(page))
    return {"internal": ["true"]} if any(map(is_internal_heading, edges)) else {}


def _edges(page: Page) -> list[Line]:
    return [*page["lines"][:_EDGE], *page["lines"][-_EDGE:]]


def _edge(line: Line) -> str:
    return re.sub(r"\d+|\bof\b", "", line["text"]).casefold().strip()


def _headings(lines: Iterator[tuple[int, Line]]) -> Iterator[_Text]:
    """Recognise headings: larger, else bold, numbered or in capitals on a line of their own."""
    kept = [(page, line) for page, line in lines if line["text"].strip()]
    sizes: Counter[float] = Counter()
    for _, line in kept:
        if not line["table"]:
            sizes[line["size"]] += len(line["text"])
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    bold_is_body = sum(len(line["text"]) for _, line in kept if line["bold"]) * 2 > sizes.total()
    large = sorted(
        {line["size"] for _, line in kept if _may_head(line) and line["size"] >= body * _LARGER},
        reverse=True,
    )
    levels = {size: min(at, _LEVELS) for at, size in enumerate(large, start=1)}
    below = min(len(large), _LEVELS) + 1
    for at, (page, line) in enumerate(kept):
        level = levels.get(line["size"], 0) if _may_head(line) else 0
        if not level and _may_head(line) and _stands_out(kept, at, bold_is_body=bold_is_body):
            level = below
        yield _Text(page, line, level)


def _may_head(line: Line) -> bool:
    text = line["text"].strip()
    return (
        not line["table"]
        and len(text) <= _HEADING_CHARACTERS
        and any(map(str.isalpha, text))
        and not text.endswith((".", ";", ","))
        and not _BULLET.match(text)
        and " | " not in text
    )


def _stands_out(kept: Sequence[tuple[int, Line]], at: int, *, bold_is_body: bool) -> bool:
    _, line = kept[at]
    after = kept[at + 1][1] if at + 1 < len(kept) else None
    if line["gap"] < _NEW_PARAGRAPH or line["full"] or after is None:
        return False
    if line["bold"] and not bold_is_body:
        return not after["bold"]
    text = line["text"].strip()
    return text.isupper() and (bool(_NUMBERED.match(text)) or after["gap"] >= _NEW_PARAGRAPH)


def _title(text: Sequence[_Text], own: str, name: str) -> str:
    first = [each for each in text if each.page == 1 and each.level]
    top = min((each.level for each in first), default=0)
    runs = [each for each in first if each.level == top]
    if runs and top == 1:
        words = [runs[0].line["text"]]
        at = text.index(runs[0])
        for after in text[at + 1 : at + 3]:
            if after.level != top or after.line["gap"] >= _NEW_PARAGRAPH:
                break
            words.append(after.line["text"])
        return _clean(" ".join(words))
    own = _clean(own)
    made = re.search(
        r"\.(?:docx?|pptx?|indd|tex|pdf|dvi)$|^microsoft |^untitled", own, re.IGNORECASE
    )
    return own if own and not made else name


def _sections(text: Sequence[_Text], title: str) -> Iterator[Section]:
    path: list[tuple[int, str]] = []
    body: list[_Text] = []
    above: _Text | None = None
    for each in text:
        if not each.level:
            body.append(each)
        elif _goes_on(above, each) and path and not body:
            path[-1] = (path[-1][0], f"{path[-1][1]} {_clean(each.line['text'])}")
        else:
            yield from _section(path, body, title)
            body = []
            path = [one for one in path if one[0] < each.level]
            path.append((each.level, _clean(each.line["text"])))
        above = each
    yield from _section(path, body, title)


def _goes_on(above: _Text | None, each: _Text) -> bool:
    """Return whether a heading is the second line of the one above it."""
    return (
        above is not None
        and above.level == each.level
        and each.page == above.page
        and each.line["gap"] < _NEW_PARAGRAPH
    )


def _section(
    path: Sequence[tuple[int, str]], body: Sequence[_Text], title: str
) -> Iterator[Section]:
    names = [name for _, name in path if name != title]
    made = section(names, list(_paragraphs(body)))
    if made is not None:
        yield made


def _paragraphs(body: Sequence[_Text]) -> Iterator[tuple[int, str]]:
    """Yield lines with their pages; lines that the page's width has broken are joined."""
    page, text, above = 0, "", None
    for each in body:
        line = each.line
        words = _clean(_BULLET.sub("- ", line["text"], count=1))
        joins = above is not None and above["full"] and not _in_cells(above, line)
        if joins and each.page == page and line["gap"] < _NEW_PARAGRAPH and not _ITEM.match(words):
            text = _joined(text, words)
        else:
            if text:
                yield page, text
            if above is not None and _blank_between(above, line, text, words):
                yield page, ""
            page, text = each.page, words
        above = line
    if text:
        yield page, text


def _in_cells(*lines: Line) -> bool:
    return any(line["table"] or " | " in line["text"] for line in lines)


def _blank_between(above: Line, line: Line, text: str, words: str) -> bool:
    if above["table"] != line["table"]:
        return True
    listed = bool(_ITEM.match(text)) and bool(_ITEM.match(words))
    return line["gap"] >= _NEW_PARAGRAPH and not listed and not line["table"]


def _joined(text: str, words: str) -> str:
    hyphen = text.endswith("-") and not text.endswith(" -") and words[:1].islower()
    return text[:-1] + words if hyphen else f"{text} {words}"


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFKC", _UNMAPPED.sub("", text).replace("\u00ad", ""))
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in text).split())
