"""Hashes of passwords and of session tokens."""

from __future__ import annotations

import hashlib
import secrets
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assistant.errors import BadInput

SHORTEST_PASSWORD = 10
_LONGEST_PASSWORD = 1024  # hashing more would let anybody keep the processor busy

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
