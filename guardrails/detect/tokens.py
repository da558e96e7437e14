"""Classifies one unbroken run of characters: random, a placeholder, or plain words.

Entropy alone separates credentials from prose badly (a long path has much, ``Winter2021#`` little).
The tests here look at classes of characters and how often a token changes between them.
"""

# ruff: noqa: PLR2004 - lengths and counts that the line itself explains

from __future__ import annotations

import math
import re
from collections import Counter

from guardrails.detect.lexicon import is_common, is_technical

_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]+")
_PIECES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\w\s]|_")
_PLACEHOLDER = re.compile(
    r"""[<\[({$%@*#&…\u2026.?-]*(?:
        x{3,}.*|X{3,}.*|\*+.*|\.{3,}|…+
      | [<\[{$%].*                                    # <token>, ${VAR}, %VAR%, {{ x }}, [redacted]
      | __\w+__ | [A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+       # __REPLACE_ME__, SOME_VARIABLE
      | (?:your|my|the|some|insert|enter|replace|example|sample|dummy|fake|placeholder|change)
        (?:[-_ ]?[a-z]+(?:[-_ ][a-z]+){0,4})?[-_ ]?
      | redacted|masked|hidden|removed|changeme|change[-_]me|todo|tbd|n/?a|none|null|nil|undefined
      | true|false|yes|no|on|off|empty|unset|default|required|optional|string|str|int|bool|bytes
      | text|plaintext|auto|enabled|disabled|bearer|basic|env|vault|secret|token|key|value|password
      | username|passwd|pwd|pass|credentials?|apikey|api[-_]key|new|old|self|this|function|await
      | async|return|const|let|var|import|class|def
    )[>\])}%*#;,.]*""",
    re.VERBOSE | re.DOTALL,
)
_CODE = re.compile(
    r"""\$?[A-Za-z_][\w]*(?:(?:\.|->|::)[A-Za-z_]\w*)+(?:[(\[].*)?$   # os.environ[…], a.b.c
      | [A-Za-z_]\w*[(\[]                                             # getpass(…)
      | \$[A-Za-z_{(]                                                 # $VAR, $(cmd)
      | \\?\{ | <[^>]*>? | &\w | @\w+[({]
    """,
    re.VERBOSE | re.DOTALL,
)
_LOOK = 200  # enough characters to classify a token; more would cost time
_PATH = re.compile(r"(?:[A-Za-z]:\\|\.{0,2}/|~/|file:|https?:|\\\\)")


def is_uuid(token: str) -> bool:
    """Return whether ``token`` is a UUID."""
    return _UUID.fullmatch(token) is not None


def is_hex(token: str) -> bool:
    """Return whether ``token`` is nothing but hexadecimal digits."""
    return _HEX.fullmatch(token) is not None


def is_placeholder(token: str) -> bool:
    """Return whether ``token`` is written in place of a value: ``<token>``, ``****``."""
    token = token[:_LOOK]
    return (
        _PLACEHOLDER.fullmatch(token) is not None
        or _PLACEHOLDER.fullmatch(token.lower()) is not None
    )


def is_reference(token: str) -> bool:
    """Return whether ``token`` is code, a path or an address that points to a value."""
    token = token[:_LOOK]
    if _PATH.match(token):
        return True
    code = _CODE.match(token)
    return code is not None and not any(len(part) > 24 for part in re.split(r"\W", token))


def classes(token: str) -> int:
    """Count which of lower case, upper case, digits and symbols occur in ``token``."""
    return (
        any(char.islower() for char in token)
        + any(char.isupper() for char in token)
        + any(char.isdigit() for char in token)
        + any(not char.isalnum() for char in token)
    )


def entropy(token: str) -> float:
    """Return Shannon's entropy of the characters of ``token``, in bits per character."""
    total = len(token)
    return -sum(n / total * math.log2(n / total) for n in Counter(token).values())


def is_random(token: str, least: int = 16) -> bool:
    """Return whether ``token`` is long and mixed enough to be made by a machine as a credential."""
    if len(token) < least or is_reference(token) or _SLUG.fullmatch(token):
        return False
    token = token[:_LOOK]
    letters = any(char.isalpha() for char in token)
    if not any(char.isdigit() for char in token):
        return letters and len(token) >= 20 and not is_wordy(token) and len(set(token)) >= 8
    return len(set(token)) >= 6 and (letters or len(token) >= 20)


def is_wordy(token: str) -> bool:
    """Return whether ``token`` is plain words joined up: a secret's name, a setting, a slug."""
    token = token[:_LOOK]
    pieces = re.findall(r"[A-Z]?[a-z]+|[A-Z]{2,}(?![a-z])", token)
    worded = sum(len(piece) for piece in pieces if len(piece) > 2 and _is_word(piece))
    return worded > len(token) * 0.5 and sum(char.isdigit() for char in token) < len(token) * 0.2


def is_scrambled(token: str) -> bool:
    """Return whether a short ``token`` reads like a generated password, not like a word or name."""
    if len(token) < 6 or is_reference(token):
        return False
    pieces = _PIECES.findall(token)
    worded = sum(
        len(piece) for piece in pieces if len(piece) > 2 and piece.isalpha() and _is_word(piece)
    )
    return len(pieces) >= 3 and worded <= len(token) // 2 and classes(token) >= 2


def is_passwordish(token: str) -> bool:
    """Return whether ``token``, after a mention of a password, may be it: no word, no code."""
    if len(token) < 4 or is_placeholder(token) or is_reference(token):
        return False
    if token.isalpha():
        inside = token[1:]
        mixed = not inside.islower() and not token.isupper()
        return mixed and is_scrambled(token)
    has_digit = any(char.isdigit() for char in token)
    symbols = sum(not char.isalnum() and char not in "-'’_./" for char in token)
    if has_digit and not token.isdigit():
        return not _VERSION.fullmatch(token)
    return symbols > 0 and any(char.isalpha() for char in token) and len(token) >= 6


def _is_word(piece: str) -> bool:
    return is_common(piece) or is_technical(piece)


_SLUG = re.compile(r"[a-z]{1,14}(?:[-_][a-z]{1,14}){3,}(?:\.[a-z]{2,4})?")
_VERSION = re.compile(r"[vV]?\d+(?:\.\d+)+[a-z]?|\d+(?:st|nd|rd|th|[kKmMgG][bB]?|min|ms|s|h|x|%)")
