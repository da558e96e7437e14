"""Secrets in prose: "Password for the scanner is …", "typed … on a page"."""

# ruff: noqa: PLR2004 - lengths and counts that the line itself explains

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.detect import tokens
from guardrails.detect.lexicon import is_common, is_technical
from guardrails.detect.table import load
from guardrails.spans import EntityType, Span

_TABLE = load("spoken")
_TALK = _TABLE.pattern("talk")
_LINK = _TABLE.pattern("link")
_TOKEN = _TABLE.pattern("token")
_STOP = _TABLE.pattern("stop")
_MARKUP = _TABLE.pattern("markup")
_SIMPLE = _TABLE.pattern("simple")
_PHRASE = _TABLE.pattern("phrase")
_COMPOUND = _TABLE.pattern("compound")
_NOT_ANNOUNCED = _TABLE.pattern("not_announced")
_TYPING = _TABLE.pattern("typing")
_NEXT = _TABLE.pattern("next")
_CODE = _TABLE.pattern("code")


def find(text: str) -> list[Span]:
    """Return the passwords, PINs and codes that a sentence in ``text`` contains."""
    return [*_announced(text), *_typed(text), *_codes(text)]


_REACH = 90


def _announced(text: str) -> Iterator[Span]:
    for talk in _TALK.finditer(text):
        limit = min(len(text), talk.end() + _REACH)
        if stop := _STOP.search(text, talk.end(), limit):
            limit = stop.start() + 1
        for link in _LINK.finditer(text, talk.end(), limit):
            token = _TOKEN.match(text, link.end())
            if token is None:
                continue
            start, end = _trim(text, token)
            value = text[start:end]
            close = text[talk.end() : link.start()].strip() in ("", "is", "was")
            if _is_announced(
                value, quoted=token["quote"] is not None, close=close, link=link[0].strip().lower()
            ):
                yield Span(start, end, EntityType.SECRET, 0.8, "secret-told")
                break


def _is_announced(  # noqa: PLR0911 - one line a way of telling
    value: str, *, quoted: bool, close: bool, link: str
) -> bool:
    if _MARKUP.search(value):
        return False
    if tokens.is_passwordish(value) and not _NOT_ANNOUNCED.fullmatch(value):
        if not link:
            return _symbolled(value) or tokens.is_random(value, 16)
        strong = (
            link
            in (
                "is",
                "was",
                ":",
                "=",
                "like",
                "to",
                "used",
                "as",
                "left at",
                "set at",
                "ist",
                "est",
                "it's",
            )
            or quoted
        )
        return (
            strong or tokens.is_scrambled(value) or _symbolled(value) or tokens.is_random(value, 12)
        )
    if close and link in ("is", "was", ":", "=") and _SIMPLE.fullmatch(value):
        return True
    if quoted and close and value.isalpha() and not tokens.is_placeholder(value):
        return len(value) >= 4 and not is_technical(value)
    if link in ("is", "was") and close and _PHRASE.fullmatch(value):
        return not _COMPOUND.match(value)
    if link in ("is", "was", ":", "=") and close and value.isdigit():
        return 4 <= len(value) <= 12
    return False


def _symbolled(value: str) -> bool:
    return tokens.classes(value) >= 3 and len(value) >= 8 and any(c in "!@#$%^&*+=?" for c in value)


def _trim(text: str, token: re.Match[str]) -> tuple[int, int]:
    """Cut closing punctuation, but leave a character that a password may end with."""
    start, end = token.span("x")
    quote = token["quote"]
    if quote and (closing := text.find(_CLOSING.get(quote, quote), start, end + 1)) > start:
        return start, closing
    while end > start and text[end - 1] in ".,;:)]}'’\"”":
        end -= 1
    if end > start and text[end - 1] == "?" and tokens.classes(text[start : end - 1]) < 3:
        end -= 1
    return start, end


_CLOSING = {"“": "”", "‘": "’", "«": "»"}


def _typed(text: str) -> Iterator[Span]:
    for typing in _TYPING.finditer(text):
        announced: re.Match[str] | None = typing
        while announced:
            start, end = _trim(text, announced)
            if not _is_typed(text[start:end]):
                break
            yield Span(start, end, EntityType.SECRET, 0.75, "secret-typed")
            announced = _NEXT.match(text, end)


def _is_typed(value: str) -> bool:
    if _NOT_ANNOUNCED.fullmatch(value) and not tokens.is_scrambled(value):
        return False
    strange = tokens.is_scrambled(value) or _symbolled(value)
    return strange and tokens.is_passwordish(value) and "\\" not in value and not is_common(value)


def _codes(text: str) -> Iterator[Span]:
    for code in _CODE.finditer(text):
        if not re.search(r"x{3}", code["x"], re.IGNORECASE) and any(c.isdigit() for c in code["x"]):
            yield Span(*code.span("x"), EntityType.SECRET, 0.8, "secret-code")
