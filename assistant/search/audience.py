"""What a reply may rest on: passages for customers, without third people and other requesters.

A reply's writer is given nothing else, so that neither it nor a model can quote what customers may
not read. Who a name or a contact belongs to cannot be seen from a placeholder: those that the
ticket itself does not show its requester are left out, with the sentence or step that they are in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from assistant.cutting import replaced
from assistant.model import NO_TEXT, Audience, Passage, Ticket
from guardrails import RedactedText, Template, join
from guardrails.detect.kinds import KINDS
from guardrails.identity.restore import placeholders_of
from guardrails.placeholders import Found, Placeholder, find
from guardrails.spans import EntityType

_TICKET = "ticket #"
_OUR_TEAM = Template("our team").fill()
_ASK_US = Template("Please ask us about this step.").fill()
_BLOCK = re.compile(r"(?:[^\n]*\S[^\n]*(?:\n|\Z))+|\n+|[^\n]+")
_NUMBERED = re.compile(r"\s*\d{1,2}[.)]\s+")
_SINGLE = re.compile(r"\s*(?:\d{1,2}[.)]|[-*+])\s+|\s*\||\s*#{1,6}\s|\s*(?:```|~~~)")
_STOP = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[A-Z0-9<\"'(\[*_])")


def is_ticket(passage: Passage) -> bool:
    """Return whether a passage is of a resolved ticket."""
    return passage.source.reveal().startswith(_TICKET)


def known_to(ticket: Ticket) -> frozenset[Placeholder]:
    """Return the placeholders of whom the requester knows: those of the public thread."""
    said = [text for turn in ticket.public().turns for text in (turn.author, turn.text)]
    return frozenset(placeholders_of(join("\n", [ticket.subject, ticket.requester, *said])))


def is_third_person(found: Found, known: AbstractSet[Placeholder]) -> bool:
    """Return whether a placeholder is a name or contact of somebody the requester may not know."""
    placeholder = found.placeholder
    if placeholder.number is None:
        return True
    return placeholder not in known and not KINDS[placeholder.type].thing


def for_customer(
    passages: Iterable[Passage], known: AbstractSet[Placeholder]
) -> tuple[Passage, ...]:
    """Return the passages that a customer may read, without people who are not in ``known``.

    Of a resolved ticket, title and heading are left out: they are another requester's words.
    """
    readable = (each for each in passages if each.chunk.audience is Audience.CUSTOMER)
    return tuple(each for each in (_shown(one, known) for one in readable) if each.chunk.text)


def _shown(passage: Passage, known: AbstractSet[Placeholder]) -> Passage:
    chunk = passage.chunk
    heading = NO_TEXT if is_ticket(passage) else _without_people(chunk.heading, known)
    title = passage.source if is_ticket(passage) else _without_people(passage.title, known)
    text = _without_people(chunk.text, known)
    if (title, heading, text) == (passage.title, chunk.heading, chunk.text):
        return passage
    return replace(passage, title=title, chunk=replace(chunk, heading=heading, text=text))


def _without_people(text: RedactedText, known: AbstractSet[Placeholder]) -> RedactedText:
    strangers = [each for each in find(text.reveal()) if is_third_person(each, known)]
    if not strangers:
        return text
    parts: list[RedactedText] = []
    for start, end in _pieces(text.reveal()):
        mine = [each for each in strangers if start <= each.start < end]
        parts.append(_neutral(text, start, end, mine) if mine else text.cut(start, end))
    whole = join("", parts)
    return whole if whole.reveal().strip() else NO_TEXT


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield the parts of a text that are left out whole: items, rows, code lines, sentences."""
    for block in _BLOCK.finditer(text):
        lines = block[0].splitlines(keepends=True)
        if any(map(_SINGLE.match, lines)):
            at = block.start()
            for line in lines:
                yield at, at + len(line)
                at += len(line)
            continue
        at = block.start()
        for stop in _STOP.finditer(text, block.start(), block.end()):
            yield at, stop.end()
            at = stop.end()
        yield at, block.end()


def _neutral(text: RedactedText, start: int, end: int, strangers: Sequence[Found]) -> RedactedText:
    """Return a piece with its names replaced, or nothing of it if it holds more than names."""
    if any(each.placeholder.type is not EntityType.PERSON for each in strangers):
        step = _NUMBERED.match(text.reveal(), start, end)
        ending = text.cut(end - 1, end) if text.reveal()[end - 1 : end] == "\n" else NO_TEXT
        return join("", [text.cut(start, step.end()), _ASK_US, ending]) if step else NO_TEXT
    places = ((each.start - start, each.end - start, _OUR_TEAM) for each in strangers)
    return replaced(text.cut(start, end), places)
