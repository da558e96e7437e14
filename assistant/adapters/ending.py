"""How an answer ended, and what of it can be used."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.adapters.server.manners import Manners
from assistant.adapters.thoughts import Thoughts
from assistant.adapters.vendor_errors import (
    BROKEN_OFF,
    FILTERED,
    ONLY_REASONED,
    OUT_OF_ROOM,
    SILENT,
    trouble,
)
from assistant.ports import Amended
from guardrails import RawText
from guardrails.sentences import sentences

_ENDS = ("stop", "length")
_WORDS = {"content_filter": FILTERED}
_CUT = "The model's answer was cut off at its token limit: only its whole sentences are kept."
_CITED = re.compile(r"(?:\s*\[\d+\])+(?!\w)")
_STOPPED = re.compile(r"[.!?:][\"')\]”*_`]*(?:\s*\[\d+\])*\s*$")


class Ending:
    """Records whether a stream ended properly: a server that hangs up ends it too."""

    def __init__(self) -> None:
        self._reason: object = None

    def note(self, metadata: Mapping[str, object]) -> None:
        """Take the metadata of a piece, or of the whole answer."""
        self._reason = metadata.get("finish_reason") or self._reason

    def answer(self, thoughts: Thoughts, manners: Manners) -> str:
        """Return the answer, which is not empty. `ModelTrouble` when there is none.

        `Amended`, with the whole sentences, for one that was cut off at the token limit.
        """
        manners.reasons |= thoughts.seen
        if self._reason not in _ENDS:
            raise trouble(_WORDS.get(str(self._reason), BROKEN_OFF))
        said = thoughts.said if self._reason == "stop" else _whole_sentences(thoughts.said)
        if not said:
            cut = self._reason == "length" and not thoughts.seen
            raise trouble(OUT_OF_ROOM if cut else ONLY_REASONED if manners.reasons else SILENT)
        if self._reason == "length":
            raise Amended(_CUT, RawText(said))
        return said


def _whole_sentences(text: str) -> str:
    """Return ``text`` up to its last whole sentence, without a code block that is not closed."""
    if text.count("```") % 2:
        text = text[: text.rindex("```")].rstrip()
    places = sentences(text)
    if places and not _STOPPED.search(text[slice(*places[-1])]):
        places.pop()
    if not places:
        return ""
    end = places[-1][1]
    cited = _CITED.match(text, end)  # a citation after a stop begins the next sentence
    return text[: cited.end() if cited else end]
