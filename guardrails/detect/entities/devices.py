"""Recognizers of identifiers inside an organisation: user names, staff and serial numbers."""

# ruff: noqa: PLR2004 - the checks follow the table; lengths and counts that the line itself explains

from __future__ import annotations

import re

from guardrails.detect.lexicon import is_common, is_family, is_given, is_name, is_technical
from guardrails.detect.rule import run
from guardrails.detect.table import load
from guardrails.spans import EntityType, Span

_TABLE = load("devices")
_NOBODY = _TABLE.words("nobody")
_EVERY_DOMAIN = _TABLE.words("every_domain")
_NO_USER = _TABLE.pattern("no_user")
_BRACKETED = _TABLE.pattern("bracketed")
_ADDED = _TABLE.pattern("added")
_NEAR_MISS = _TABLE.pattern("near_miss")


def find_devices(text: str) -> list[Span]:
    """Return user names, staff numbers, serial numbers and service tags in ``text``."""
    return [*run(RULES, text), *_beside(text)]


def _is_user(name: str) -> bool:
    """Whether it can be a user name: no English word, or one with a digit, dot or underscore."""
    lowered = name.lower().rstrip(".")
    if lowered in _NOBODY or len(lowered) < 3 or _NO_USER.fullmatch(name):
        return False
    if any(char.isdigit() or char in "._" for char in lowered):
        parts = [part for part in re.split(r"[._]", lowered) if part]
        worded = len(parts) > 1 and all(is_common(part) for part in parts)
        return not worded and not is_technical(lowered) and not name.isupper()
    cased = name.islower() or (name.isupper() and len(name) > 5)
    return cased and not is_common(lowered) and not is_technical(lowered)


def _beside(text: str) -> list[Span]:
    """``Jean Moreau (jmoreau)``, and two logins side by side of which one is recognizable."""
    spans = [
        Span(*match.span("x"), EntityType.USERNAME, 0.8, "user-bracketed")
        for match in _BRACKETED.finditer(text)
        if match["last"][:4].casefold() in match["x"].casefold()
    ]
    for match in _ADDED.finditer(text):
        if all(_is_login(match[name]) for name in "ab"):
            spans.extend(
                Span(*match.span(name), EntityType.USERNAME, 0.75, "user-added") for name in "ab"
            )
    return spans


def _is_login(name: str) -> bool:
    """``fmahmood``, ``stone74``, ``will.lindqvist``: the value after a word such as "user"."""
    return _is_user(name) and not _NEAR_MISS.fullmatch(name)


def _is_dotted_person(name: str) -> bool:
    first, _, last = name.partition(".")
    last = last.rstrip("0123456789")
    if len(first) == 1 or len(last) == 1:  # ``p.varga``, ``maria.g``; ``maria.c`` is a file
        name = last if len(first) == 1 else first
        return len(name) > 3 and last not in {"c", "h", "o"} and is_name(name)
    known = (is_given(first) or is_family(first)) and (is_given(last) or is_family(last))
    return known and (is_name(first) or is_name(last))


def _is_service_account(name: str) -> bool:
    prefix, rest = name[:3].lower(), re.split(r"[_.-]", name, maxsplit=1)[1]
    if prefix == "svc":
        return "_" in name or not is_common(rest)
    named = is_name(rest) or is_family(rest) or is_family(rest[1:])
    return named and not is_common(rest) and not is_technical(rest)


def _is_domain_user(name: str) -> bool:
    domain, _, user = name.partition("\\")
    if domain.lower() in _EVERY_DOMAIN:
        return False
    if user.lower() in _NOBODY or is_common(user) or is_technical(user) or is_technical(domain):
        return False
    return domain.isupper() or any(char.isdigit() or char in "._" for char in user) or is_name(user)


def _is_own_folder(name: str) -> bool:
    return name.lower() not in _NOBODY and not is_technical(name) and not is_common(name)


RULES = _TABLE.rules(
    {
        "domain-user": _is_domain_user,
        "dotted-person": _is_dotted_person,
        "login": _is_login,
        "own-folder": _is_own_folder,
        "serial": lambda value: not re.fullmatch(r"[a-z-]+\d?|\d{1,3}", value),
        "service-account": _is_service_account,
        "three-digits": lambda value: sum(c.isdigit() for c in value) >= 3,
    }
)
