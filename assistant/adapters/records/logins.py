"""Hashes of passwords and of session tokens."""

from __future__ import annotations

import hashlib
import secrets
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assistant.errors import BadInput

SHORTEST_PASSWORD = 10
_LONGEST_PASSWORD = 1024  # hashing a longer one would let any caller keep the processor busy

HASHER = PasswordHasher()
"""Argon2id with the parameters of RFC 9106 for little memory: slow on purpose."""


class Passwords:
    """Hashes and compares passwords with ``hasher``."""

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
        """Return the hash that a password for an unknown login is compared with."""
        return self._hasher.hash(secrets.token_urlsafe())


def hash_token(token: str) -> str:
    """Return the hash that is stored in place of a session's token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
