"""Runs as a script: a PDF on standard input, its pages as JSON on standard output.

A PDF is a program for a page, and hostile or broken ones make any reader loop or use all memory. So
this runs in a process that may crash: it limits its own time and memory, has no data but the file,
and imports nothing of Quietdesk. `ingestion.loaders.pdf` starts it.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple, TypedDict, cast

MAX_PAGES = 2_000
SECONDS_A_PAGE = 20
_MEMORY = 1536 * 1024**2
_MAX_CHARACTERS = 20_000_000
_MAX_WORDS_A_PAGE = 50_000

_SAME_LINE = 0.4
"""Words whose middles differ by less than this share of their height are on one line."""
_CELL_GAP = 2.2
"""A gap of this many letter sizes separates two cells of a table without rules."""
_GUTTER = 8.0
_COLUMN_ROWS = 8
_COLUMN_FILL = 0.4
_GUTTER_SHARE = 0.1
_JOINED = 0.08
"""Words nearer than this share of their size are one word in two fonts."""
_TABLE_FILLED = 0.4
_MAX_TABLES = 50


class Word(NamedTuple):
    """A word and its position, in points from the page's top left corner."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool


class Line(TypedDict):
    """One printed line; ``gap`` is the space above it, in line heights."""

    text: str
    size: float
    bold: bool
    gap: float
    full: bool
    table: bool


class Page(TypedDict):
    """One page; ``pictures`` is the number of pictures, which are not read."""

    lines: list[Line]
    pictures: int


def main() -> None:
    """Read standard input, write one JSON object: ``pages`` and ``title``, or ``error``."""
    _bound_memory()
    try:
        result = read(sys.stdin.buffer.read())
    except MemoryError:
        result = {"error": "memory"}
    sys.stdout.write(json.dumps(result))


def read(body: bytes) -> dict[str, object]:
    """Return the ``pages`` and ``title`` of a PDF, or an ``error``: a short code for the reason."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    try:
        with pdfplumber.open(io.BytesIO(body)) as document:
            return _pages(document)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - any error of a library, isolated in this process
        locked = isinstance(error.__cause__ or error.__context__ or error, PDFPasswordIncorrect)
        locked = locked or "PDFPasswordIncorrect" in repr(error)
        return {"error": "password" if locked else f"broken ({type(error).__name__})"}


def _pages(document: Any) -> dict[str, object]:
    pages: list[Page] = []
    characters = 0
    for found in document.pages:
        if len(pages) >= MAX_PAGES:
            return {"error": "pages"}
        _allow_a_page()
        page = _page(found)
        characters += sum(len(line["text"]) for line in page["lines"])
        if characters > _MAX_CHARACTERS:
            return {"error": "text"}
        pages.append(page)
        found.close()
    said = cast("dict[str, object]", document.metadata or {})
    return {
        "pages": pages,
        "said": {key: text for key, text in said.items() if isinstance(text, str)},
    }


def _page(found: Any) -> Page:
    tables = _tables(found)
    boxes = [box for box, _ in tables]
    words = [word for word in _words(found) if not any(_inside(word, box) for box in boxes)]
    placed: list[tuple[float, list[Line]]] = []
    for group in _columns(_rows(words), cast("Box", found.bbox)):
        placed += _lines(group)
    for (_, top, _, _), rows in tables:
        at = next((n for n, (y, _) in enumerate(placed) if y > top), len(placed))
        placed.insert(at, (top, rows))
    lines = [line for _, group in placed for line in group]
    return {"lines": lines, "pictures": len(found.images)}


def _words(found: Any) -> list[Word]:
    raw = found.extract_words(extra_attrs=["fontname", "size"], x_tolerance_ratio=0.15)
    words: list[Word] = []
    for each in raw[:_MAX_WORDS_A_PAGE]:
        bold = re.search(r"bold|black|heavy|semib", str(each["fontname"]), re.IGNORECASE)
        words.append(
            Word(
                str(each["text"]),
                float(each["x0"]),
                float(each["x1"]),
                float(each["top"]),
                float(each["bottom"]),
                round(float(each["size"]), 1),
                bold is not None,
            )
        )
    return words


Box = tuple[float, float, float, float]


def _tables(found: Any) -> list[tuple[Box, list[Line]]]:
    tables: list[tuple[Box, list[Line]]] = []
    for table in found.find_tables()[:_MAX_TABLES]:
        rows = [[_cell(cell) for cell in row] for row in table.extract()]
        rows = [row for row in rows if any(row)]
        cells = [cell for row in rows for cell in row]
        filled = sum(map(bool, cells)) >= len(cells) * _TABLE_FILLED
        if len(rows) > 1 and max(map(len, rows)) > 1 and filled:
            tables.append((cast("Box", table.bbox), _table_lines(rows)))
    return tables


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


def _table_lines(rows: Sequence[Sequence[str]]) -> list[Line]:
    written = ["| " + " | ".join(row) + " |" for row in rows]
    written.insert(1, "|" + " --- |" * len(rows[0]))
    return [
        {"text": text, "size": 0, "bold": False, "gap": 2 * (at == 0), "full": False, "table": True}
        for at, text in enumerate(written)
    ]


def _rows(words: Sequence[Word]) -> list[list[Word]]:
    """Group words into printed lines, top to bottom, each from left to right."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda each: (each.top + each.bottom, each.x0)):
        row = rows[-1] if rows else None
        if row and _middle(word) - _middle(row[0]) < _SAME_LINE * (row[0].bottom - row[0].top):
            row.append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word.x0) for row in rows]


def _columns(rows: list[list[Word]], box: Box) -> list[list[list[Word]]]:
    """Return groups of lines in reading order: a group is a column, or lines across all columns."""
    gutter = _gutter(rows, box)
    groups: list[list[list[Word]]] = [[]]
    run: list[tuple[list[Word], list[Word]]] = []
    for row in [*rows, []]:
        halves = _halves(row, gutter)
        if halves is not None:
            run.append(halves)
            continue
        columns = _unfold(run, box)
        if columns:
            groups += [*columns, []]
        else:
            groups[-1] += [[*left, *right] for left, right in run]
        run = []
        groups[-1] += [row] if row else []
    return [group for group in groups if group]


def _gutter(rows: list[list[Word]], box: Box) -> float | None:
    """Return where a right column begins: many lines begin there, near the page's middle."""
    width, middle = box[2] - box[0], (box[0] + box[2]) / 2
    starts = Counter(
        round(word.x0)
        for row in rows
        for before, word in zip([None, *row], row, strict=False)
        if abs(word.x0 - middle) < width * _GUTTER_SHARE
        and (before is None or word.x0 - before.x1 >= _GUTTER)
    )
    best = max(starts, key=lambda x: (starts[x], -x), default=0)
    return best - 1 if starts[best] >= _COLUMN_ROWS else None


def _halves(row: list[Word], gutter: float | None) -> tuple[list[Word], list[Word]] | None:
    """Return the words left and right of the gutter, None when a word crosses it."""
    if gutter is None or not row or any(word.x0 < gutter < word.x1 for word in row):
        return None
    left = [word for word in row if word.x1 <= gutter]
    right = [word for word in row if word.x0 >= gutter]
    return None if left and right and right[0].x0 - left[-1].x1 < _GUTTER else (left, right)


def _unfold(
    run: list[tuple[list[Word], list[Word]]], box: Box
) -> tuple[list[list[Word]], list[list[Word]]] | None:
    """Return two columns if the lines are two columns of prose; None if they are a table's cells.

    Lines of a prose column reach close to the gutter and mostly fill its width.
    """
    left = [row for row, _ in run if row]
    right = [row for _, row in run if row]
    if min(len(left), len(right)) < _COLUMN_ROWS:
        return None
    apart = min(row[0].x0 for row in right) - max(row[-1].x1 for row in left)
    near = apart < (box[2] - box[0]) * _GUTTER_SHARE
    return (left, right) if near and _prose(left) and _prose(right) else None


def _prose(rows: list[list[Word]]) -> bool:
    """Return whether lines mostly fill their column; the cells of a table mostly do not."""
    start = min(row[0].x0 for row in rows)
    width = max(row[-1].x1 for row in rows) - start
    return median(row[-1].x1 - start for row in rows) >= width * _COLUMN_FILL


def _lines(rows: list[list[Word]]) -> list[tuple[float, list[Line]]]:
    """Return each row as a line with its position on the page."""
    right = max(row[-1].x1 for row in rows)
    left = min(row[0].x0 for row in rows)
    lines: list[tuple[float, list[Line]]] = []
    above: float | None = None
    for row in rows:
        height = max(row[0].bottom - row[0].top, 1.0)
        gap = 9.0 if above is None else max(row[0].top - above, 0.0) / height
        above = max(word.bottom for word in row)
        line: Line = {
            "text": _text(row),
            "size": median(word.size for word in row),
            "bold": all(word.bold for word in row if any(map(str.isalnum, word.text))),
            "gap": round(gap, 2),
            "full": row[-1].x1 >= left + (right - left) * 0.8,
            "table": False,
        }
        lines.append((row[0].top, [line]))
    return lines


def _text(row: list[Word]) -> str:
    parts = [row[0].text]
    for one, other in pairwise(row):
        gap = other.x0 - one.x1
        listed = len(parts) == 1 and len(one.text) <= 3  # noqa: PLR2004 - a bullet or "12."
        if gap < _JOINED * max(one.size, other.size):
            parts.append(other.text)
            continue
        parts.append(" | " if gap > _CELL_GAP * max(one.size, 6) and not listed else " ")
        parts.append(other.text)
    return "".join(parts)


def _inside(word: Word, box: Box) -> bool:
    x, y = (word.x0 + word.x1) / 2, _middle(word)
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _middle(word: Word) -> float:
    return (word.top + word.bottom) / 2


def _bound_memory() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _allow_a_page() -> None:
    """Raise this process's limit by a few CPU seconds; it is killed when a page needs more."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + SECONDS_A_PAGE
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
