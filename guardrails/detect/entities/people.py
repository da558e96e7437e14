"""Recognizers of people's names, by the words around them, in any case and order.

A context word alone is not enough (``contact support``), nor is a listed name alone (``Grace
period``). What follows must look like a name; the stronger the context, the weaker the evidence
that is required of the word itself.
"""

# ruff: noqa: PLR2004 - lengths and counts that the line itself explains

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.detect.lexicon import (
    is_common,
    is_family,
    is_given,
    is_name,
    is_place,
    is_technical,
    words,
)
from guardrails.detect.table import load
from guardrails.spans import EntityType, Span

_TABLE = load("people")
_WORD = _TABLE.fragment("word")
_NAME = _TABLE.pattern("name")
_GAP = _TABLE.pattern("gap")
_PARTICLES = _TABLE.words("particles")
_STRONG = _TABLE.pattern("strong")
_NOT_AFTER = _TABLE.words("not_after")
_TITLED = _TABLE.pattern("titled")
_CAP = _TABLE.pattern("cap")
_ACTING = _TABLE.pattern("acting")
_INSIDE = _TABLE.pattern("inside")
_PAIR = _TABLE.pattern("pair")
_LAST_FIRST = _TABLE.pattern("last_first")
_INITIAL = _TABLE.pattern("initial")
_CHAT = _TABLE.pattern("chat")
_SPEAKER = _TABLE.pattern("speaker")
_ROLES = _TABLE.words("roles")
_WEAK = tuple(_TABLE.words("weak"))
_DOTTED_TITLES = _TABLE.words("dotted_titles")
_LONE_TITLES = _TABLE.words("lone_titles")
_JOINED_ON = _TABLE.pattern("joined_on")


def find_people(text: str) -> list[Span]:
    """Return the names of people in ``text``."""
    spans = [
        *_introduced(text),
        *_titled(text),
        *_listed(text),
        *_reversed(text),
        *_initialled(text),
        *_paired(text),
        *_acting(text),
    ]
    return [*spans, *_again(text, spans)]


def _introduced(text: str) -> Iterator[Span]:
    for context in _STRONG.finditer(text):
        end = _name_end(
            text, context.end(), strong=not context[0].strip().lower().startswith(_WEAK)
        )
        if end > context.end():
            yield Span(context.end(), end, EntityType.PERSON, 0.8, "person-introduced")


def _name_end(text: str, at: int, *, strong: bool) -> int:
    """Return where the name that starts at ``at`` ends; ``at`` itself when none does.

    Capitalised words count as a name unless they are words of the language or of the trade; words
    in lower case only when the name lists know them.
    """
    tokens = _tokens(text, at)
    if not tokens:
        return at
    first = text[tokens[0][0] : tokens[0][1]]
    if first.casefold() in _NOT_AFTER or is_technical(first):
        return at
    good = 0
    for number, (start, stop) in enumerate(tokens):
        word = text[start:stop]
        if not _may_be_name(word, number):
            break
        if word.casefold() not in _PARTICLES or len(word) == 1:
            good = number + 1
    if not good:
        return at
    chosen = [text[a:b] for a, b in tokens[:good]]
    return tokens[good - 1][1] if _is_plausible(chosen, strong=strong) else at


def _tokens(text: str, at: int, most: int = 5) -> list[tuple[int, int]]:
    """Return up to ``most`` words from ``at`` on that only blanks or an initial's dot part."""
    found: list[tuple[int, int]] = []
    while len(found) < most and (match := _NAME.match(text, at)):
        found.append(match.span())
        gap = _GAP.match(text, match.end())
        if gap is None or (gap[0].startswith(".") and len(match[0]) > 2):
            break
        if gap[0].startswith(",") and len(found) != 1:
            break
        at = gap.end()
        if gap[0].startswith(",") and not _is_reversed(match[0], text, at):
            break
    return found


def _is_reversed(family: str, text: str, at: int) -> bool:
    given = _NAME.match(text, at)
    if given is None or not (family[0].isupper() and given[0][0].isupper()):
        return False
    return is_given(given[0]) and (is_family(family) or not is_common(family))


def _may_be_name(word: str, number: int) -> bool:
    folded = word.casefold()
    if folded in _PARTICLES and number > 0:
        return True
    if is_technical(word) or (folded in _NOT_AFTER and not is_given(word)):
        return False
    if word[0].isupper():
        if word.isupper() and len(word) > 3 and not (is_given(word) or is_family(word)):
            return False
        return not is_common(word) or is_given(word) or is_family(word)
    if number == 0:
        return is_name(word)
    return (is_family(word) or not is_common(word)) and len(word) > 2


def _is_plausible(parts: list[str], *, strong: bool) -> bool:
    listed = any(is_name(part) for part in parts)
    if parts[0][0].islower():
        return listed and (len(parts) > 1 or strong)
    if len(parts) == 1:
        word = parts[0]
        if len(word) == 1:
            return False
        if strong and is_given(word) and word.istitle() and word.casefold() not in _NOT_AFTER:
            return True
        return listed or (strong and not is_common(word) and not is_place(word) and word.istitle())
    if listed or all(is_given(w) or is_family(w) for w in parts):
        return True
    return any(not is_common(word) for word in parts) and all(
        w[0].isupper() or w in _PARTICLES for w in parts
    )


def _titled(text: str) -> Iterator[Span]:
    for title in _TITLED.finditer(text):
        tokens = _tokens(text, title.end(), 4)
        count = 0
        for start, stop in tokens:
            word = text[start:stop]
            if is_technical(word) or (
                word[0].islower() and word not in _PARTICLES and not is_name(word)
            ):
                break
            if count and is_common(word) and not is_given(word) and not is_family(word):
                break
            count += 1
        if count and (title["title"] not in _DOTTED_TITLES or "." in title[0]):
            yield Span(
                title.start(), tokens[count - 1][1], EntityType.PERSON, 0.85, "person-titled"
            )


def _listed(text: str) -> Iterator[Span]:
    """Names from the lists: alone if they are only names, beside another if also words."""
    matches = list(_CAP.finditer(text))
    skip = 0
    for number, match in enumerate(matches):
        word = match[0]
        if match.start() < skip or len(word) < 3:
            continue
        follows = _following(text, matches, number)
        capital = word[0].isupper()
        end = (
            _capitalised_name(word, match.end(), follows) if capital else _lower_name(word, follows)
        )
        if end:
            skip = end
            yield Span(match.start(), end, EntityType.PERSON, 0.7, "person-listed")
        elif capital and _is_surname(word):
            yield Span(match.start(), match.end(), EntityType.PERSON, 0.45, "person-surname")
        elif capital and _is_unknown(text, match):
            yield Span(match.start(), match.end(), EntityType.PERSON, 0.42, "person-unknown")
        elif not capital and word in words("familiar_names") and not is_technical(word):
            yield Span(match.start(), match.end(), EntityType.PERSON, 0.45, "person-lower")


def _following(text: str, matches: list[re.Match[str]], number: int) -> list[re.Match[str]]:
    """Return the words right after word ``number``, separated by a blank or an initial's dot."""
    found: list[re.Match[str]] = []
    at = matches[number].end()
    for match in matches[number + 1 : number + 4]:
        gap = text[at : match.start()]
        if gap != " " and not (gap == ". " and found and len(found[-1][0]) == 1):
            break
        found.append(match)
        at = match.end()
    return found


def _acting(text: str) -> Iterator[Span]:
    """``Grace Long clicked``: two words that may be names, followed by a verb that people do."""
    for match in _ACTING.finditer(text):
        one, two = match["one"], match["two"]
        named = one.istitle() and two.istitle() and is_given(one) and is_family(two)
        if one.islower() and two.islower() and _begins(text, match.start()):
            named = not is_common(one) and not is_common(two) and (is_name(one) or is_name(two))
        other = is_technical(one) or is_technical(two) or one.casefold() in _NOT_AFTER
        if named and not other:
            yield Span(*match.span(), EntityType.PERSON, 0.6, "person-acting")


def _begins(text: str, at: int) -> bool:
    before = text[max(0, at - 4) : at].rstrip(" ")
    return not before or before[-1] in ".!?\n:;"


def _is_unknown(text: str, match: re.Match[str]) -> bool:
    """A capitalised word that is in no list, among words in lower case, is a name of some kind."""
    word = match[0]
    if (
        len(word) < 4
        or not word.istitle()
        or is_common(word)
        or is_technical(word)
        or is_place(word)
    ):
        return False
    return _INSIDE.search(text, max(0, match.start() - 16), match.start()) is not None


def _is_surname(word: str) -> bool:
    return (
        len(word) > 3
        and word.istitle()
        and is_family(word)
        and is_name(word)
        and not is_place(word)
    )


def _capitalised_name(word: str, end: int, follows: list[re.Match[str]]) -> int:
    """Return the end of the name that ``word`` begins, or 0."""
    if is_technical(word) or is_place(word) or not (is_given(word) or is_family(word)):
        return 0
    alone = is_given(word) and is_name(word) and (word.istitle() or "-" in word) and len(word) > 3
    extended, certain = end, alone
    for match in follows:
        part = match[0]
        if part in _PARTICLES or (len(part) == 1 and part.isupper()):
            continue
        if not part[0].isupper() or is_technical(part) or part.casefold() in _NOT_AFTER:
            break
        if part.isupper() and len(part) > 1 and not word.isupper():
            break
        if is_name(part) or (is_given(word) and is_family(part) and not is_common(word)):
            certain = certain or is_name(word) or (is_given(word) and is_name(part))
        elif is_common(part) or not alone:
            break
        extended = match.end()
    return extended if certain and not is_place(f"{word} {follows[0][0] if follows else ''}") else 0


def _lower_name(word: str, follows: list[re.Match[str]]) -> int:
    """Two listed names in lower case side by side, neither of them a word, are a name."""
    if not follows or len(word) < 4 or not is_name(word):
        return 0
    second = follows[0][0]
    if second[0].isupper() or len(second) < 4 or not is_name(second):
        return 0
    return follows[0].end() if is_given(word) or is_given(second) else 0


def _paired(text: str) -> Iterator[Span]:
    """``Dale and Novák``: a word that may be a name is taken as one beside a name."""
    for match in _PAIR.finditer(text):
        one, two = match["one"], match["two"]
        if not (one.istitle() and two.istitle()) or is_technical(one) or is_technical(two):
            continue
        for word, other, group in ((one, two, "one"), (two, one, "two")):
            may = (is_family(word) or is_given(word)) and is_common(word)
            if may and word.casefold() not in _NOT_AFTER and is_name(other):
                yield Span(*match.span(group), EntityType.PERSON, 0.45, "person-paired")


def _reversed(text: str) -> Iterator[Span]:
    for match in _LAST_FIRST.finditer(text):
        last, first = match["last"], match["first"]
        if (
            not (last[0].isupper() and first[0].isupper())
            or is_technical(last)
            or is_technical(first)
        ):
            continue
        if is_place(last) or is_place(first) or last.casefold() in _NOT_AFTER:
            continue
        if is_family(last) and is_given(first) and (is_name(last) or is_name(first)):
            yield Span(match.start(), match.end(), EntityType.PERSON, 0.75, "person-reversed")


def _initialled(text: str) -> Iterator[Span]:
    """``W. Lindqvist``, ``[10:02] Björn Stone:``, ``Megan: Remember me``."""
    for match in _INITIAL.finditer(text):
        last = match["last"] or match["before"]
        if (
            last[0].isupper()
            and is_family(last)
            and not is_technical(last)
            and (not is_common(last) or text[match.end() : match.end() + 1] == ":")
        ):
            yield Span(*match.span(), EntityType.PERSON, 0.75, "person-initial")
    for match in _CHAT.finditer(text):
        if match["x"].casefold() not in _ROLES:
            yield Span(*match.span("x"), EntityType.PERSON, 0.8, "person-chat")
    for match in _SPEAKER.finditer(text):
        parts = match["x"].split()
        if all(is_given(p) or is_family(p) for p in parts) and any(is_name(p) for p in parts):
            yield Span(*match.span("x"), EntityType.PERSON, 0.6, "person-speaker")


def _again(text: str, spans: list[Span]) -> Iterator[Span]:
    """After a full name, one of its parts alone means the same person."""
    parts = {
        part
        for span in spans
        if span.score >= 0.7 and (" " in text[span.start : span.end])
        for part in re.findall(_WORD, text[span.start : span.end])
        if len(part) > 2 and part[0].isupper() and not is_common(part) and not is_technical(part)
    } - _LONE_TITLES
    for match in _CAP.finditer(text) if parts else ():
        if match[0] in parts and not _JOINED_ON.match(text, match.end()):
            yield Span(*match.span(), EntityType.PERSON, 0.6, "person-again")
