"""Secrets that their own format identifies: vendors' tokens, keys, JWTs, addresses with a login."""

# ruff: noqa: PLR2004 - lengths and counts that the line itself explains

from __future__ import annotations

import re
from itertools import pairwise

from guardrails.detect import tokens
from guardrails.detect.rule import run
from guardrails.detect.table import load
from guardrails.spans import Span

_TABLE = load("credentials")
_HASHED = _TABLE.pattern("hashed")


def find(text: str) -> list[Span]:
    """Return the secrets in ``text`` that need no context."""
    return run(RULES, text)


def _is_prefixed_token(token: str) -> bool:
    """``ghp_…``, ``dckr_pat_…``: a short lower-case prefix and a long tail that is not a word."""
    tail = re.split(r"[_-]", token)[-1] if "_" in token else token.split("-", 1)[-1]
    digits = any(char.isdigit() for char in tail)
    return digits and tokens.is_random(tail, 16) and not _HASHED.match(token)


def _is_hyphened_token(token: str) -> bool:
    """``fio-u-…``: the same with hyphens; digests, and names followed by an id, are excluded."""
    tail = token.rsplit("-", 1)[1]
    return sum(map(str.isdigit, tail)) >= 3 and not tokens.is_hex(tail) and _is_scattered(tail)


def _is_dotted_token(token: str) -> bool:
    """``dt0c01.….…``: parts between dots, the longest of them scattered, none a plain word."""
    longest = max(re.split(r"[.+=]", token), key=len)
    return len(longest) >= 16 and not tokens.is_hex(longest) and _is_scattered(longest)


def _is_scattered(token: str) -> bool:
    mixed = sum(map(str.isdigit, token)) >= 3 and _turns(token) >= len(token) * 0.3
    return mixed and not tokens.is_uuid(token) and tokens.entropy(token) >= 3


def _is_mixed(token: str) -> bool:
    """A run of upper, lower and digits, well mixed, that is not a path, a name or an identifier."""
    if _HASHED.match(token) or tokens.is_uuid(token) or token.count("/") > 3:
        return False
    core = token.rstrip("=")
    mixed = tokens.classes(re.sub(r"[^A-Za-z0-9]", "", core)) == 3
    return mixed and not tokens.is_wordy(core) and _turns(core) >= len(core) * 0.3


def _turns(token: str) -> int:
    """Count the changes between lower case, upper case and digits."""
    kinds = [1 if c.isdigit() else 2 if c.isupper() else 3 for c in token if c.isalnum()]
    return sum(a != b for a, b in pairwise(kinds))


RULES = (
    *load("secret_formats").rules(),
    *_TABLE.rules(
        {
            "dotted-token": _is_dotted_token,
            "hyphened-token": _is_hyphened_token,
            "mixed-token": _is_mixed,
            "prefixed-token": _is_prefixed_token,
            "random": tokens.is_random,
        }
    ),
)
