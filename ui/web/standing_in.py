"""One character in place of what Markdown must not interpret, and of the edges of marks.

A text is parsed as Markdown with these characters in it. Markdown treats each as a letter, so none
can begin or end a construct; a text that contains such characters itself has them replaced too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ui.web.findings import Numbered, Piece, number, spanned
from ui.web.html import Html, el, join, text

FIRST, LAST = 0xF0000, 0xFFFFD
"""A private plane of Unicode: no character there has a meaning of its own."""

STAND_IN = re.compile(f"[{chr(FIRST)}-{chr(LAST)}]")

_ENTITY = r"&(?:\#x[0-9a-f]{1,6}|\#[0-9]{1,7}|[a-z][a-z0-9]{1,31});"
_COMMENT = r"<!--(?:(?!-->)[^\n]){0,500}-->"
_TEMPLATE = r"\{\{[^{}\n]{1,200}\}\}|\{%[^{}\n]{1,200}%\}|<%[^<>\n]{1,200}%>"
_TAG = (
    r"</?(?:a|abbr|b|big|br|center|code|dd|del|details|div|dl|dt|em|figcaption|figure|font|hr|i|"
    r"iframe|img|ins|kbd|li|mark|ol|p|picture|pre|s|script|small|span|strong|style|sub|summary|sup|"
    r"table|tbody|td|th|thead|tr|tt|u|ul|video)(?:\s[^<>\n]{0,300})?/?>"
)
_OPAQUE = re.compile(
    f"(?P<entity>{_ENTITY})|(?P<aside>{_COMMENT}|{_TEMPLATE}|{_TAG})|{STAND_IN.pattern}",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"(?:[ \t]*(?:>|[-*+][ \t]|[0-9]{1,9}[.)][ \t]|\#{1,6}[ \t]))*"
    r"(?:[ \t]*(?:`{3,}|~{3,}|!!!|\?\?\?\+?|:{3,})[^\n]*)?"
)


class Highlight:
    """Marks the sentence that answers."""


HIGHLIGHT = Highlight()

Mark = Numbered | Highlight


@dataclass(frozen=True, slots=True)
class Kept:
    """What a character stands for: ``source`` is its text, ``shown`` how it is shown."""

    source: str
    shown: Html
    literal: bool
    """In code the source is shown instead."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a mark begins or ends."""

    mark: Mark
    opens: bool


@dataclass(slots=True)
class Coded:
    """A text with stand-ins; ``plain`` is the same without the edges of marks."""

    plain: str
    marked: str
    meaning: dict[str, Kept | Edge]


def encode(value: str, pieces: Sequence[Piece], marks: Sequence[tuple[Mark, int, int]]) -> Coded:
    """Return ``value`` with its ``pieces`` and the edges of its ``marks`` as single characters.

    `OverflowError` if there are more of them than characters to stand for them.
    """
    kept = _kept(value, pieces)
    names = map(chr, range(FIRST, LAST + 1))
    meaning: dict[str, Kept | Edge] = {}

    def name(means: Kept | Edge) -> str:
        made = next(names, "")
        if not made:
            raise OverflowError
        meaning[made] = means
        return made

    solid = _Solid(value, [(start, end) for start, end, _ in kept])
    swaps = [(start, 1, end, name(each)) for start, end, each in kept]
    edges: list[tuple[int, int, int, str]] = []
    for mark, start, end in marks:
        if inside := solid.within(start, end):
            edges.append((inside[0], 0, inside[0], name(Edge(mark, opens=True))))
            edges.append((inside[1], -1, inside[1], name(Edge(mark, opens=False))))
    return Coded(_swapped(value, swaps), _swapped(value, sorted([*swaps, *edges])), meaning)


def _swapped(value: str, swaps: Sequence[tuple[int, int, int, str]]) -> str:
    parts: list[str] = []
    at = 0
    for start, _, end, name in swaps:
        parts += (value[at:start], name)
        at = end
    return "".join((*parts, value[at:]))


def _kept(value: str, pieces: Sequence[Piece]) -> list[tuple[int, int, Kept]]:
    """Return what is replaced, in order: the pieces, and whatever Markdown would decode."""
    taken = sorted(pieces, key=lambda each: each.start)
    made = [
        (each.start, each.end, Kept(value[each.start : each.end], each.shown, literal=False))
        for each in taken
    ]
    ahead = iter((*taken, Piece(len(value), len(value) + 1, text(""))))
    following = next(ahead)
    for match in _OPAQUE.finditer(value):
        while following.end <= match.start():
            following = next(ahead)
        if match.end() <= following.start:
            made.append((match.start(), match.end(), _opaque(match)))
    return sorted(made, key=lambda each: each[0])


def _opaque(match: re.Match[str]) -> Kept:
    source = match[0]
    if match["entity"]:
        return Kept(source, text(html.unescape(source)), literal=True)
    if match["aside"]:
        return Kept(source, el("span", text(source), class_="qd-aside"), literal=True)
    return Kept(source, text(source), literal=True)


class _Solid:
    """The places of a text where an edge changes nothing: beside a letter, a digit or a piece.

    What makes a list, a heading, a quotation or a fence is not among them.
    """

    def __init__(self, value: str, pieces: Sequence[tuple[int, int]]) -> None:
        self._value = value
        self._first = {at: start for start, end in pieces for at in range(start, end)}
        self._last = {at: end for start, end in pieces for at in range(start, end)}
        self._solid = bytearray(len(value))
        for line in re.finditer(r"[^\n]+", value):
            prefix = _PREFIX.match(value, *line.span())
            for at in range(prefix.end() if prefix else line.start(), line.end()):
                self._solid[at] = at in self._first or value[at].isalnum()

    def within(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the place that begins and ends with something solid, or None."""
        first, last = self._solid.find(1, start, end), self._solid.rfind(1, start, end)
        if first < 0:
            return None
        until = self._last.get(last, last + 1)
        while until < min(end, len(self._value)) and self._value[until] in ".!?…":
            until += 1
        return self._first.get(first, first), until


@dataclass(slots=True)
class Reader:
    """Shows coded text, with the marks that are open at each place.

    ``numbered`` are the numbers of the findings whose ends were shown.
    """

    meaning: Mapping[str, Kept | Edge]
    numbered: set[int] = field(default_factory=set[int])
    _open: list[Mark] = field(default_factory=list["Mark"])

    def show(self, coded: str, *, code: bool = False) -> Html:
        """Return ``coded`` as escaped text, pieces and marks; in ``code`` little is decoded."""
        done: list[Html] = []
        run: list[Html] = []
        at = 0
        for match in STAND_IN.finditer(coded):
            run.append(text(coded[at : match.start()]))
            at = match.end()
            means = self.meaning[match[0]]
            if isinstance(means, Kept):
                run.append(text(means.source) if code and means.literal else means.shown)
            else:
                done.append(self._marked(run))
                run = []
                done.extend(self._turn(means))
        run.append(text(coded[at:]))
        return join((*done, self._marked(run)))

    def said(self, coded: str) -> str:
        """Return ``coded`` as the text that it stands for."""
        return STAND_IN.sub(self._source, coded)

    def _source(self, match: re.Match[str]) -> str:
        means = self.meaning[match[0]]
        return means.source if isinstance(means, Kept) else ""

    def _turn(self, edge: Edge) -> Iterator[Html]:
        if edge.opens:
            self._open.append(edge.mark)
            return
        self._open = [each for each in self._open if each is not edge.mark]
        if isinstance(edge.mark, Numbered):
            self.numbered.add(edge.mark.number)
            yield number(edge.mark, leads_to="entry")

    def _marked(self, run: Sequence[Html]) -> Html:
        shown = spanned(join(run), [each for each in self._open if isinstance(each, Numbered)])
        if HIGHLIGHT in self._open and shown:
            return el("mark", shown, class_="qd-highlight")
        return shown
