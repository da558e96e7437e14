"""Removes a model's reasoning from what it says, also while the text still grows.

Models think between tags (``<think>``, ``[THINK]``), in channels (``<|channel|>analysis``), or
before a closing tag whose opening one stood in the server's template. None of it is an answer, so
it is removed before anything reads the text. A tag in backticks is a quotation and stays.
"""

from __future__ import annotations

import re

_NAME = r"(?:\w{1,16}:)?(?:think|thinking|thoughts?|reasoning|reflection|scratchpad)"
_MARK = re.compile(
    rf"""
    (?P<open> <{_NAME}(?:\s[^<>]{{0,40}})?> | \[THINK\] | ◁think▷ | <\|channel>
        | <\|(?:begin_of_thought|start_thinking)\|> )
  | (?P<close> </{_NAME}\s*> | \[/THINK\] | ◁/think▷ | <channel\|>
        | <\|(?:end_of_thought|end_thinking)\|> )
  | (?P<channel> <\|channel\|> )
  | (?P<message> <\|message\|> )
  | (?P<start> <\|start\|> )
  | (?P<end> <\|[a-z_]{{2,24}}\|> | </s> | <end_of_turn> )
  | (?P<bare> assistantfinal )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BARE = re.compile(r"\s*(?:analysis|commentary)(?=[A-Z0-9\"“'])")
"""How an answer in channels begins when the server has dropped the special tokens."""
_BARE_WORDS = ("analysis", "commentary")
_UNFINISHED = re.compile(r"(?:<[^<>\n]{0,63}|\[[^\[\]\n]{0,7}|◁[^◁▷\n]{0,7})$")
"""The end of a text that may be the first half of a mark."""
_SHOWN = ("final", "role")
"""How the header of a message that is no reasoning begins: its channel, or a role alone."""
_LONGEST_BARE = len("assistantfinal")


class Thoughts:
    """Takes a text in pieces; ``said`` is what is no reasoning of it.

    ``seen`` tells whether there was any reasoning; ``retracted``, whether text that was given out
    before has turned out to be reasoning, so that only ``said`` is right.
    """

    def __init__(self) -> None:
        self.seen = False
        self.retracted = False
        self._said = ""
        self._text = ""
        self._before = ""
        self._depth = 0
        self._header: str | None = None
        self._hidden = False
        self._bare: bool | None = None

    @property
    def said(self) -> str:
        return self._said.strip()

    def add(self, piece: str) -> str:
        """Take the next piece; return what is now known to be no reasoning."""
        self._text += piece
        if self._bare is None and not self._look_at_begin():
            return ""
        fresh = self._read()
        keep = _UNFINISHED.search(self._text)
        end = keep.start() if keep else len(self._text)
        if self._bare:
            end = min(end, max(0, len(self._text) - _LONGEST_BARE))
        return fresh + self._take(end)

    def end(self) -> str:
        """Return what is left when no more pieces come; reasoning that never ended is dropped."""
        if self._bare is None:
            self._bare = False
        return self._read() + self._take(len(self._text))

    def _look_at_begin(self) -> bool:
        """Decide whether the text begins as channels without marks; False while it is too short."""
        begin = self._text.lstrip()
        if any(word.startswith(begin) for word in _BARE_WORDS):
            return False
        self._bare = _BARE.match(self._text) is not None
        if self._bare:
            self.seen = self._hidden = True
        return True

    def _read(self) -> str:
        """Take everything up to the last mark."""
        fresh, at = "", 0
        while mark := _MARK.search(self._text, at):
            before = self._text[mark.start() - 1] if mark.start() else self._before
            if before == "`" or (mark["bare"] and not self._bare):
                at = mark.end()
                continue
            fresh += self._take(mark.start())
            self._text = self._text[len(mark[0]) :]
            fresh, at = self._act(mark, fresh), 0
        return fresh

    def _act(self, mark: re.Match[str], fresh: str) -> str:
        """Change the state as ``mark`` says; return what is left of the ``fresh`` text."""
        match mark.lastgroup:
            case "open":
                self._depth, self.seen = self._depth + 1, True
            case "close" if self._depth:
                self._depth -= 1
            case "close":
                return self._retract(fresh)
            case "start":
                self._header = "role "
            case "channel":
                self._header = ""
            case "message":
                self._hidden = not (self._header or "final").strip().startswith(_SHOWN)
                self.seen, self._header = self.seen or self._hidden, None
            case "bare":
                self._hidden = False
            case _:
                pass
        return fresh

    def _retract(self, fresh: str) -> str:
        """Everything so far was reasoning: its opening mark stood in the server's template."""
        self.seen = True
        self.retracted |= bool(self._said[: len(self._said) - len(fresh)].strip())
        self._said = ""
        return ""

    def _take(self, end: int) -> str:
        """Take the text before ``end``; return it, or nothing where it is reasoning."""
        taken, self._text = self._text[:end], self._text[end:]
        if taken:
            self._before = taken[-1]
        if self._header is not None:
            self._header += taken.casefold()
            return ""
        if self._depth or self._hidden:
            return ""
        if not self._said:
            taken = taken.lstrip()
        self._said += taken
        return taken
