"""Markdown shown as our own HTML: steps, tables, code, notes; links as text.

The text is hostile. It is parsed to tokens and never to markup, and each element is made by `el`
with our own names and no address in it. What CommonMark would not show (a definition, a row's extra
cells, what is nested too deeply) is not lost: each block must hold every letter of its lines in
order, or its lines are shown as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import ClassVar, Final, LiteralString

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ui.web.blocks import add_blocks
from ui.web.findings import Numbered, Piece, lay, number
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.standing_in import FIRST, HIGHLIGHT, LAST, Coded, Edge, Mark, Reader, encode

LONGEST: Final = 30_000
"""Characters; a longer text is shown as it is."""

_NESTED = 40
_WRAPPED = 55
_MOST_MARKS = 60
_LINE_ENDS = re.compile(r"\r\n?")
_LABEL = re.compile(r"\S{1,20}:[ \t]")
_ALERT = re.compile(r"\[!([A-Z]{2,12})\][ \t]*")
_SAME: dict[str, LiteralString] = {
    "p": "p", "ul": "ul", "blockquote": "blockquote", "thead": "thead", "tbody": "tbody",
    "tr": "tr", "em": "em", "strong": "strong", "s": "s",
    "h1": "h3", "h2": "h3", "h3": "h4", "h4": "h4", "h5": "h5", "h6": "h5",
}  # fmt: skip
_WARNINGS = {"warning", "caution", "danger", "important", "attention", "error", "critical"}


def rendered(
    value: str,
    pieces: Sequence[Piece] = (),
    found: Sequence[Numbered] = (),
    highlight: tuple[int, int] | None = None,
    *,
    breaks: bool = False,
) -> Html:
    """Return Markdown ``value`` with its ``pieces``, marked where something was ``found``.

    ``highlight`` is the place of the sentence that answers. With ``breaks`` each line end is shown;
    otherwise lines that were only wrapped are joined. Every finding's number is shown once, after
    its words or below the text; a finding about the whole text is not marked.
    """
    return el("div", _rendered(value, pieces, found, highlight, breaks), class_="qd-md")


def _rendered(
    value: str,
    pieces: Sequence[Piece],
    found: Sequence[Numbered],
    highlight: tuple[int, int] | None,
    breaks: bool,
) -> Html:
    marks: list[tuple[Mark, int, int]] = [
        (each, each.start, each.end) for each in found if not each.whole
    ]
    if highlight:
        marks.append((HIGHLIGHT, *highlight))
    try:
        coded = encode(value, pieces, marks) if len(value) <= LONGEST else None
    except OverflowError:
        coded = None
    if coded is None:
        return el("div", lay(value, pieces, found), class_="qd-as-is")
    reader = Reader(coded.meaning)
    shown = _Page(reader, breaks).show(_safely_marked(coded))
    left = [each for each, _, _ in marks if isinstance(each, Numbered)]
    left = [each for each in left if each.number not in reader.numbered]
    if not left:
        return shown
    return join((shown, el("p", *(number(each, leads_to="entry") for each in left))))


def _safely_marked(coded: Coded) -> str:
    """Return the text with every mark that does not change how it is parsed."""
    edges = {name for name, means in coded.meaning.items() if isinstance(means, Edge)}
    if not edges or _same(coded.marked, coded.plain, edges):
        return _LINE_ENDS.sub("\n", coded.marked)
    marks = [list(pair) for pair in zip(*[iter(sorted(edges))] * 2, strict=True)]
    kept: set[str] = set()
    for pair in marks[:_MOST_MARKS]:
        if _same(_without(coded.marked, edges - kept - {*pair}), coded.plain, edges):
            kept |= {*pair}
    return _LINE_ENDS.sub("\n", _without(coded.marked, edges - kept))


def _same(marked: str, plain: str, edges: set[str]) -> bool:
    return list(_shape(_parse(marked), edges)) == list(_shape(_parse(plain), edges))


def _shape(tokens: Sequence[Token], edges: set[str]) -> Iterator[object]:
    for each in tokens:
        said = tuple(
            _without(str(part), edges)
            for part in (each.content, each.info, *(each.attrs or {}).values())
        )
        if each.type != "text" or said[0]:
            yield each.type, each.tag, each.hidden, said
        yield from _shape(each.children or (), edges)


def _without(coded: str, names: set[str]) -> str:
    return coded.translate(dict.fromkeys(map(ord, names)))


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "maxNesting": _NESTED})
    made.enable(["table", "strikethrough"]).disable(["html_block", "html_inline", "reference"])
    made.normalizeLink = _unchanged  # addresses are shown, never followed
    made.normalizeLinkText = _unchanged_text
    made.validateLink = _any_link
    add_blocks(made)
    return made


def _unchanged(url: str) -> str:
    return url


def _unchanged_text(link: str) -> str:
    return link


def _any_link(url: str) -> bool:  # noqa: ARG001 - the vendor's name of it
    return True


def _parse(coded: str) -> list[Token]:
    return _markdown().parse(coded)


class _Page:
    """Makes HTML of the blocks of one text."""

    def __init__(self, reader: Reader, breaks: bool) -> None:
        self._read = reader
        self._breaks = breaks
        self._numbers: list[int] = []
        self._wraps: list[bool] = []

    def show(self, coded: str) -> Html:
        lines = coded.split("\n")
        parts: list[Html] = []
        at = 0
        for tokens, first, last in _blocks(_parse(coded), len(lines)):
            parts.append(self._between(lines[at:first]))
            own = lines[first:last]
            whole = _letters("\n".join(own)) == _letters("".join(_said(tokens)))
            parts.append(self._tree(tokens) if whole else self._as_is(own))
            at = last
        return join((*parts, self._between(lines[at:])))

    def _between(self, lines: Sequence[str]) -> Html:
        """Return lines that belong to no block: they are blank, or end a note."""
        return self._as_is(lines) if _letters("".join(lines)) else NOTHING

    def _as_is(self, lines: Sequence[str]) -> Html:
        """Return lines without any meaning."""
        coded = "\n".join(lines)
        return el("div", self._read.show(coded.strip("\n")), class_="qd-as-is")

    def _tree(self, tokens: Sequence[Token]) -> Html:
        """Return the elements of ``tokens``; each begin is followed by its end."""
        inside: list[list[Html]] = [[]]
        begun: list[Token] = []
        for each in tokens:
            if each.nesting > 0:
                begun.append(each)
                inside.append([])
                self._begin(each)
            elif each.nesting < 0:
                children = join(inside.pop())
                inside[-1].append(self._element(begun.pop(), children))
            else:
                inside[-1].append(self._leaf(each))
        return join(inside[0])

    def _begin(self, begin: Token) -> None:
        if begin.tag == "ol":
            self._numbers.append(-1)
        elif begin.tag == "li" and begin.info:
            stated = int("".join(each for each in begin.info if each in "0123456789") or "0")
            self._numbers[-1] = max(stated, self._numbers[-1] + 1)

    def _element(self, begin: Token, children: Html) -> Html:
        special = self._special.get(begin.type)
        if special:
            return special(self, begin, children)
        return children if begin.hidden else el(_SAME[begin.tag], children)

    def _ordered(self, _begin: Token, children: Html) -> Html:
        self._numbers.pop()
        return el("ol", children)

    def _item(self, begin: Token, children: Html) -> Html:
        return el("li", children, value=str(self._numbers[-1]) if begin.info else None)

    def _table(self, _begin: Token, children: Html) -> Html:
        return el("div", el("table", children), class_="qd-md-table", tabindex="0")

    def _head_cell(self, _begin: Token, children: Html) -> Html:
        return el("th", children, scope="col")

    def _cell(self, begin: Token, children: Html) -> Html:
        right = "right" in str(begin.attrGet("style"))
        return el("td", children, class_="qd-right" if right else None)

    def _note(self, begin: Token, children: Html) -> Html:
        kind = self._read.said(begin.info)
        title = self._read.show(begin.content) if begin.content else text(kind.capitalize())
        classes = "qd-md-note qd-md-warning" if kind.casefold() in _WARNINGS else "qd-md-note"
        return el("div", el("p", title, class_="qd-md-note-title"), children, class_=classes)

    def _link(self, begin: Token, children: Html) -> Html:
        """Return the link's text and its address, neither of which leads anywhere."""
        if begin.markup == "autolink":
            return el("span", children, class_="qd-md-address")
        return join((el("span", children, class_="qd-md-link"), self._address(begin, "href")))

    def _address(self, token: Token, name: str) -> Html:
        parts = [str(token.attrGet(each) or "") for each in (name, "title")]
        coded = " ".join(part for part in parts if part)
        if not coded:
            return NOTHING
        return el("span", words(" ("), self._read.show(coded), words(")"), class_="qd-md-address")

    _special: ClassVar[dict[str, Callable[[_Page, Token, Html], Html]]] = {
        "ordered_list_open": _ordered,
        "list_item_open": _item,
        "table_open": _table,
        "th_open": _head_cell,
        "td_open": _cell,
        "note_open": _note,
        "link_open": _link,
    }

    def _leaf(self, token: Token) -> Html:
        match token.type:
            case "inline":
                return self._inline(token)
            case "fence" | "code_block":
                return self._code(token)
            case "softbreak" | "hardbreak":
                return self._line_end(token)
            case "image":
                return self._picture(token)
            case "hr":
                return el("hr")
            case _:
                return self._said(token)

    def _said(self, token: Token) -> Html:
        if token.type == "text":
            return self._read.show(token.content)
        shown = self._read.show(token.content, code=True)
        if token.type == "code_inline":
            return el("code", shown)
        return el("pre", shown, class_="qd-front")

    def _picture(self, token: Token) -> Html:
        named = el("span", words("Picture: "), self._read.show(token.content))
        return join((named, self._address(token, "src")))

    def _inline(self, token: Token) -> Html:
        children = list(token.children or ())
        lines = token.content.split("\n")
        self._wraps = [
            len(line) > _WRAPPED and not _LABEL.match(following)
            for line, following in reversed(list(pairwise(lines)))
        ]
        alert = _ALERT.match(children[0].content) if children else None
        if alert is None:
            return self._tree(children)
        children[0].content = children[0].content[alert.end() :]
        return join((el("strong", text(alert[1].capitalize())), words(" "), self._tree(children)))

    def _line_end(self, token: Token) -> Html:
        """Return a break; a line that was only wrapped goes on after a space."""
        long = self._wraps.pop() if self._wraps else False
        wrapped = token.type == "softbreak" and long and not self._breaks
        return words(" ") if wrapped else el("br")

    def _code(self, token: Token) -> Html:
        shown = self._read.show(token.content.rstrip("\n"), code=True)
        language = self._read.show(token.info.strip(), code=True)
        copy = el("button", words("Copy"), type="button", class_="qd-link", data_copy="code")
        head = el("div", el("span", language), copy, class_="qd-code-head")
        block = el("pre", el("code", shown, data_copied="code"), tabindex="0")
        return el("div", head, block, class_="qd-code", data_copies=True)


def _blocks(tokens: Sequence[Token], lines: int) -> Iterator[tuple[list[Token], int, int]]:
    """Yield the outermost blocks with their first line and the line after their last."""
    block: list[Token] = []
    depth = 0
    for each in tokens:
        block.append(each)
        depth += each.nesting
        if not depth:
            first, last = block[0].map or (0, lines)
            yield block, first, last
            block = []


def _letters(coded: str) -> str:
    """Return what may not be lost: letters, digits and stand-ins."""
    return "".join(each for each in coded if each.isalnum() or FIRST <= ord(each) <= LAST)


def _said(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield all that ``tokens`` hold, in the order of the source."""
    links: list[Token] = []
    for each in tokens:
        yield each.info if each.block else ""
        if each.type == "inline":
            yield from _said(each.children or ())
        else:
            yield each.content
        if each.type == "link_open":
            links.append(each)
        of = links.pop() if each.type == "link_close" else each
        if each.type in ("link_close", "image") and of.markup != "autolink":
            yield from (str(of.attrGet(name) or "") for name in ("href", "src", "title"))
