"""HTML: the visible text by headings, as Markdown, with the line of each piece.

The standard library's parser is used because it gives the position of each piece of text, which a
citation needs; tree builders drop it. Unclosed and crossed tags do no harm: only block boundaries
and headings matter. What stands around the content (scripts, navigation) is left out. A form that
holds paragraphs is a page, an aside is a part of it, and what a reader can unfold is read; other
hidden elements and asides are left out, and a note tells how many.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

from guardrails import RawText
from ingestion.loaders.audience import is_remark
from ingestion.loaders.document import Loaded, Section, section
from ingestion.loaders.html_forms import Lists, Table, fence, mark
from ingestion.loaders.labels import labels

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "object"})
_PARTS = frozenset({"article", "aside", "body", "details", "div", "main", "p", "section"})
_INTERNAL = frozenset(
    {"internal", "internal-only", "agent-only", "agents-only", "staff-only", "agent", "agents"}
)
"""Classes, or values of ``data-audience``, of parts of a page that are for agents only."""
_AROUND = frozenset({"nav", "footer", "form", "button", "select", "dialog"})
_FORM_OR_TEXT = re.compile(
    r"(?P<opens><form\b)|(?P<closes></form\b)|<(?:h[1-6]|p|li|table|pre|article|main)\b"
)
_BESIDE = re.compile(
    r"\b(?:nav\w*|navigation|menu|sidebar|toc|breadcrumbs?|related|share|social|cookie|banner|"
    r"advert\w*|promo|newsletter)\b"
)
"""Classes, ids and roles of asides that stand beside the content and are no part of it."""
_UNFOLDS = re.compile(
    r"expand|collaps|accordion|toggle|details|spoiler|tab-?(?:pane|panel|content)"
)
"""Classes of what is hidden until a reader unfolds it."""
_HIDDEN_NOTE, _BESIDE_NOTE = "hidden", "beside"
_LEFT_OUT = {
    _HIDDEN_NOTE: "hidden parts were left out",
    _BESIDE_NOTE: "asides beside the content were left out",
}
_BLOCKS = frozenset(
    "address article blockquote body br dd details div dl dt figcaption figure hr html li main ol "
    "p pre section summary table tbody tfoot thead title tr ul caption header".split()
) | set(_HEADINGS)
_GAPS = frozenset(
    {"p", "pre", "table", "ul", "ol", "dl", "blockquote", "section", "article", "div"}
)
_SIGNS = {"del": "~~", "s": "~~", "strike": "~~"}
"""Inline code has no mark: a name between ticks is found less often than one without."""
_FENCE_INDENT = 3
"""A fence that is indented further is none."""
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DECLARED = re.compile(r"<!\[[^>]*>")
_STRAY = re.compile(r"<(?![a-zA-Z/!?])")
_LONGEST_LINE = 10_000
"""A longer line is continued in the next: appending word by word would copy it each time."""

_META = {"article:modified_time": "modified", "article:tag": "tags", "last-modified": "modified"}
_TARGET = re.compile(r"(?:https?://|mailto:)[^\s<>]{1,2000}\Z", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def load_html(text: str, name: str) -> Loaded:
    """Read HTML; the title is the first top heading, else the page's title, else ``name``."""
    return _read(text).loaded(name)


def html_parts(text: str) -> list[tuple[tuple[str, ...], list[tuple[int, str]]]]:
    """Return the path of headings and the numbered lines of each part of an HTML fragment."""
    return _read(text).parts()


def html_message(text: str) -> str:
    """Return the visible text of an HTML message.

    Lists keep their marks, table cells are divided by bars, a link's target follows its text in
    parentheses, and lines of a quotation begin with ``> ``. Scripts, styles and inline files are
    left out; a message that is only a picture says so.
    """
    reader = _Message(text)
    _feed(reader, text)
    lines = [line for _, lines in reader.parts() for _, line in lines]
    plain = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()
    return plain or ("[picture, not read]" if reader.pictures else "")


def _read(text: str) -> _Reader:
    reader = _Page(text)
    _feed(reader, text)
    return reader


def _feed(reader: _Reader, text: str) -> None:
    reader.feed(_closed(text))
    reader.close()


def _closed(text: str) -> str:
    """Return ``text`` without comments and tags that are never closed.

    The parser searches the whole rest for the end of each one: a page of them took minutes.
    """
    text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    last = text.rfind(">") + 1
    text = text[:last] + text[last:].replace("<", "&lt;")
    return _STRAY.sub("&lt;", _DECLARED.sub(lambda found: "\n" * found[0].count("\n"), text))


class _Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        lower = text.lower()
        self._skip = _UNSEEN | {tag for tag in _AROUND if _balanced(lower, tag)}
        if _is_page_in_form(lower):
            self._skip -= {"form"}
        self._hidden: list[str] = []
        self._why = ""
        self._left_out: Counter[str] = Counter()
        self._pre = 0
        self._page_title = ""
        self._heading: list[str] | None = None
        self._in_title = False
        self._path: list[tuple[int, str]] = []
        self._lines: list[tuple[int, str]] = []
        self._open = False
        self._found: list[tuple[tuple[str, ...], list[tuple[int, str]]]] = []
        self._said: dict[str, list[str]] = {}

    def loaded(self, name: str) -> Loaded:
        parts = self.parts()
        tops = [path[0] for path, _ in parts if path]
        title = (tops[0] if tops else "") or " ".join(self._page_title.split()) or name
        notes = tuple(f"{count} {_LEFT_OUT[why]}" for why, count in self._left_out.items())
        return Loaded(RawText(title), tuple(_sections(parts, title)), notes, labels(self._said))

    def parts(self) -> list[tuple[tuple[str, ...], list[tuple[int, str]]]]:
        self._end_section()
        return self._found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self._block(tag)
            if tag == "meta":
                self._hear(dict(attrs))
        elif self._hidden or tag in self._skip:
            self._hidden.append(tag)
        elif why := _why_left_out(tag, attrs):
            self._hidden.append(tag)
            self._why = why
        else:
            self._hear_class(tag, attrs)
            self._enter(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs  # an element without content shows nothing, so its attributes do not matter
        self._block(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            self._leave_hidden(tag)
            return
        if tag == "pre":
            self._pre = max(self._pre - 1, 0)
        if tag == "title":
            self._in_title = False
        if tag in _HEADINGS and self._heading is not None:
            self._end_heading(_HEADINGS[tag])
        self._block(tag)

    def handle_data(self, data: str) -> None:
        if self._hidden:
            self._overhear(data)
            return
        if self._in_title:
            self._page_title += data
        elif self._heading is not None:
            self._heading.append(data)
        else:
            self._write(data)

    def _overhear(self, data: str) -> None:
        """Keep that a part around the page says that it is internal, and count what is left out."""
        if self._why and data.strip():
            self._left_out[self._why] += 1
            self._why = ""
        if _UNSEEN.isdisjoint(self._hidden) and any(map(is_remark, data.splitlines())):
            self._said.setdefault("internal", []).append("true")

    def _hear(self, meta: dict[str, str | None]) -> None:
        """Keep metadata, such as ``article:modified_time``, under the last word of its name."""
        name = (meta.get("name") or meta.get("property") or "").lower()
        key = _META.get(name, re.split(r"[.:]", name)[-1].replace("-", "_"))
        if key and meta.get("content"):
            self._said.setdefault(key, []).append(meta["content"] or "")

    def _hear_class(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep that a part of the page is marked as internal by its class."""
        given = dict(attrs)
        marks = {*(given.get("class") or "").lower().split(), given.get("data-audience")}
        if tag in _PARTS and marks & _INTERNAL:
            self._said.setdefault("internal", []).append("true")

    def _enter(self, tag: str) -> None:
        self._block(tag)
        if tag == "pre":
            self._pre += 1
        if tag == "title" and not self._page_title:
            self._in_title = True
        if tag in _HEADINGS:
            self._end_section()
            self._heading = []
        self._form(tag)

    def _form(self, tag: str) -> None:
        """Write the mark of an item, or the bar between two cells."""
        if tag in {"td", "th"} and self._open:
            self._write_line(" | ", self.getpos()[0])
        if tag == "li":
            self._write_line("- ", self.getpos()[0])

    def _leave_hidden(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
            if not self._hidden:
                self._why = ""

    def _block(self, tag: str) -> None:
        if tag not in _BLOCKS or self._heading is not None:
            return
        self._open = False
        if tag in _GAPS and self._lines and self._lines[-1][1]:
            self._lines.append((self._lines[-1][0], ""))

    def _end_heading(self, level: int) -> None:
        text = " ".join("".join(self._heading or ()).split())
        self._heading = None
        self._path = [each for each in self._path if each[0] < level]
        if text:
            self._path.append((level, text))

    def _end_section(self) -> None:
        if any(line.strip() for _, line in self._lines):
            self._found.append((tuple(text for _, text in self._path), self._lines))
        self._lines = []
        self._open = False

    def _write(self, data: str) -> None:
        first = self.getpos()[0]
        if self._pre:
            for at, line in enumerate(data.split("\n")):
                if at:
                    self._open = False
                self._write_line(line, first + at)
            return
        for at, line in enumerate(data.split("\n")):
            words = re.sub(r"[ \t\r\f\v\u00a0]+", " ", line)
            if words.strip():
                self._write_line(words if at == 0 else " " + words.lstrip(), first + at)

    def _write_line(self, text: str, number: int) -> None:
        start, line = self._lines[-1] if self._lines else (number, "")
        if self._open and self._lines and len(line) < _LONGEST_LINE:
            self._lines[-1] = (start, f"{line}{text}" if line else text.lstrip())
        else:
            self._lines.append((number, text if self._pre else text.lstrip()))
        self._open = True


class _Page(_Reader):
    """Reads a page in Markdown: steps keep their numbers, tables and code their form."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._lists = Lists()
        self._tables: list[Table] = []
        self._pre_at = 0
        self._given: dict[str, str | None] = {}
        self._marked: dict[str, list[tuple[int, int]]] = {}

    def parts(self) -> list[tuple[tuple[str, ...], list[tuple[int, str]]]]:
        while self._tables:
            self._end_table()
        return super().parts()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._given = dict(attrs)
        super().handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self._hidden:
            self._leave(tag)
        super().handle_endtag(tag)

    def _form(self, tag: str) -> None:
        if tag in {"ul", "ol"}:
            self._lists.begin(self._whole("start", 1) if tag == "ol" else None)
        elif tag == "li":
            self._begin_item()
        elif tag in {"table", "pre"}:
            self._begin_block(tag)
        elif tag == "tr" and self._tables:
            self._tables[-1].row()
        elif tag in {"td", "th"}:
            self._begin_cell(tag)
        elif tag in _SIGNS and not self._pre:
            last = len(self._lines) - 1
            here = (last, len(self._lines[-1][1])) if self._open else (last + 1, 0)
            self._marked.setdefault(_SIGNS[tag], []).append(here)

    def _leave(self, tag: str) -> None:
        if tag in {"ul", "ol"}:
            self._lists.end()
        elif tag == "pre" and self._pre == 1:
            fence(self._lines, self._pre_at, self._indent())
        elif tag == "table" and self._tables:
            self._end_table()
        elif tag in _SIGNS and (begun := self._marked.get(_SIGNS[tag])):
            at = begun.pop()
            if not begun and not self._pre:  # the outermost of its kind
                mark(self._lines, at, _SIGNS[tag])

    def _begin_item(self) -> None:
        number = self._whole("value", -1) if "value" in self._given else -1
        goes_on = self._lists.item(number if number >= 0 else None)
        floor = self._tables[-1].floor if self._tables else 0
        blank = len(self._lines) > max(floor, 1) and not self._lines[-1][1]
        if goes_on and blank and not self._lines[-2][1].endswith("|"):
            self._lines.pop()

    def _begin_block(self, tag: str) -> None:
        if self._lists.mark:
            self._lines.append((self.getpos()[0], self._lists.prefix().rstrip()))
        self._open = False
        if tag == "pre":
            self._pre_at = len(self._lines) if self._pre == 1 else self._pre_at
            return
        if self._tables:
            self._tables[-1].nested = True
        self._tables.append(Table(len(self._lines)))

    def _begin_cell(self, tag: str) -> None:
        self._open = False
        if self._tables:
            down, across = (max(self._whole(name, 1), 1) for name in ("rowspan", "colspan"))
            self._tables[-1].cell(len(self._lines), header=tag == "th", down=down, across=across)

    def _end_table(self) -> None:
        self._open = False
        self._tables.pop().end(self._lines, self._indent())

    def _whole(self, name: str, default: int) -> int:
        value = (self._given.get(name) or "").strip()
        return int(value) if re.fullmatch(r"[0-9]{1,4}", value) else default

    def _indent(self) -> str:
        return " " * min(self._lists.indent, _FENCE_INDENT)

    def _block(self, tag: str) -> None:
        within = self._lists.mark or (tag in {"ul", "ol"} and self._lists.depth)
        if tag in _GAPS and (within or (self._pre and tag != "pre")):
            self._open = self._open and self._heading is not None
            return
        super()._block(tag)

    def _end_section(self) -> None:
        super()._end_section()
        self._tables.clear()  # a table with headings inside is the layout of the page
        self._marked.clear()
        self._pre_at = 0
        self._lists.mark = ""

    def _write_line(self, text: str, number: int) -> None:
        count = len(self._lines)
        super()._write_line(text, number)
        if len(self._lines) > count:
            prefix = self._indent() if self._pre else self._lists.prefix()
            self._lines[-1] = (number, prefix + self._lines[-1][1])


class _Message(_Reader):
    """Reads a message: it has quotations and links, and no headings."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.pictures = 0
        self._quoted = 0
        self._target = ""
        self._linked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag("p" if tag in _HEADINGS else tag, attrs)
        if self._hidden:
            return
        self.pictures += tag == "img"
        self._quoted += tag == "blockquote"
        if tag == "a":
            target = (dict(attrs).get("href") or "").strip()
            self._target = target if _TARGET.match(target) else ""
            self._linked = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._target and not self._hidden:
            self._end_link()
        super().handle_endtag("p" if tag in _HEADINGS else tag)
        if tag == "blockquote" and not self._hidden:
            self._quoted = max(self._quoted - 1, 0)

    def handle_data(self, data: str) -> None:
        if self._target and not self._hidden:
            self._linked.append(data)
        super().handle_data(data)

    def _end_link(self) -> None:
        bare = self._target.removeprefix("mailto:")
        words = "".join(self._linked)
        if bare.rstrip("/") not in words:
            self._write(f" ({bare})" if words.strip() else bare)
        self._target = ""

    def _write_line(self, text: str, number: int) -> None:
        new = not self._open and self._quoted
        super()._write_line("> " * min(self._quoted, 9) + text.lstrip() if new else text, number)


def _sections(
    found: list[tuple[tuple[str, ...], list[tuple[int, str]]]], title: str
) -> list[Section]:
    made = [section([name for name in path if name != title], lines) for path, lines in found]
    return [each for each in made if each is not None]


def _is_page_in_form(lower: str) -> bool:
    """Return whether a form holds more than fields: some systems put the whole page into one."""
    inside = False
    for found in _FORM_OR_TEXT.finditer(lower):
        if found["opens"] or found["closes"]:
            inside = bool(found["opens"])
        elif inside:
            return True
    return False


def _why_left_out(tag: str, attrs: list[tuple[str, str | None]]) -> str:
    """Return why an element is left out, or nothing: a reader sees it, or can unfold it."""
    given = dict(attrs)
    named = " ".join(given.get(name) or "" for name in ("class", "id", "role")).lower()
    if tag == "aside" and _BESIDE.search(named):
        return _BESIDE_NOTE
    style = given.get("style") or ""
    if given.get("aria-hidden") == "true":
        return _HIDDEN_NOTE
    folded = "hidden" in given or bool(_HIDDEN.search(style))
    return _HIDDEN_NOTE if folded and not _UNFOLDS.search(named) else ""


def _balanced(lower: str, tag: str) -> bool:
    """Return whether ``tag`` is closed as often as opened: an open one must not hide the page."""
    return len(re.findall(rf"<{tag}[\s>]", lower)) == lower.count(f"</{tag}>")
