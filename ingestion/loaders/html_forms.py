"""The forms of HTML in Markdown: numbered lists, tables, fences, and struck text.

A reader writes its numbered lines as it meets them; these forms rewrite the last of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Lines = list[tuple[int, str]]

_DEEPEST = 24
_COLUMNS = 50
_LONGEST_CELL = 1_000
"""A longer cell is a part of a page: the table is its layout."""
_COPIED = 50_000
"""Characters of spanning cells that are repeated in one table; the rest of them stay empty."""
_HEADER_ROWS = 3
_FEWEST = 2
"""Rows, and columns: a single one is the frame of something, or text, and no table."""
_FENCED = 3
_LEAD = re.compile(r"\s*(?:(?:-|\d{1,6}\.)\s+)?")
_TICKS = re.compile(r"`{3,}")


@dataclass(slots=True)
class _Level:
    ordered: bool
    number: int
    outer: int
    inner: int
    items: int = 0


class Lists:
    """The open lists: what a line inside them begins with."""

    def __init__(self) -> None:
        self._levels: list[_Level] = []
        self.mark = ""

    @property
    def depth(self) -> int:
        """How many lists are open."""
        return len(self._levels)

    @property
    def indent(self) -> int:
        """Where the text of the open item begins, in columns."""
        return self._levels[-1].inner if self._levels else 0

    def begin(self, start: int | None) -> None:
        """Open a list; ``start`` is the first number of an ordered one."""
        self._levels.append(_Level(start is not None, start or 0, self.indent, self.indent))

    def end(self) -> None:
        """Close the innermost list."""
        self.mark = ""
        if self._levels:
            self._levels.pop()

    def item(self, number: int | None) -> bool:
        """Open an item; return whether another item is before it."""
        if not self._levels:
            self.mark = "- "
            return False
        level = self._levels[-1]
        if number is not None:
            level.number = number
        mark = f"{level.number}. " if level.ordered else "- "
        level.number += 1
        level.items += 1
        level.inner = min(level.outer + len(mark), _DEEPEST)
        self.mark = " " * level.outer + mark
        return level.items > 1 or len(self._levels) > 1

    def prefix(self) -> str:
        """Return what the next line begins with: the mark of a new item once, else its indent."""
        mark, self.mark = self.mark, ""
        return mark or " " * self.indent


@dataclass(slots=True)
class _Cell:
    at: int
    header: bool
    down: int
    across: int


@dataclass(slots=True)
class Table:
    """An open table: where its cells begin in the lines of the reader."""

    start: int
    nested: bool = False
    rows: list[list[_Cell]] = field(default_factory=list)

    def row(self) -> None:
        """Open a row."""
        self.rows.append([])

    def cell(self, at: int, *, header: bool, down: int, across: int) -> None:
        """Open a cell whose lines begin with line ``at``."""
        if not self.rows:
            self.row()
        self.rows[-1].append(_Cell(at, header, down, min(across, _COLUMNS + 1)))

    @property
    def floor(self) -> int:
        """The first line of the open cell."""
        return next((row[-1].at for row in reversed(self.rows[-1:]) if row), self.start)

    def end(self, lines: Lines, indent: str) -> None:
        """Rewrite ``lines`` from the first cell on: as Markdown, or as text if it is a layout."""
        cells = [cell for row in self.rows for cell in row]
        if self.nested or max(map(len, self.rows), default=0) < _FEWEST:
            return
        first = cells[0].at
        ends = [*(cell.at for cell in cells[1:]), len(lines)]
        texts = [_text(lines[cell.at : end]) for cell, end in zip(cells, ends, strict=True)]
        if None in texts or not any(texts):
            return
        given = iter(texts)
        rows = [
            _Row(row, [next(given) or "" for _ in row], _number(lines, row)) for row in self.rows
        ]
        made = _markdown(rows) or list(_plain(rows))
        lines[first:] = [(number, f"{indent}{line}") for number, line in made]


@dataclass(frozen=True, slots=True)
class _Row:
    cells: Sequence[_Cell]
    texts: Sequence[str]
    number: int

    @property
    def is_header(self) -> bool:
        return bool(self.cells) and all(cell.header for cell in self.cells)


def fence(lines: Lines, at: int, indent: str) -> None:
    """Put the lines from ``at`` on into a code fence, longer than any inside."""
    filled = [nth for nth in range(at, len(lines)) if lines[nth][1].strip()]
    inside = lines[filled[0] : filled[-1] + 1] if filled else []
    if inside:
        longest = max((len(run) for _, line in inside for run in _TICKS.findall(line)), default=2)
        mark = indent + "`" * (longest + 1)
        inside = [(inside[0][0], mark), *inside, (inside[-1][0], mark)]
    lines[at:] = inside


def mark(lines: Lines, at: tuple[int, int], sign: str) -> None:
    """Put ``sign`` around the text from line and column ``at`` on, in each line of it."""
    first, column = at
    for nth in range(first, len(lines)):
        number, line = lines[nth]
        lead = _LEAD.match(line)
        begin = column if nth == first and column else lead.end() if lead else 0
        body = line[begin:].strip()
        if body and sign not in body:
            begin = line.index(body, begin)
            end = begin + len(body)
            lines[nth] = (number, f"{line[:begin]}{sign}{body}{sign}{line[end:]}")


def _text(lines: Lines) -> str | None:
    """Return the text of a cell in one line, or None where it is more than that."""
    texts = [line.strip() for _, line in lines if line.strip()]
    if len(texts) == _FENCED and texts[0] == texts[-1] and _TICKS.fullmatch(texts[0]):
        texts = texts[1:2]
    if any(_TICKS.match(text) for text in texts):
        return None
    if texts and all(text.startswith("- ") for text in texts):
        whole = "; ".join(text[2:] for text in texts)
    else:
        whole = " ".join(texts)
    return whole.replace("|", "\\|") if len(whole) <= _LONGEST_CELL else None


def _number(lines: Lines, row: Sequence[_Cell]) -> int:
    """Return the line of the file where a row begins."""
    at = row[0].at if row else 0
    while at < len(lines) - 1 and not lines[at][1].strip():
        at += 1
    return lines[min(at, len(lines) - 1)][0]


def _markdown(rows: Sequence[_Row]) -> Lines | None:
    """Return a table of at least two rows and columns as Markdown; else None."""
    grid = _grid(rows)
    filled = [(row, texts) for row, texts in zip(rows, grid or (), strict=bool(grid)) if any(texts)]
    title: Lines = []
    if filled and len(filled[0][1]) == 1:  # one cell above all columns
        title = [(filled[0][0].number, filled[0][1][0]), (filled[0][0].number, "")]
        filled = filled[1:]
    width = max((len(texts) for _, texts in filled), default=0)
    if min(len(filled), width) < _FEWEST:
        return None
    heads = 1
    while heads < min(_HEADER_ROWS, len(filled) - 1) and filled[heads - 1][0].is_header:
        if not filled[heads][0].is_header:
            break
        heads += 1
    top = filled[0][0]
    if top.cells[0].header and not top.is_header and top.texts[0]:  # each row has its own heading
        heads = 0
    head = _merged([texts for _, texts in filled[:heads]], width)
    return [
        *title,
        (top.number, _line(head)),
        (top.number, _line(["---"] * width)),
        *((row.number, _line(texts)) for row, texts in filled[heads:]),
    ]


def _merged(heads: Sequence[Sequence[str]], width: int) -> list[str]:
    columns = ([row[at] for row in heads if at < len(row)] for at in range(width))
    return [" ".join(dict.fromkeys(filter(None, column))) for column in columns]


def _line(texts: Sequence[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _plain(rows: Sequence[_Row]) -> Iterator[tuple[int, str]]:
    """Yield each row as a line of text, its cells divided by bars."""
    for row in rows:
        if any(row.texts):
            yield row.number, " | ".join(filter(None, row.texts)).replace("\\|", "|")


def _grid(rows: Sequence[_Row]) -> list[list[str]] | None:
    """Return the texts of each row, also of cells that span it; None for too many columns."""
    left = _COPIED
    spans: dict[int, tuple[int, str]] = {}
    grid: list[list[str]] = []
    for row in rows:
        if len(row.cells) > _COLUMNS:
            return None
        texts: list[str] = []
        waiting = list(zip(row.cells, row.texts, strict=True))[::-1]
        alone = len(waiting) == 1 and not spans
        while waiting or any(at >= len(texts) for at in spans):
            at = len(texts)
            if at > _COLUMNS:
                return None
            if at in spans:
                down, text = spans.pop(at)
                if down > 1:
                    spans[at] = (down - 1, text)
                texts.append(text if left >= len(text) else "")
                left -= len(text)
            elif waiting:
                cell, text = waiting.pop()
                across = 1 if alone else cell.across
                for nth in range(across):
                    texts.append(text if nth == 0 or left >= len(text) else "")
                    left -= len(text) * bool(nth)
                    if cell.down > 1:
                        spans[at + nth] = (cell.down - 1, text)
            else:
                texts.append("")
        grid.append(texts if row.cells else [])
    return grid
