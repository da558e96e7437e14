"""Blocks beside CommonMark: notes (admonitions of MkDocs and Docusaurus), and front matter."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

from ui.web.standing_in import STAND_IN

_INDENTED = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]+([\w-]+)(?:[ \t]+\"([^\"]*)\")?[ \t]*")
_FENCED = re.compile(r":{3,}[ \t]*\{?\.?([\w-]+)\}?(?:\[([^\]]*)\]|[ \t]+([^:]*))?[ \t]*")
_CLOSES = re.compile(r":{3,}[ \t]*")
_CITATIONS = re.compile(rf"(?:[ \t]*(?:\[[1-9][0-9]?\]|{STAND_IN.pattern}))+[ \t]*")
_DEPTH = 4
_ENDS_OTHERS: RuleOptionsType = {"alt": ["paragraph", "blockquote", "list"]}
_FRONT = re.compile(
    r"---[ \t]*\n((?:[ \t]*(?:[\w-]+:|- |\#)[^\n]*\n|[ \t]+[^\n]*\n){1,60})---[ \t]*(?:\n|$)"
)


def add_blocks(markdown: MarkdownIt) -> None:
    """Make ``markdown`` read notes as `note_open` … `note_close`, and `front_matter`."""
    ruler = markdown.block.ruler
    ruler.before("fence", "front_matter", _front_matter)
    ruler.before("fence", "indented_note", _indented_note, _ENDS_OTHERS)
    ruler.before("fence", "fenced_note", _fenced_note, _ENDS_OTHERS)
    ruler.before("fence", "citation", _citation, {"alt": ["blockquote"]})


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _citation(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """End a table at a line of citations, which would be its last row; the line is a paragraph."""
    return silent and bool(_CITATIONS.fullmatch(_line(state, start)))


def _front_matter(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    found = _FRONT.match(state.src) if start == 0 and state.level == 0 else None
    if silent or found is None:
        return False
    token = state.push("front_matter", "", 0)
    token.content = found[1]
    state.line = min(end, 2 + found[1].count("\n"))
    token.map = [0, state.line]
    return True


def _indented_note(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read ``!!! warning "Title"`` and the lines below that are indented by four."""
    found = None if state.is_code_block(start) else _INDENTED.fullmatch(_line(state, start))
    if found is None:
        return False
    if silent:
        return True
    indent = state.sCount[start] + _DEPTH
    last = start + 1
    while last < end and (state.isEmpty(last) or state.sCount[last] >= indent):
        last += 1
    _note(state, (start, last, last), (found[1], found[2] or ""), indent)
    return True


def _fenced_note(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read ``::: warning Title`` to the line ``:::``; a closing line alone is not shown."""
    if state.is_code_block(start):
        return False
    line = _line(state, start)
    found, closes = _FENCED.fullmatch(line), _CLOSES.fullmatch(line)
    if found is None and closes is None:
        return False
    if silent:
        return True
    if found is None:
        state.line = start + 1
        return True
    last = _closing(state, start + 1, end)
    _note(
        state,
        (start, last, min(end, last + 1)),
        (found[1], found[2] or found[3] or ""),
        state.blkIndent,
    )
    return True


def _closing(state: StateBlock, line: int, end: int) -> int:
    """Return the line that closes a fenced note, or ``end``."""
    open_ = 1
    while line < end and (state.isEmpty(line) or state.sCount[line] >= state.blkIndent):
        here = _line(state, line)
        open_ += -1 if _CLOSES.fullmatch(here) else bool(_FENCED.fullmatch(here))
        if not open_:
            return line
        line += 1
    return line


def _note(
    state: StateBlock, lines: tuple[int, int, int], named: tuple[str, str], indent: int
) -> None:
    start, last, following = lines
    before = state.blkIndent, state.lineMax
    opened = state.push("note_open", "div", 1)
    opened.map = [start, following]
    opened.info, opened.content = named
    state.blkIndent, state.lineMax = indent, last
    state.md.block.tokenize(state, start + 1, last)
    state.blkIndent, state.lineMax = before
    state.push("note_close", "div", -1)
    state.line = following
