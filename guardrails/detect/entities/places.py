"""Recognizers of places: street addresses as several countries write them, and towns by context.

An address is read forwards from its surest part, the street with its number: after it come flat,
town, state, postal code and country, in lines or after commas, for as long as they look like it.
"""

# ruff: noqa: PLR2004 - lengths and counts that the line itself explains

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from guardrails.detect.lexicon import is_common, is_place, is_technical
from guardrails.detect.rule import run
from guardrails.detect.table import load
from guardrails.spans import EntityType, Span

_TABLE = load("places")
_FLAT_BEFORE = _TABLE.pattern("flat_before")
_NUMBER_BEFORE = _TABLE.pattern("number_before")
_MEASURED = _TABLE.words("measured")
_MONTHS = _TABLE.words("months")
_LINE = _TABLE.pattern("line")
_TOWN_LINE = _TABLE.pattern("town_line")
_PARTS = tuple(map(_TABLE.pattern, ("part_unit", "part_forces", "part_post_code", "part_state")))
_CAPPED = _TABLE.pattern("capped")
_JOINS = _TABLE.words("joins")
_PROSE = _TABLE.words("prose")
_TOWN = _TABLE.pattern("town")
_ZIP = _TABLE.pattern("zip")
_CAPITALISED = _TABLE.pattern("capitalised")


def find_places(text: str) -> list[Span]:
    """Return street addresses, postal codes and towns in ``text``."""
    return [*_streets(text), *_towns(text), *_codes(text), *_known(text)]


def _streets(text: str) -> Iterator[Span]:
    for street in run(RULES, text) if any(map(str.isdecimal, text)) else ():
        yield replace(street, start=_left(text, street.start), end=_rest(text, street.end))


def _left(text: str, start: int) -> int:
    """A flat, a house number or a postal code right before the street belongs to it."""
    if flat := _FLAT_BEFORE.search(text, max(0, start - 24), start):
        return flat.start()
    if before := _NUMBER_BEFORE.search(text, max(0, start - 9), start):
        return before.start()
    return start


def _is_trade(value: str) -> bool:
    """Return whether ``value`` is technical: ``Windows 10``, ``Storage Units 24``."""
    words = re.findall(r"[^\W\d_][\w'’-]*", value)
    return (
        any(is_technical(word) or word.lower() in _MEASURED for word in words)
        or words[0] in _MONTHS
    )


def _rest(text: str, at: int) -> int:
    """Return where the address that has begun before ``at`` ends."""
    unit = False
    for _ in range(8):
        step = _unit_or_code(text, at)
        if step > at:
            unit, at = True, step
            continue
        step = _town(text, at, unit=unit)
        if step == at:
            break
        at = step
    return at


def _unit_or_code(text: str, at: int) -> int:
    for pattern in _PARTS:
        if match := pattern.match(text, at):
            return match.end()
    return at


def _town(text: str, at: int, *, unit: bool) -> int:
    if line := _LINE.match(text, at):
        town = _TOWN_LINE.match(text, line.end())
        if town and _is_town_line(town[0]):
            return town.end()
        return at
    if capped := _CAPPED.match(text, at):
        words = capped["x"].split()
        comma = capped["gap"].startswith(",")
        if (comma or unit) and not any(is_technical(w) for w in words) and _is_town(words):
            return capped.end()
    return at


def _is_town_line(line: str) -> bool:
    words = re.findall(r"[^\W\d_][\w'’-]*", line)
    if not words or len(words) > 5 or any(is_technical(word) for word in words):
        return False
    if words[0].lower() in _PROSE:
        return False
    lowers = [word for word in words if word[0].islower()]
    return all(word in _JOINS for word in lowers)


def _is_town(words: list[str]) -> bool:
    return words[0].lower() not in _PROSE and len(words[0]) > 1


def _towns(text: str) -> Iterator[Span]:
    for match in _TOWN.finditer(text):
        words = match["x"].split()
        technical = any(is_technical(word) for word in words)
        if not technical and not (len(words) == 1 and is_common(words[0])):
            yield Span(*match.span("x"), EntityType.LOCATION, 0.55, "town-in-context")


def _codes(text: str) -> Iterator[Span]:
    for match in _ZIP.finditer(text):
        kind = match.lastgroup
        if kind is None or (kind != "x" and match[kind] != match[kind].upper()):
            continue
        if kind == "after" and _is_trade(match[0]):
            continue
        if kind == "us" and not re.search(r",? [A-Z]{2} \d", match[0]):
            continue
        yield Span(*match.span(kind), EntityType.STREET_ADDRESS, 0.7, "postal-code")


def _known(text: str) -> Iterator[Span]:
    """Countries, states and large cities, the longest run of words first."""
    for match in _CAPITALISED.finditer(text):
        words = list(re.finditer(r"\S+", match[0]))
        at = 0
        while at < len(words):
            for stop in range(len(words), at, -1):
                start, end = words[at].start(), words[stop - 1].end()
                phrase = match[0][start:end].rstrip("'’")
                if (
                    is_place(phrase.removesuffix("'s"))
                    and not is_technical(phrase)
                    and not is_common(phrase)
                ):
                    phrase = phrase.removesuffix("'s")
                    yield Span(
                        match.start() + start,
                        match.start() + start + len(phrase),
                        EntityType.LOCATION,
                        0.5,
                        "place-listed",
                    )
                    at = stop - 1
                    break
            at += 1


RULES = _TABLE.rules({"no-machine": lambda value: not _is_trade(value)})
