"""Hashes of passwords and of session tokens."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assistant.errors import BadInput

SHORTEST_PASSWORD = 10
_LONGEST_PASSWORD = 1024  # hashing more would let anybody keep the processor busy

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Return what to store. `BadInput` for a password that is too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise BadInput(
            f"A password has {SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters.",
            todo="Three or four unrelated words are long enough and easy to keep.",
        )
    return _hasher.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Return whether ``password`` is the stored one. Takes as long for a login that is unknown."""
    try:
        right = _hasher.verify(stored or _nobody(), password[:_LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return right and stored is not None and len(password) <= _LONGEST_PASSWORD


def hash_token(token: str) -> str:
    """Return what is stored of a session's token; the token itself is only with its owner."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _nobody() -> str:
    """Return the hash that a guess at an unknown login is measured against."""
    return _hasher.hash(secrets.token_urlsafe())
