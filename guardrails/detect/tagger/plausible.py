"""Plausibility checks of the tagger's guesses: the format that every value of a type has.

The model reads context; in a line that names a host, it also takes a version beside it for a host.
A guess without the minimal format of its type is therefore dropped. A guess is checked together
with the unbroken run of characters that it is part of: eight digits of a UUID are not an account.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from guardrails.detect import tokens
from guardrails.detect.kinds import KINDS, Looks, Within
from guardrails.detect.lexicon import is_common, is_name, is_technical
from guardrails.spans import EntityType

_IP = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-f]{0,4}[:.-]){2,7}[0-9a-f]{1,4}", re.IGNORECASE)
_WEB = re.compile(r"://|\bwww\.|\w\.[a-z]{2,}", re.IGNORECASE)
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+(?:Z|[+-][\d:]+)?)?")
_NUMERIC = re.compile(rf"0[xX][0-9A-Fa-f]{{1,8}}|{_TIMESTAMP.pattern}")
_CLOCK = re.compile(r"\d{1,2}(?::\d{2}){1,2}")
_ID = re.compile(r"[A-Za-z]?[0-9A-Fa-f]{12,}")
_GROUP = re.compile(r"(?=.*\d)[0-9a-f]{4}", re.IGNORECASE)
_ID_WORD = re.compile(
    r"(?:\bids?|fingerprint|hash|digest|thumbprint|serial|commit)\W{0,3}$", re.IGNORECASE
)
_NUMBERED = re.compile(r"[A-Za-z]{3,}\d{1,4}")
_RUN = re.compile(r"[\w:\\/.$%~{}\[\]'-]+")
_HOME = re.compile(r"(?:users|home|profiles|u|usr)[\\/]$", re.IGNORECASE)
_SERIAL_WORD = re.compile(r"\bs/?n\b|serial|tag\b|asset|imei|device|unit", re.IGNORECASE)
_MODEL_WORD = re.compile(r"\b(?:mtm|model|type|sku|p/?n|part|rma|bug|sr)\W{0,3}$", re.IGNORECASE)
_DIGEST_WORD = re.compile(r"\b(?:sha\d*|md5|fingerprint)\W{0,2}$", re.IGNORECASE)
_SECRET_WORD = re.compile(
    r"pass|pwd|\bpw\b|\bpin\b|\bcode\b|\bkey\b|secret|token|credential|log(?:ged)? ?in|login|auth"
    r"|kennwort|psk",
    re.IGNORECASE,
)
_LOOSE_WORD = re.compile(
    r"\btr(?:y|ied)\b|typed|enter|network|wi-?fi|wlan|unlock|vault", re.IGNORECASE
)
_DIRECTORY = re.compile(r"\b(?:OU|CN|DC|O|L)=$")
_PACKAGE = re.compile(r"(?:com|org|net|java|javax|io)\.[a-z]")
_CONTRACTION = re.compile(
    r"(?:I|you|he|she|it|we|they|that|who|what|there)['’]\w{1,2}", re.IGNORECASE
)
_NETWORK_NAME = re.compile(r"\bssid\b.{0,40}$", re.IGNORECASE)
_AGE_WORD = re.compile(r"\b(?:aged?|born|birth\w*|dob|turns?|years?)\b", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(?:[A-Z]+[a-z]+){2,}[A-Z]*\d{0,3}\.?")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+")
_HUMPS = 3
_FILE = re.compile(
    r"\.(?:md|txt|html?|pdf|docx?|xlsx?|csv|json|ya?ml|conf|cfg|ini|log|sh|ps1|py|exe|dll|zip)$",
    re.IGNORECASE,
)
_CALENDAR = frozenset(
    "january february march april may june july august september october november december monday "
    "tuesday wednesday thursday friday saturday sunday spring summer autumn winter".split()
)
_SERIAL, _LONG_SERIAL = 7, 9
_SHORT = 4
_DATED = 3
"""Digits of a date; a part of one alone is a birthday only after a word that says so."""
_MIXED = 3
"""Of lower case, upper case, digits and signs: a secret without a context word has most of them."""
_SHORT_ADDRESS, _POST_CODE = 4, 5
_DEEP = 3
"""Separators that make a run of characters a path, and not ``login/password``."""
_NEAR = 60
_COUNTED = re.compile(
    r"\b(?:line|field|page|row|step|port|case|ticket|change|incident|order|event|error|version"
    r"|channel|vlan)(?: is| no\.?| number)?\W{0,3}$",
    re.IGNORECASE,
)
_TICKET = re.compile(
    r"(?:CHG|INC|REQ|RITM|TKT|PRB|CASE|CVE|KB|PR|MR)\d*|[A-Z]{2,5}-\d*", re.IGNORECASE
)
"""Numbers of tickets and errors; of computers that are named so the rules know the kinds."""


def plausible(kind: EntityType, text: str, start: int = 0, end: int | None = None) -> bool:
    """Return whether the characters from ``start`` to ``end`` of ``text`` could be a ``kind``."""
    end = len(text) if end is None else end
    phrase = text[start:end]
    if not any(char.isalnum() for char in phrase) or _is_a_part(kind, text, start, end):
        return False
    near = text[max(0, start - _NEAR) : start]
    if Within.COUNT in KINDS[kind].never and phrase.isdigit() and _COUNTED.search(near):
        return False
    if sum(char.isdigit() for char in phrase) < KINDS[kind].digits:
        return False
    return _CHECKS[KINDS[kind].looks](phrase, near)


def _is_a_part(kind: EntityType, text: str, start: int, end: int) -> bool:
    """Return whether a guess is part of a file name, a UUID or a path (a user's folder apart)."""
    run, never = _run(text, start, end), KINDS[kind].never
    if Within.FILE in never and _FILE.search(run):
        return True
    if Within.UUID in never and tokens.is_uuid(run):
        return True
    if Within.PATH not in never or run.count("\\") + run.count("/") < _DEEP or "@" in run:
        return False
    return not _HOME.search(text[max(0, start - _NEAR) : start])


def _run(text: str, start: int, end: int) -> str:
    """Return the unbroken run of characters around a guess."""
    for run in _RUN.finditer(text, max(0, start - _NEAR)):
        if run.start() <= start < run.end():
            return run[0].strip("'.:[]{}") if end <= run.end() else ""
        if run.start() > start:
            break
    return ""


def _any(_phrase: str, _near: str) -> bool:
    return True


def _digits(phrase: str, near: str) -> bool:
    return not is_technical(phrase) and not _ID_WORD.search(near)


def _network(phrase: str, _near: str) -> bool:
    return _IP.fullmatch(phrase.strip("[]()")) is not None


def _host(phrase: str, near: str) -> bool:
    if len(phrase) < _SHORT or phrase.isalpha() or not phrase[0].isalnum():
        return False
    named = is_technical(phrase) or is_technical(phrase.rstrip("0123456789."))
    if (
        named
        or _TICKET.fullmatch(phrase)
        or _PACKAGE.match(phrase)
        or _NETWORK_NAME.search(near + phrase)
    ):
        return False
    return any(sign in phrase for sign in "-._:\\") or _NUMBERED.fullmatch(phrase) is not None


def _user(phrase: str, near: str) -> bool:
    if len(phrase) < _SHORT - 1 or not phrase[0].isalnum() or phrase[-1] in "\\/":
        return False
    if tokens.is_reference(phrase) or near[-1:] in ("*", ".") or _GROUP.fullmatch(phrase):
        return False
    return not is_technical(phrase) and not (phrase.islower() and is_common(phrase))


def _serial(phrase: str, near: str) -> bool:
    size = sum(char.isalnum() for char in phrase)
    announced = _SERIAL_WORD.search(near) is not None
    if not announced and (_ID.fullmatch(phrase) or _MODEL_WORD.search(near)):
        return False
    return size >= (_SERIAL if announced else _LONG_SERIAL) and any(map(str.isdigit, phrase))


def _secret(phrase: str, near: str) -> bool:
    if len(phrase) < _SHORT or tokens.is_placeholder(phrase) or tokens.is_reference(phrase):
        return False
    if _NUMERIC.fullmatch(phrase) or _DIGEST_WORD.search(near):
        return False
    if _ID_WORD.search(near) or (near[-1:] == "-" and near[-2:-1].isalnum()):
        return False
    if _SECRET_WORD.search(near):
        return True
    if _LOOSE_WORD.search(near):
        return _IDENTIFIER.fullmatch(phrase) is None
    return tokens.classes(phrase) >= _MIXED and not _ID.fullmatch(phrase)


def _born(phrase: str, near: str) -> bool:
    if _CLOCK.fullmatch(phrase.strip()):
        return False
    return sum(map(str.isdigit, phrase)) >= _DATED or _AGE_WORD.search(near) is not None


def _more_than_a_letter(phrase: str, _near: str) -> bool:
    return sum(map(str.isalnum, phrase)) > 1


def _person(phrase: str, near: str) -> bool:
    return _more_than_a_letter(phrase, near) and not _is_camel(phrase)


def _is_camel(phrase: str) -> bool:
    """``CephOSDNearFull`` and ``NotReady`` name alerts and states; ``McDonald`` is a name."""
    humps = _HUMP.findall(phrase)
    if not phrase.isalnum() or len(humps) < _HUMPS - 1 or any(map(is_name, humps)):
        return False
    return len(humps) >= _HUMPS or all(map(is_common, humps))


def _name(phrase: str, near: str) -> bool:
    words = phrase.split()
    if not _more_than_a_letter(phrase, near) or "=" in phrase or _DIRECTORY.search(near):
        return False
    if _CONTRACTION.fullmatch(phrase):
        return False
    if words[0].casefold() in _CALENDAR and all(map(is_common, words[1:])):
        return False  # “Summer Bank”, “May Release”
    return not all(word.islower() and is_common(word) for word in words)


def _address(phrase: str, _near: str) -> bool:
    words = phrase.split()
    if sum(map(str.isalnum, phrase)) < _SHORT_ADDRESS or any(map(is_technical, words)):
        return False
    return len(words) > 1 or not (phrase.isdigit() and len(phrase) < _POST_CODE)


_CHECKS: dict[Looks, Callable[[str, str], bool]] = {
    Looks.ANY: _any,
    Looks.ADDRESS: _address,
    Looks.BIRTH: _born,
    Looks.DIGITS: _digits,
    Looks.HOST: _host,
    Looks.IP: _network,
    Looks.MAIL: lambda phrase, _near: "@" in phrase,
    Looks.NAME: _name,
    Looks.PERSON: _person,
    Looks.SECRET: _secret,
    Looks.SERIAL: _serial,
    Looks.USER: _user,
    Looks.WEB: lambda phrase, _near: _WEB.search(phrase) is not None,
}
