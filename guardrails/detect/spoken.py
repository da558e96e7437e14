"""Secrets that people tell in prose: "Password for the scanner is …", "typed … on a page"."""

# ruff: noqa: PLR2004 - lengths and counts that the line itself explains

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.detect import tokens
from guardrails.detect.lexicon import is_common, is_technical
from guardrails.spans import EntityType, Span


def find(text: str) -> list[Span]:
    """Return the passwords, PINs and codes that a sentence in ``text`` gives away."""
    return [*_announced(text), *_typed(text), *_codes(text)]


_TALK = re.compile(
    r"\b(?:passw(?:or)?ds?|passphrases?|passcodes?|pass ?phrase|pwd|pw|pass|login|logon"
    r"|credentials?|creds|secret"
    r"|unlock code|recovery (?:key|code)|activation (?:key|code)|licen[cs]e key|product key"
    r"|kennwort|passwort"
    r"|mot de passe|contraseña|snmp community|community string"
    r"|wpa\d? key|wi-?fi key|psk|api key|security answer|master key)\b",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"""(?:\bis|\bwas|\bwere|\b(?:left|set)[ ]at|\bto|\bas|\blike|\bbe|\bused|\bby|\btried|\bcalled
        |\bit's|[:=→]|->|-|,|/|\bof
        |\bfor[ ]\S{1,40}|\bwith|\bist|\best|\bes|\bé|\bor)[ \t]{1,3}(?:still[ ]|now[ ]|just[ ]
        |maybe[ ]|:[ ]?)?
        |[:=][ ]?|[ ](?=["'“‘`])|[ ]\((?=\S)|[ ](?=\S{6,40}(?:[\s,.)]|$))""",
    re.VERBOSE | re.IGNORECASE,
)
_TOKEN = re.compile(r"""(?P<quote>["'“‘`«])?(?P<x>[^\s"“”`«»]{3,120})""")
_STOP = re.compile(r"[.?!](?:\s|$)|\n\s*\n")
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


_MARKUP = re.compile(
    r"\]\(|https?:|&#?\w+;|\*\*|^['\"]?[$%&]\w|\$\(|=\S*&|\w/\w+/|\.\w+\.\w+"
    r"|^\W?[A-Z_]{3,}\W?$|^\w+=\w+$"
)
_SIMPLE = re.compile(r"[A-Za-z]{3,20}\d{1,6}")
_PHRASE = re.compile(r"[a-z]{3,12}(?:[-_.][a-z]{3,12}){2,5}")
_COMPOUND = re.compile(r"(?:up|out|state|case|end|one|two|non|read|self|re|pre|multi)[-_]")
_NOT_ANNOUNCED = re.compile(
    r"[A-Z]{2,6}[-_]?\d{1,8}|\d{1,2}[:.]\d{2}\S{0,4}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
    r"|0x[0-9A-Fa-f]+|[\d.,]+\S{0,2}"
    r"|#\d+|\d+[-–]\w+|[A-Z]?[a-z]+\d{0,2}|\S+@\S+\.\w+|<\S+|[A-Z][a-z]+(?:/[A-Z]?[a-z]+)+"
    r"|[a-z]+/[a-z/]+"
    r"|[A-Z]\w*:|\S+\(\)|\(\S+|%\w+%\S*|[*_`]+\w+[*_`]*|\d+\w?[-/]\w+|\w+\.\w{2,4}|[A-Z0-9]{1,5}",
)


def _symbolled(value: str) -> bool:
    return tokens.classes(value) >= 3 and len(value) >= 8 and any(c in "!@#$%^&*+=?" for c in value)


def _trim(text: str, token: re.Match[str]) -> tuple[int, int]:
    """Cut closing punctuation, but leave a sign that a password may end with."""
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

_TYPING = re.compile(
    r"\b(?:typed|typing|entered|entering|types?|enter|pasted|disclosed|gave (?:them|him|her"
    r"|away)|keyed in|typed in"
    r"|changed (?:it|mine)(?: back)? to|reset (?:it|mine) to|set (?:it|mine) to"
    r"|log(?:ged)? in with|signed? in with|tried)"
    r"[ \t]{1,3}(?:it |my |as |in |the |old |with |both )?"
    r"(?P<quote>[\"'“‘`«])?(?P<x>[^\s\"“”`«»]{6,80})",
    re.IGNORECASE,
)


_NEXT = re.compile(
    r"[ ,]{0,2}(?:(?:and|or|then|also)[ ]){1,2}(?P<quote>[\"'“‘`«])?(?P<x>[^\s\"“”`«»]{6,80})"
)


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


_CODE = re.compile(
    r"\b(?:PIN|pin ?code|pin number|passcode|door code|alarm code|access code"
    r"|one[- ]time (?:code|password)|otp|2fa code"
    r"|mfa code|verification code|security code|cvv2?|cvc|voicemail pin|recovery code"
    r"|bitlocker(?: recovery)? key"
    r"|recovery key|unlock code|combination)\b(?:[ ]\w+){0,3}?[ ]?(?:is|was|=|:|to)?"
    r"[ ]{0,2}[`'\"(*]{0,3}"
    r"(?<!\w)(?P<x>\d{3,8}(?:-\d{3,8}){0,8}|[A-Z0-9]{4,6}(?:-[A-Z0-9]{4,6}){2,7})(?![\w.-]"
    r"|\s?(?:times|digits|characters))",
    re.IGNORECASE,
)


def _codes(text: str) -> Iterator[Span]:
    for code in _CODE.finditer(text):
        if not re.search(r"x{3}", code["x"], re.IGNORECASE) and any(c.isdigit() for c in code["x"]):
            yield Span(*code.span("x"), EntityType.SECRET, 0.8, "secret-code")
