"""A login and its password side by side: ``fieldtech / Gr8*Lakes77``, ``admin/admin1234``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.detect import tokens
from guardrails.detect.lexicon import is_technical
from guardrails.spans import EntityType, Span


def find_pairs(text: str) -> list[Span]:
    """Return the logins and passwords in ``text`` that are written with a slash between them."""
    return [span for pair in _PAIR.finditer(text) for span in _pair(text, pair)]


_PAIR = re.compile(
    r"(?<![\w/.:\\@-])(?P<user>[^\W\d_][\w.-]{1,30}(?:\\[\w.-]{2,30})?)[ ]?/[ ]?"
    r"(?P<secret>[^\s/\\\"'`<>(){}]{6,40})(?![\w/\\])"
)
_ANNOUNCED = re.compile(
    r"cred|log(?:ged|s)?[ -]?(?:in|on)\b|sign(?:ed|s)? in|remote in|default|passw|\bpw\b|\bpwd\b"
    r"|account|still us(?:es|ing)",
    re.IGNORECASE,
)
_SIGNS = frozenset("!@#$%^&*+=?_")
_REACH = 60


def _pair(text: str, pair: re.Match[str]) -> Iterator[Span]:
    start, end = pair.span("secret")
    while end > start and text[end - 1] in ".,;:":
        end -= 1
    user, secret = pair["user"], text[start:end]
    announced = _ANNOUNCED.search(text, max(0, pair.start() - _REACH), pair.start()) is not None
    if not tokens.is_passwordish(secret) or not any(map(str.isdigit, secret)):
        return
    if not announced and not (any(sign in secret for sign in _SIGNS - {"_"}) and " " in pair[0]):
        return
    yield Span(start, end, EntityType.SECRET, 0.8, "secret-paired")
    if not is_technical(user):
        yield Span(*pair.span("user"), EntityType.USERNAME, 0.75, "user-paired")
