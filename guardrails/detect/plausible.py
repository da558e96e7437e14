"""What a guess of the model must look like: the shape that every value of its type has.

The model reads context, and in a line that names a host it takes the version beside it for one,
too. Rules know shapes better, so a guess without the least of its type's shape is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from guardrails.detect.lexicon import is_common, is_technical
from guardrails.spans import EntityType as T

_IP = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-f]{0,4}[:.-]){2,7}[0-9a-f]{1,4}", re.IGNORECASE)
_WEB = re.compile(r"://|\bwww\.|\w\.[a-z]{2,}", re.IGNORECASE)
_CALENDAR = frozenset(
    "january february march april may june july august september october november december monday "
    "tuesday wednesday thursday friday saturday sunday spring summer autumn winter".split()
)
_SERIAL = 7
_SHORT = 4
_DIGITS = {T.PHONE_NUMBER: 3, T.EMPLOYEE_ID: 3, T.NATIONAL_ID: 6, T.ACCOUNT_NUMBER: 6}


def plausible(kind: T, text: str) -> bool:
    """Tell whether ``text`` could be a ``kind`` at all."""
    if least := _DIGITS.get(kind):
        return _digits(text) >= least
    check = _CHECKS.get(kind, _any)
    return check(text)


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


def _any(_text: str) -> bool:
    return True


def _network(text: str) -> bool:
    return _IP.fullmatch(text.strip("[]()")) is not None


def _host(text: str) -> bool:
    return (
        len(text) >= _SHORT and any(not char.isalpha() for char in text) and not is_technical(text)
    )


def _user(text: str) -> bool:
    return len(text) >= _SHORT - 1 and text[-1] not in "\\/" and not is_technical(text)


def _serial(text: str) -> bool:
    return sum(char.isalnum() for char in text) >= _SERIAL and _digits(text) > 0


def _name(text: str) -> bool:
    words = text.split()
    if len(words) == 1 and words[0].casefold() in _CALENDAR:
        return False
    return not all(word.islower() and is_common(word) for word in words)


_CHECKS: dict[T, Callable[[str], bool]] = {
    T.IP_ADDRESS: _network,
    T.EMAIL_ADDRESS: lambda text: "@" in text,
    T.URL: lambda text: _WEB.search(text) is not None,
    T.HOSTNAME: _host,
    T.USERNAME: _user,
    T.SERIAL_NUMBER: _serial,
    T.DATE_OF_BIRTH: lambda text: _digits(text) > 1,
    T.LOCATION: _name,
    T.ORGANIZATION: _name,
    T.STREET_ADDRESS: lambda text: sum(char.isalnum() for char in text) > 1,
    T.SECRET: lambda text: len(text) >= _SHORT,
}
