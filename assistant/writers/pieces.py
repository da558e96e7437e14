"""Splits what a model wrote into pieces: sentences, steps, code; always as offsets into its text.

The model's own citations belong to no piece's words; they are kept as hints.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from guardrails.sentences import sentences

_CITATION = re.compile(
    r"\s*(?:(?:according to|as (?:said|stated|described) in|see|in|from|of|per) )?(?<![\w\]`])"
    r"(?:passages? |(?=[(\[]))[(\[]{1,2}(?:see )?(?:passages? ?|source ?)?\[?(\d{1,2})\]?"
    r"((?:(?:,| and|;)? ?(?:passages? ?)?\[?\d{1,2}\]?)*)[)\]]{1,2}(?![\w(])",
    re.IGNORECASE,
)
_MARKER = re.compile(
    r"[ \t]*(?:#{1,6}[ \t]+|[-*+•][ \t]+|(?:\*\*)?(?:step[ \t]+)?(\d{1,2})[.):](?:\*\*)?[ \t]+)",
    re.IGNORECASE,
)
_FENCE = re.compile(r"[ \t]*(```|~~~)")
_NUMBERED = re.compile(r"(?<!\w)\d{1,2}[.)]$")
_EMPTY = re.compile(r"[\W_]*")


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters ``start`` to ``end``: a sentence, or a block of code.

    ``gap`` is what stands before it: nothing, a blank, or one or two line ends. ``step`` is the
    number of the step that begins here; ``marker`` is the place of that number or bullet.
    """

    start: int
    end: int
    gap: str
    code: bool = False
    step: int = 0
    marker: tuple[int, int] | None = None
    words: str = ""
    hints: tuple[int, ...] = ()

    @property
    def leads(self) -> bool:
        """Return whether it only introduces what follows."""
        return self.words.rstrip("*_ ").endswith(":")


def pieces_of(text: str) -> list[Piece]:
    """Return the pieces of ``text`` in order, without those that hold no word."""
    found: list[Piece] = []
    gap = ""
    for start, end, code in _lines(text):
        if not text[start:end].strip():
            gap = "\n\n" if found else ""
            continue
        new = [Piece(start, end, "", code=True)] if code else list(_sentences(text, start, end))
        for at, piece in enumerate(new):
            before = (gap or ("\n" if found else "")) if at == 0 else " "
            found.append(_worded(text, replace(piece, gap=before)))
        gap = ""
    return _with_citations(found)


def own_words(text: str, piece: Piece) -> list[tuple[int, int]]:
    """Return the parts of ``text`` that a piece keeps: all but the model's citations."""
    parts: list[tuple[int, int]] = []
    at = piece.start
    for match in () if piece.code else _CITATION.finditer(text, piece.start, piece.end):
        parts.append((at, match.start()))
        at = match.end()
    return [(a, b) for a, b in (*parts, (at, piece.end)) if b > a]


def finished(text: str) -> int:
    """Return where the last piece of an unfinished text that is surely whole ends."""
    open_fence = sum(bool(_FENCE.match(line)) for line in text.splitlines()) % 2
    whole = pieces_of(text)[:-1]
    if open_fence and whole and whole[-1].code:
        whole.pop()
    return whole[-1].end if whole else 0


def _lines(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield the lines, and each block of code as one."""
    at, opened = 0, -1
    for line in text.splitlines(keepends=True):
        end = at + len(line.rstrip("\n"))
        fence = _FENCE.match(line)
        if fence and opened < 0:
            opened = at
        elif fence:
            yield opened, end, True
            opened = -1
        elif opened < 0:
            yield at, end, False
        at += len(line)
    if opened >= 0:
        yield opened, len(text.rstrip()), True


def _sentences(text: str, start: int, end: int) -> Iterator[Piece]:
    marked = _MARKER.match(text, start, end)
    step = int(marked[1]) if marked and marked[1] else 0
    at = marked.end() if marked else start
    marker = (start, at) if marked else None
    for left, right in _joined(_cited_before(text, sentences(text, at, end))):
        yield Piece(left, right, "", step=step, marker=marker)
        step, marker = 0, None


def _cited_before(text: str, places: Iterable[tuple[int, int]]) -> list[tuple[str, int, int]]:
    """Return the sentences, each with the citations that follow its full stop."""
    found: list[tuple[str, int, int]] = []
    for start, end in places:
        at = start
        while found and (cited := _CITATION.match(text, at, end)):
            at = cited.end()
        if at > start:
            found[-1] = (found[-1][0], found[-1][1], at)
        while at < end and text[at].isspace():
            at += 1
        if at < end:
            found.append((text[at:end], at, end))
    return found


def _joined(places: Iterable[tuple[str, int, int]]) -> Iterator[tuple[int, int]]:
    """Yield sentences; the number of a step within a line is joined to its step."""
    begin: int | None = None
    end = 0
    for words, start, end in places:
        begin = start if begin is None else begin
        if not _NUMBERED.search(words):
            yield begin, end
            begin = None
    if begin is not None:
        yield begin, end


def _worded(text: str, piece: Piece) -> Piece:
    words = "".join(text[start:end] for start, end in own_words(text, piece))
    cited = () if piece.code else _CITATION.finditer(text, piece.start, piece.end)
    hints = [int(number) for match in cited for number in re.findall(r"\d{1,2}", match[0])]
    return replace(piece, words=words.strip(), hints=tuple(hints))


def _with_citations(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the pieces with words; a citation after a full stop goes to the sentence before."""
    found: list[Piece] = []
    for piece in pieces:
        if not _EMPTY.fullmatch(piece.words):
            found.append(piece)
        elif found and piece.hints:
            found[-1] = replace(found[-1], hints=found[-1].hints + piece.hints)
    return found
