"""Passwords, and the patience that guessing them takes."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assistant.errors import BadInput, NotPermitted

SHORTEST_PASSWORD = 10
_LONGEST_PASSWORD = 1024  # hashing more would let anybody keep the processor busy
_FREE_TRIES = 8
_LONGEST_WAIT = timedelta(minutes=15)
_REMEMBERED = 10_000  # logins; guesses at ever new names must not fill the memory

HASHER = PasswordHasher()
"""Argon2id as RFC 9106 recommends where memory is short: slow on purpose."""


class Passwords:
    """Hashes passwords and compares them, by ``hasher``."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher

    def hash(self, password: str) -> str:
        """Return what to store. `BadInput` for a password that is too short or too long."""
        if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
            raise BadInput(
                f"A password has {SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters.",
                todo="Three or four unrelated words are long enough and easy to keep.",
            )
        return self._hasher.hash(password)

    def match(self, password: str, stored: str | None) -> bool:
        """Return whether ``password`` is the stored one. Takes as long for an unknown login."""
        try:
            right = self._hasher.verify(stored or self._nobody, password[:_LONGEST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return False
        return right and stored is not None and len(password) <= _LONGEST_PASSWORD

    @cached_property
    def _nobody(self) -> str:
        """Return the hash that a guess at an unknown login is measured against."""
        return self._hasher.hash(secrets.token_urlsafe())


def hash_token(token: str) -> str:
    """Return what is stored of a session's token; the token itself is only with its owner."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(slots=True)
class _Tries:
    failures: int
    until: datetime


class Patience:
    """After some failures each further try must wait, twice as long every time.

    Kept in memory: a restart forgives, which costs a guesser more than it gives.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._tries: OrderedDict[str, _Tries] = OrderedDict()
        self._lock = Lock()

    def check(self, login: str) -> None:
        """Pass, or say how long to wait with `NotPermitted`; the same for unknown logins."""
        with self._lock:
            tries = self._tries.get(login)
        left = (tries.until - self._now()).total_seconds() if tries else 0
        if left > 0:
            raise NotPermitted(
                "This login has failed too often.", todo=f"Try again in {int(left) + 1} seconds."
            )

    def failed(self, login: str) -> None:
        """Count a failure."""
        with self._lock:
            tries = self._tries.setdefault(login, _Tries(0, self._now()))
            tries.failures += 1
            over = tries.failures - _FREE_TRIES
            if over >= 0:
                tries.until = self._now() + min(
                    timedelta(seconds=2 ** min(over, 20)), _LONGEST_WAIT
                )
            self._tries.move_to_end(login)
            while len(self._tries) > _REMEMBERED:
                self._tries.popitem(last=False)

    def succeeded(self, login: str) -> None:
        """Forget the failures."""
        with self._lock:
            self._tries.pop(login, None)
