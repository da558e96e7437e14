"""The seal: encryption of stored text, the first of the four exits of `RawText`.

Every text column is AES-256-GCM under the tenant's key, bound to its place (tenant, table, column,
row, policy version, kind of text) as associated data. A row that was moved, copied from another
tenant, or written without the redactor does not decrypt. That is why opening a *redacted* column
may make `RedactedText`: only this module can have sealed it, and it seals only redacted text there.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from typing import LiteralString, NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from guardrails.crypto.keys import NONCE_BYTES, DataKey
from guardrails.errors import SealBroken
from guardrails.text import RawText, RedactedText, mint, require_redacted, unwrap

_REDACTED: LiteralString = "washed"
"""The kind that redacted texts are bound to; another word would open no home that exists."""

Sealed = NewType("Sealed", bytes)
"""Ciphertext of one column of one row: nonce, body, tag."""


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a sealed value: table, column and row; the value opens nowhere else."""

    table: LiteralString
    column: LiteralString
    row: str
    policy_version: int = 0


class Sealer:
    """Seals and opens the text columns of one tenant."""

    def __init__(self, tenant: str, key: DataKey) -> None:
        self._tenant = tenant
        self._cipher = AESGCM(key.derive("quietdesk.seal.v1"))
        self._index_key = key.derive("quietdesk.fingerprint.v1")

    def seal_raw(self, place: Place, text: RawText) -> Sealed:
        """Seal unredacted text; only `open_raw` at the same place opens it."""
        return self._close(place, "raw", unwrap(text).encode("utf-8", "surrogatepass"))

    def open_raw(self, place: Place, sealed: bytes) -> RawText:
        """Open what `seal_raw` sealed at this place. `SealBroken` otherwise."""
        return RawText(self._open(place, "raw", sealed).decode("utf-8", "surrogatepass"))

    def seal_redacted(self, place: Place, text: RedactedText) -> Sealed:
        """Seal redacted text; only `open_redacted` at the same place opens it."""
        body = require_redacted(text).reveal().encode("utf-8", "surrogatepass")
        return self._close(place, _REDACTED, body)

    def open_redacted(self, place: Place, sealed: bytes) -> RedactedText:
        """Open what `seal_redacted` sealed at this place. `SealBroken` otherwise."""
        return mint(self._open(place, _REDACTED, sealed).decode("utf-8", "surrogatepass"))

    def fingerprint(self, text: RawText) -> str:
        """Return a keyed hash (hex) of ``text``: equal texts match; the text stays secret."""
        body = unwrap(text).encode("utf-8", "surrogatepass")
        return hmac.new(self._index_key, body, hashlib.sha256).hexdigest()

    def fingerprint_bytes(self, body: bytes) -> str:
        """Return a keyed hash (hex) of a file's bytes."""
        return hmac.new(self._index_key, body, hashlib.sha256).hexdigest()

    def _close(self, place: Place, kind: LiteralString, body: bytes) -> Sealed:
        nonce = os.urandom(NONCE_BYTES)
        return Sealed(nonce + self._cipher.encrypt(nonce, body, self._bind(place, kind)))

    def _open(self, place: Place, kind: LiteralString, sealed: bytes) -> bytes:
        try:
            nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
            return self._cipher.decrypt(nonce, body, self._bind(place, kind))
        except (InvalidTag, ValueError) as error:
            raise SealBroken(
                f"A row of {place.table} does not open: it was changed, moved or written by hand.",
                todo="Restore the row from a backup, or delete the record it belongs to.",
            ) from error

    def _bind(self, place: Place, kind: LiteralString) -> bytes:
        parts = (self._tenant, place.table, place.column, place.row, str(place.policy_version))
        return "\x1f".join(("quietdesk.seal.v1", kind, *parts)).encode()
