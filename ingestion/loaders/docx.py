"""Word documents: headings by style, lists with their numbers, tables as rows, forms with ticks.

Lines of a section are numbered by **paragraph**, because Word has no lines before it prints;
citations of a .docx say “paragraph 12”. Deletions under tracked changes are left out, insertions
are included. Pictures, headers, footers and footnotes are not read; the notes report the pictures.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import NamedTuple

from guardrails import RawText
from ingestion.loaders.audience import is_internal_heading
from ingestion.loaders.document import Loaded, Section, Unreadable, section
from ingestion.loaders.docx_parts import Package, child, local, named, number, value
from ingestion.loaders.labels import labels

_DEEPEST = 60
_HOPS = 12
_LEVELS = 9
_TITLE = 0
_BODY = None
_HEADING_CHARACTERS = 100
_HEADING_STYLE = re.compile(r"heading (\d)", re.IGNORECASE)
_UNSEEN = frozenset("del moveFrom instrText delText rPr pPr sdtPr sdtEndPr Fallback".split())
_PICTURES = frozenset({"blip", "imagedata"})


def load_docx(body: bytes, name: str) -> Loaded:
    """Read a Word document; its title is a paragraph styled so, else a property, else ``name``."""
    package = Package(body)
    document, said = package.document(), package.properties()
    reader = _Reader(_Styles(package.related("styles")), _Lists(package.related("numbering")))
    reader.read(child(document, "body") or document, 0)
    blocks = _with_bold_headings(reader.blocks)
    title = _title(blocks, " ".join(said.get("title", ())), name)
    pictures = sum(local(each) in _PICTURES for each in document.iter())
    notes = (f"{pictures} pictures were not read",) if pictures else ()
    about = labels(said | _said_at_the_edges(package))
    return Loaded(RawText(title), tuple(_sections(blocks, title)), notes, about)


def _said_at_the_edges(package: Package) -> dict[str, list[str]]:
    """Return that a header or footer, which is not read, says that the document is internal."""
    lines = (
        "".join(text.text or "" for text in named(line, "t"))
        for role in ("header", "footer")
        for part in package.all_related(role)
        for line in named(part, "p")
    )
    return {"internal": ["true"]} if any(map(is_internal_heading, lines)) else {}


class _Block(NamedTuple):
    """A paragraph or a row; ``level`` is None for the body, 0 for a title, else a heading's."""

    text: str
    level: int | None = _BODY
    kind: str = "text"
    bold: bool = False


class _Styles:
    """Which paragraph styles are headings, and which number their paragraphs."""

    def __init__(self, part: ET.Element | None) -> None:
        self._found = {
            value(style, "styleId"): style
            for style in (named(part, "style") if part is not None else ())
        }

    def level(self, paragraph: ET.Element) -> int | None:
        own = child(paragraph, "pPr", "outlineLvl")
        if own is not None and number(own, _LEVELS) < _LEVELS:
            return number(own, _LEVELS) + 1
        for style in self._chain(paragraph):
            name = value(child(style, "name")) or ""
            heading = _HEADING_STYLE.fullmatch(name)
            if heading:
                return int(heading[1]) or 1
            if name.lower() == "title":
                return _TITLE
            outline = number(child(style, "pPr", "outlineLvl"), _LEVELS)
            if outline < _LEVELS:
                return outline + 1
        return _BODY

    def numbering(self, paragraph: ET.Element) -> ET.Element | None:
        own = child(paragraph, "pPr", "numPr")
        if own is not None:
            return own
        found = (child(style, "pPr", "numPr") for style in self._chain(paragraph))
        return next((each for each in found if each is not None), None)

    def _chain(self, paragraph: ET.Element) -> Iterator[ET.Element]:
        key = value(child(paragraph, "pPr", "pStyle"))
        for _ in range(_HOPS):
            style = self._found.get(key)
            if style is None:
                return
            yield style
            key = value(child(style, "basedOn"))


class _Lists:
    """The marks of list items: bullets, and consecutive numbers."""

    def __init__(self, part: ET.Element | None) -> None:
        abstract: dict[str | None, dict[int, ET.Element]] = {}
        self._levels: dict[str | None, dict[int, ET.Element]] = {}
        for each in part if part is not None else ():
            if local(each) == "abstractNum":
                levels = (one for one in each if local(one) == "lvl")
                abstract[value(each, "abstractNumId")] = {_depth(one): one for one in levels}
            elif local(each) == "num":
                kind = value(child(each, "abstractNumId"))
                self._levels[value(each, "numId")] = abstract.get(kind, {})
        self._counts: Counter[tuple[str | None, int]] = Counter()

    def mark(self, numbering: ET.Element | None) -> str:
        """Return the mark before a paragraph with its indent; empty outside a list."""
        key = value(child(numbering, "numId"))
        if numbering is None or key in {None, "0"}:
            return ""
        depth = min(number(child(numbering, "ilvl"), 0), _LEVELS - 1)
        level = self._levels.get(key, {}).get(depth)
        kind = value(child(level, "numFmt")) or "bullet"
        if kind in {"bullet", "none"}:
            return "  " * depth + "- "
        for deeper in range(depth + 1, _LEVELS):
            self._counts.pop((key, deeper), None)
        self._counts[key, depth] += 1
        count = self._counts[key, depth] + number(child(level, "start"), 1) - 1
        return "  " * depth + f"{_counted(count, kind)}. "


def _depth(level: ET.Element) -> int:
    found = value(level, "ilvl") or "0"
    return int(found) if found in set("012345678") else 0


def _counted(count: int, kind: str) -> str:
    if kind in {"lowerLetter", "upperLetter"} and 1 <= count <= len(ascii_lowercase):
        letter = ascii_lowercase[count - 1]
        return letter if kind == "lowerLetter" else letter.upper()
    return str(count)


@dataclass(slots=True)
class _Reader:
    styles: _Styles
    lists: _Lists
    blocks: list[_Block] = field(default_factory=list[_Block])

    def read(self, element: ET.Element, depth: int) -> None:
        """Read the content of a body, a cell, a content control or a text box."""
        if depth > _DEEPEST:
            raise Unreadable("it is nested too deeply for a document")
        for each in element:
            name = local(each)
            if name == "p":
                self._paragraph(each, depth)
            elif name == "tbl":
                self._table(each, depth)
            elif name not in _UNSEEN:
                self.read(each, depth + 1)

    def _paragraph(self, element: ET.Element, depth: int) -> None:
        text = _text(element)
        if text:
            level = self.styles.level(element)
            mark = self.lists.mark(self.styles.numbering(element)) if level is _BODY else ""
            kind = "item" if mark else "text"
            self.blocks.append(_Block(mark + text, level, kind, _is_bold(element)))
        for box in _boxes(element):
            self.read(box, depth + 1)

    def _table(self, element: ET.Element, depth: int) -> None:
        rows = [list(_cells(row, depth)) for row in _below(element, "tr", depth)]
        rows = [row for row in rows if any(row)]
        width = max(map(len, rows), default=0)
        if width == 1:  # a frame around text, not a table
            self.blocks += [_Block(cell) for row in rows for cell in row if cell]
            return
        for at, row in enumerate(rows):
            filled = [cell.replace("|", "\\|") for cell in row] + [""] * (width - len(row))
            self.blocks.append(_Block("| " + " | ".join(filled) + " |", kind="row"))
            if at == 0:
                self.blocks.append(_Block("|" + " --- |" * width, kind="row"))


def _below(element: ET.Element, name: str, depth: int) -> Iterator[ET.Element]:
    """Yield children named ``name``, also inside content controls and the like."""
    if depth > _DEEPEST:
        raise Unreadable("it is nested too deeply for a document")
    for each in element:
        if local(each) == name:
            yield each
        elif local(each) in {"sdt", "sdtContent", "customXml", "ins", "smartTag"}:
            yield from _below(each, name, depth + 1)


def _cells(row: ET.Element, depth: int) -> Iterator[str]:
    for cell in _below(row, "tc", depth):
        merge = child(cell, "tcPr", "vMerge")
        goes_on = merge is not None and value(merge) in {None, "continue"}
        texts = (_text(each) for each in named(cell, "p"))
        yield "" if goes_on else " ".join(text.replace("\n", " ") for text in texts if text)
        yield from [""] * (min(number(child(cell, "tcPr", "gridSpan"), 1), 100) - 1)


def _text(paragraph: ET.Element) -> str:
    """Return the words of one paragraph, without those of text boxes inside it."""
    parts: list[str] = []
    waiting = [iter(paragraph)]
    while waiting:
        each = next(waiting[-1], None)
        if each is None:
            waiting.pop()
            continue
        name = local(each)
        parts.append(_own_text(each, name))
        if name not in _UNSEEN and name not in {"txbxContent", "ffData"}:
            waiting.append(iter(each))
    lines = "".join(parts).split("\n")
    return "\n".join(words for line in lines if (words := " ".join(line.split())))


def _own_text(element: ET.Element, name: str) -> str:
    if name == "t":
        return element.text or ""
    if name == "ffData":
        return _tick(element)
    return {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}.get(name, "")


def _tick(element: ET.Element) -> str:
    box = child(element, "checkBox")
    if box is None:
        return ""
    found = child(box, "checked")
    found = child(box, "default") if found is None else found
    ticked = found is not None and value(found) not in {"0", "false", "off"}
    return "[x] " if ticked else "[ ] "


def _boxes(paragraph: ET.Element) -> list[ET.Element]:
    """Return the text boxes of a paragraph; the older copy that Word keeps of each is left out."""
    older = {id(each) for back in named(paragraph, "Fallback") for each in back.iter()}
    found = [each for each in named(paragraph, "txbxContent") if id(each) not in older]
    inner = {id(each) for box in found for each in box.iter() if each is not box}
    return [box for box in found if id(box) not in inner]


def _is_bold(paragraph: ET.Element) -> bool:
    runs = [
        run for run in named(paragraph, "r") if any((t.text or "").strip() for t in named(run, "t"))
    ]
    marks = [child(run, "rPr", "b") for run in runs]
    return bool(runs) and all(
        mark is not None and value(mark) not in {"0", "false", "off"} for mark in marks
    )


def _with_bold_headings(blocks: Sequence[_Block]) -> list[_Block]:
    """Treat short bold paragraphs as headings in a document without heading styles."""
    if any(block.level for block in blocks):
        return list(blocks)
    return [
        block._replace(level=1)
        if block.bold and block.kind == "text" and len(block.text) <= _HEADING_CHARACTERS
        else block
        for block in blocks
    ]


def _title(blocks: Sequence[_Block], own: str, name: str) -> str:
    styled = next((block.text for block in blocks if block.level == _TITLE), "")
    first = blocks[0].text if blocks and blocks[0].level == 1 else ""
    only = first if sum(block.level == 1 for block in blocks) == 1 else ""
    return " ".join((styled or only or own or first or name).split())


def _sections(blocks: Sequence[_Block], title: str) -> Iterator[Section]:
    path: list[tuple[int, str]] = []
    lines: list[tuple[int, str]] = []
    above = ""
    for at, block in enumerate(blocks, start=1):
        level = block.level
        if level is None:
            if lines and not (block.kind == above != "text"):
                lines.append((at, ""))
            lines += [(at, line) for line in block.text.split("\n")]
            above = block.kind
            continue
        yield from _section(path, lines, title)
        lines = []
        path = [each for each in path if each[0] < level]
        path.append((level, " ".join(block.text.split())))
    yield from _section(path, lines, title)


def _section(
    path: Sequence[tuple[int, str]], lines: Sequence[tuple[int, str]], title: str
) -> Iterator[Section]:
    made = section([name for _, name in path if name != title], lines)
    if made is not None:
        yield made
