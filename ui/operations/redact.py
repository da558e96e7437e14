"""Redact a text: a tenant's placeholders are only looked up, and nothing is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.model import Role
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from guardrails import Redaction


class RedactArgs(TenantArgs):
    """A text to look up in a tenant's vault; nothing is added to it."""

    text: str


class MaskView(Shape):
    """Characters ``start`` to ``end`` (half open) of the input text, never its value."""

    start: int
    end: int
    type: str
    placeholder: str
    recognizer: str


class Redacted(Shape):
    """Redacted text with the places that were masked."""

    text: str
    masks: tuple[MaskView, ...]
    counts: dict[str, int]


def redacted(redaction: Redaction) -> Redacted:
    """Return ``redaction`` as a result."""
    masks = tuple(
        MaskView(
            start=mask.start,
            end=mask.end,
            type=mask.placeholder.type.value,
            placeholder=str(mask.placeholder),
            recognizer=mask.recognizer,
        )
        for mask in redaction.masks
    )
    types = [mask.type for mask in masks]
    counts = {kind: types.count(kind) for kind in sorted(set(types))}
    return Redacted(text=redaction.text.reveal(), masks=masks, counts=counts)


def _redact(home: Home, _caller: Caller, args: RedactArgs, _progress: Progress) -> Redacted:
    from guardrails import RawText

    return redacted(home.desk(args.tenant).redactor.look_up(RawText(args.text)))


REDACT = Operation("redact", RedactArgs, Redacted, _redact, needs=owner_or(Role.AGENT))
