"""Texts of a result: redacted, and as the caller may read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ui.operations.base import Shape

if TYPE_CHECKING:
    from assistant.desk import Desk
    from guardrails import RedactedText
    from guardrails.identity.permissions import Person


class Text(Shape):
    """A text redacted and with identity restored; both are redacted for who may not restore."""

    redacted: str
    restored: str


def texts(desk: Desk, person: Person | None, values: Sequence[RedactedText]) -> list[Text]:
    """Return ``values`` in order, restored with one read; redacted for who may not restore."""
    if person is None or not person.restores:
        return [Text(redacted=each.reveal(), restored=each.reveal()) for each in values]
    from assistant.flows.show import restored_all

    back = restored_all(desk, person, values)
    return [
        Text(redacted=each.reveal(), restored=seen.for_display())
        for each, seen in zip(values, back, strict=True)
    ]


def placed(
    desk: Desk, person: Person | None, value: RedactedText, place: tuple[int, int] | None
) -> tuple[Text, tuple[int, int] | None]:
    """Return ``value``, and where its ``place`` is in the restored text; None if it is nowhere."""
    if place is None:
        return texts(desk, person, [value])[0], None
    start, end = place
    cuts = [value.cut(0, start), value.cut(start, end), value.cut(end, len(value))]
    before, inside, after = texts(desk, person, cuts)
    if before.redacted + inside.redacted + after.redacted != value.reveal():
        return texts(desk, person, [value])[0], None  # the place begins or ends in a placeholder
    restored = before.restored + inside.restored + after.restored
    first = len(before.restored)
    whole = Text(redacted=value.reveal(), restored=restored)
    return whole, (first, first + len(inside.restored))
