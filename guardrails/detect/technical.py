"""Technical terms that must stay readable: products, vendors, error codes, code.

A model trained on news takes ``Kubernetes`` for a person, ``NT_STATUS_LOGON_FAILURE`` for a firm.
A veto drops such guesses only; it never drops what a rule found by its format, above all a secret.
"""

# ruff: noqa: PLR2004 - lengths and counts that the line itself explains

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from guardrails.detect.kinds import KINDS
from guardrails.detect.lexicon import (
    is_common,
    is_family,
    is_given,
    is_name,
    is_place,
    is_technical,
)
from guardrails.spans import EntityType, Span

SURE = 0.7
"""Names found by a rule with at least this score are not guesses, so no veto applies."""

_SURE_OF_A_WORD = 0.63
"""A word such as ``Park`` is a name only where the tagger is two thirds sure of it."""

_CODE = re.compile(
    r"```.{0,20000}?(?:```|\Z)|~~~.{0,20000}?(?:~~~|\Z)|`[^`\n]{1,300}`"
    r"|<[A-Za-z/!][^<>\n]{0,400}>|\{\{.{0,300}?\}\}|\$\{[^}\n]{0,100}\}"
    r"|\]\([^)\n]{1,400}\)|https?://[^\s)>\]\"']{1,600}|^(?: {4,}"
    r"|\t)(?![ \t]*[>A-ZÀ-Þ][a-zà-ÿ]+ ).{0,400}$|^[$#>] .{0,400}$",
    re.DOTALL | re.MULTILINE,
)
_SHAPE = re.compile(
    r"[a-z]+[A-Z]\w*|(?:[A-Z][a-z0-9]+){2,}[A-Z]*|\w*\d\w*|\w*_\w*|[A-Z]{2,}s?|[A-Z]{1,3}"
    r"|\S*[/\\@=<>{}$#*|()\[\]~^+]\S*|\S+\.\S+|-\S*|[A-Z]{2,}-\S+|\S*:\S*",
)
_NAMED = re.compile(r"[A-ZÀ-Þ][a-zà-ÿ]+(?:[A-Z'’-][a-zà-ÿ]+)*")
_NAMES = frozenset({EntityType.PERSON, EntityType.LOCATION})
"""Without a sentence around it, the tagger takes some people for places."""
_BEFORE = re.compile(r"\b([A-ZÀ-Þ][a-zà-ÿ]+) \Z")
_AFTER = re.compile(r" ([A-ZÀ-Þ][a-zà-ÿ]+)\b")
_CAPITAL = re.compile(r"\b[A-Z][\w-]{1,20}\b")
_TRADE = re.compile(
    r"\b(?:servers?|clusters?|pods?|nodes?|configs?|configur\w+|install\w*|errors?|logs?"
    r"|logging|click\w*|alerts?|deploy\w*|namespace|files?|folder|directory|command|run|api"
    r"|apis"
    r"|database|query|queries|version|versions|upgrade|update|updates|fix|apar|password"
    r"|login|user|users|data|code|app|apps|application|applications|service|services"
    r"|network|storage|backup|cloud|access|job|jobs"
    r"|settings?|options?|site|dashboard|editor|page|pages|button|menu|select|enable"
    r"|disable|default|parameter|parameters|value|values|metric|metrics|container|image"
    r"|docker|script|module|package|library|software"
    r"|printer|laptop|vpn|firewall|driver|drivers|firmware|bios|outlook|windows|linux"
    r"|mailbox|certificate|license|licence|router|switch|port|screen|monitor|reboot\w*"
    r"|restart\w*|browser|domain|host|ip|email|account)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Context:
    """What kind of text this is: where code is in it, and how technical its words are."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    technical: bool

    def is_code(self, start: int, end: int) -> bool:
        """Return whether the characters from ``start`` to ``end`` are in code."""
        at = bisect_right(self.starts, start) - 1
        return at >= 0 and self.ends[at] >= end


def context(text: str) -> Context:
    """Return what the vetoes need to know of ``text``."""
    zones = [match.span() for match in _CODE.finditer(text)]
    words = len(text.split()) or 1
    trade = sum(1 for _ in _TRADE.finditer(text)) + 3 * len(zones)
    trade += sum(is_technical(word[0]) for word in _CAPITAL.finditer(text))
    return Context(
        tuple(a for a, _ in zones), tuple(b for _, b in zones), trade >= 2 and trade / words > 0.025
    )


def vetoed(text: str, span: Span, where: Context) -> bool:
    """Return whether ``span`` is a guess about words that must stay readable."""
    if not KINDS[span.type].guessed or span.score >= SURE:
        return False
    phrase = text[span.start : span.end]
    if where.is_code(span.start, span.end):
        return not _is_full_name(text, span)
    words = [word.strip("\"'“”‘’.,;:!?()") for word in phrase.split()]
    words = [word for word in words if word]
    if span.recognizer == "tagger":  # it saw the sentence; only the lexicon overrules it
        announced = [is_technical(word) for word in words]
        if any(announced) if where.technical else all(announced):
            return True
        mixed = words[0][0].isupper() and any(word.islower() for word in words)  # “Hunter green”
        unsure = mixed or span.score < _SURE_OF_A_WORD
        return unsure and all(is_common(word) for word in words)
    if not words or any(_is_of_the_trade(word) for word in words):
        shouted = span.recognizer == "town-in-context" and phrase.isupper() and len(phrase) > 3
        return not shouted or where.technical
    return span.recognizer in _BARE and where.technical


def _is_full_name(text: str, span: Span) -> bool:
    """Return whether the tagger saw first and last name: a transcript in a code fence has some."""
    if span.recognizer != "tagger" or span.type not in _NAMES:
        return False
    own = text[span.start : span.end].split()
    before = _BEFORE.search(text, max(span.start - 30, 0), span.start)
    after = _AFTER.match(text, span.end)
    words = [*(before.groups() if before else ()), *own, *(after.groups() if after else ())]
    return (
        len(words) > 1
        and all(_NAMED.fullmatch(word) for word in own)
        and not any(map(is_technical, own))
        and not all(map(is_common, words))
    )


def _is_of_the_trade(word: str) -> bool:
    if is_technical(word):
        return True
    if is_name(word) or is_place(word) or is_given(word):
        return False
    return _SHAPE.fullmatch(word) is not None and not _is_shouted_name(word)


def _is_shouted_name(word: str) -> bool:
    return (
        word.isupper()
        and len(word) > 3
        and (is_given(word) or is_family(word) or not word.isascii())
    )


_BARE = frozenset({"person-surname", "person-lower", "person-paired", "person-unknown"})
"""Rules that see only a listed word: reliable in ordinary prose, poor in technical text."""
