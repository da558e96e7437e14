"""Puts what stays of a model's text together, each sentence with our citation behind it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.model import Finding
from assistant.writers.attribution import Kept
from assistant.writers.cite import digits
from assistant.writers.pieces import own_words
from guardrails import RedactedText, Template, join

_GAPS = {gap: Template(gap).fill() for gap in ("", " ", "\n", "\n\n")}
_LEFT_OUT = Template("(a step is left out here: no passage says it)").fill()
_NUMBER = Template("[$number]")


@dataclass(frozen=True, slots=True)
class Composed:
    """A text made of parts of another one.

    ``cited`` are the numbers of its citations in order; ``parts`` are start and end of each part
    in the other text, and where it begins in this one.
    """

    body: RedactedText
    cited: tuple[int, ...]
    parts: tuple[tuple[int, int, int], ...]

    def placed(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Return those findings about the other text whose place stayed, as findings about this."""
        starts = [start for start, _, _ in self.parts]
        found: list[Finding] = []
        for each in findings:
            at = bisect_right(starts, each.start) - 1
            if at >= 0 and each.end <= self.parts[at][1]:
                moved = self.parts[at][2] - self.parts[at][0]
                found.append(replace(each, start=each.start + moved, end=each.end + moved))
        return tuple(found)


def compose(
    said: RedactedText,
    kept: Sequence[Kept],
    texts: Sequence[RedactedText] = (),
    names: Mapping[int, int] | None = None,
) -> Composed:
    """Return the pieces of ``said`` that stay, each with the numbers of ``texts`` that say it.

    Without ``texts`` nothing is cited. ``names`` gives the numbers that are shown in their place.
    """
    shown = names or {}
    made: list[RedactedText] = []
    parts: list[tuple[int, int, int]] = []
    length = 0

    def add(text: RedactedText) -> None:
        nonlocal length
        made.append(text)
        length += len(text)

    for each in kept:
        add(_GAPS[each.piece.gap])
        marker = [each.piece.marker] if each.piece.marker else []
        own = not (each.missing or each.instead)
        words = own_words(said.reveal(), each.piece) if own else []
        for start, end in (*marker, *words):
            parts.append((start, end, length))
            add(said.cut(start, end))
        if each.missing:
            add(_LEFT_OUT)
        if each.instead:
            number, start, end = each.instead
            add(texts[number - 1].cut(start, end))
        for at, number in enumerate(each.numbers if texts else ()):
            add(_GAPS["\n" if each.piece.code and at == 0 else " " if at == 0 else ""])
            add(_NUMBER.fill(number=digits(shown.get(number, number))))
    cited = tuple(dict.fromkeys(number for each in kept for number in each.numbers if texts))
    return Composed(join("", made), cited, tuple(parts))
