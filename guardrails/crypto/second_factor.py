"""Codes of an authenticator app (TOTP, RFC 6238) and recovery codes.

A secret belongs to a user, who has no tenant, so it is sealed under a key that is derived from the
master key, bound to the user. Six digits of HMAC-SHA1 every 30 seconds is what every app supports.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from guardrails.crypto.keys import NONCE_BYTES, MasterKey
from guardrails.errors import SealBroken

STEP_S = 30
_DIGITS = 6
_SECRET_BYTES = 20  # the size of SHA-1, as RFC 4226 recommends
_DRIFT = 1
"""Codes of the step before and after count too: clocks differ (RFC 6238, section 5.2)."""

RECOVERY_CODES = 10
_RECOVERY_BYTES = 10  # 80 bits: a plain keyed hash is safe against guessing
_CUT = 4


class FactorKey:
    """Seals the secrets of second factors, and hashes recovery codes."""

    def __init__(self, master_key: MasterKey) -> None:
        self._key = master_key.derive("quietdesk.second-factor.v1")

    def seal(self, user_id: str, secret: bytes) -> bytes:
        """Return ``secret`` encrypted for the user; for another user it does not open."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._key).encrypt(nonce, secret, user_id.encode())

    def open(self, user_id: str, sealed: bytes) -> bytes:
        """Return the secret. `SealBroken` when the row was moved or changed."""
        try:
            return AESGCM(self._key).decrypt(
                sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], user_id.encode()
            )
        except (InvalidTag, ValueError):
            raise SealBroken(
                "The secret of a second factor does not open.",
                safe="Nobody was logged in.",
                todo="An admin can remove it with `quietdesk user reset-factor`.",
            ) from None

    def hash(self, user_id: str, code: str) -> str:
        """Return what is kept of a recovery code."""
        typed = f"{user_id}|{_folded(code)}".encode()
        return hmac.new(self._key, typed, hashlib.sha256).hexdigest()


def fresh_secret() -> bytes:
    """Return a new random secret."""
    return secrets.token_bytes(_SECRET_BYTES)


def fresh_recovery_codes() -> tuple[str, ...]:
    """Return new recovery codes, each in groups of four letters and digits."""
    return tuple(_grouped(secrets.token_bytes(_RECOVERY_BYTES)) for _ in range(RECOVERY_CODES))


def matching_step(secret: bytes, code: str, at: datetime) -> int | None:
    """Return the 30-second step whose code is ``code``, None if it is of none near ``at``."""
    typed, now = "".join(code.split()), int(at.timestamp()) // STEP_S
    return next(
        (
            step
            for step in range(now - _DRIFT, now + _DRIFT + 1)
            if hmac.compare_digest(_totp(secret).generate(step * STEP_S), typed.encode())
        ),
        None,
    )


def written(secret: bytes) -> str:
    """Return a secret as apps accept it when it is typed: base32 in groups of four."""
    return _in_groups(base64.b32encode(secret).decode().rstrip("="))


def unwritten(word: str) -> bytes:
    """Return the secret that `written` wrote."""
    plain = word.replace("-", "")
    return base64.b32decode(plain + "=" * (-len(plain) % 8))


def code_at(secret: bytes, at: datetime) -> str:
    """Return the code that an app shows at a time."""
    return _totp(secret).generate(int(at.timestamp())).decode()


def uri(secret: bytes, login: str) -> str:
    """Return the address that an app reads from a QR code."""
    return _totp(secret).get_provisioning_uri(login, "Quietdesk")


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, _DIGITS, SHA1(), STEP_S)  # noqa: S303 - HMAC-SHA1 is what apps support


def _grouped(body: bytes) -> str:
    return _in_groups(base64.b32encode(body).decode().rstrip("=").lower())


def _in_groups(word: str) -> str:
    return "-".join(word[at : at + _CUT] for at in range(0, len(word), _CUT))


def _folded(code: str) -> str:
    return "".join(each for each in code.casefold() if each.isalnum())
