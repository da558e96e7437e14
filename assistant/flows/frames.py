"""A tenant's frames of replies: which there are, and its own words in place of the shipped ones.

A frame is outside text like any other, so it passes a redactor: one that masks addresses, secrets
and the people of the directory and guesses no names, because nouns of a short text may be taken for
names. A frame goes into every reply of its language and to no model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.desk import Desk
from assistant.errors import BadInput, Refused
from assistant.frames import FIELDS, Frame, languages, shipped
from assistant.language import NAMES
from guardrails import RawText, RedactedText
from guardrails.placeholders import find

_LONGEST = 1_000
_FIELDS = re.compile(r"\$(\w*)")
_UNCHANGED = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class FrameLine:
    """A frame of one language; ``own`` is whether the tenant wrote it."""

    language: str
    frame: Frame
    text: RedactedText | None
    own: bool


def frames(desk: Desk) -> list[FrameLine]:
    """Return every frame of the shipped languages and of those that the tenant has begun."""
    own = desk.records.frames.all()
    codes = dict.fromkeys([*languages(), *sorted(code for code, _ in own)])
    return [
        FrameLine(code, frame, own.get((code, frame)) or shipped(code, frame), (code, frame) in own)
        for code in codes
        for frame in Frame
    ]


def set_frame(desk: Desk, by: str, language: str, frame: Frame, text: RawText) -> None:
    """Use ``text`` from now on; ``by`` is the user's id, or `OWNER`.

    `BadInput` for unknown fields, `Refused` if some of it is masked.
    """
    _must_be_known(language)
    if not text or len(text) > _LONGEST:
        raise BadInput(f"A frame has 1 to {_LONGEST} characters.", safe=_UNCHANGED)
    words = (desk.precise_redactor or desk.redactor).look_up(text).text
    masked = sorted({str(each.placeholder) for each in find(words.reveal())})
    if masked:
        raise Refused(
            f"A frame may hold nothing that is masked, and this does: {', '.join(masked)}.",
            safe=_UNCHANGED,
            todo="Remove it, or leave the word readable with `quietdesk terms add`.",
        )
    _must_have_fields(frame, set(_FIELDS.findall(words.reveal())))
    with desk.records.transaction():
        desk.records.frames.put(language, frame, words)
        desk.ledger.append("frame.set", by=by, language=language, frame=frame.value)


def reset_frame(desk: Desk, by: str, language: str, frame: Frame) -> None:
    """Use the shipped words again. `BadInput` if the tenant has none of its own."""
    _must_be_known(language)
    with desk.records.transaction():
        if not desk.records.frames.remove(language, frame):
            raise BadInput("The tenant has no such frame of its own.", safe=_UNCHANGED)
        desk.ledger.append("frame.reset", by=by, language=language, frame=frame.value)


def _must_have_fields(frame: Frame, fields: set[str]) -> None:
    allowed = set(FIELDS[frame])
    greets = frame is Frame.GREETING
    if fields - allowed or (greets and fields != allowed):
        named = " and ".join(f"${name}" for name in sorted(allowed)) or "no field"
        raise BadInput(
            f"The frame {frame.value} {'must' if greets else 'may'} hold {named}.",
            safe=_UNCHANGED,
        )


def _must_be_known(language: str) -> None:
    if language not in NAMES:
        raise BadInput(
            "This language cannot be recognised.",
            safe=_UNCHANGED,
            todo=f"One of {', '.join(NAMES)}.",
        )
