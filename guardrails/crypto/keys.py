"""The master key, and what is derived from a tenant's data key.

A home has one master key. It wraps one random data key per tenant, and one key per ledger, which
outlives the tenant's. Neither touches the disk unwrapped. From the data key come separate keys by
purpose (HKDF-SHA256, RFC 5869), so that the seal and the placeholder index never share one.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guardrails.errors import KeyTrouble

KEY_BYTES = 32
NONCE_BYTES = 12  # the size that NIST SP 800-38D recommends for GCM
_RESTORE = "Put back the key that was used before (QUIETDESK_MASTER_KEY or the home's master.key)."


@dataclass(frozen=True, slots=True)
class MasterKey:
    """Wraps tenants' data keys; 32 bytes."""

    value: bytes = field(repr=False)

    def wrap(self, tenant: str, key: DataKey) -> bytes:
        """Return ``key`` encrypted for ``tenant``; opening it for another tenant fails."""
        return self._encrypted(key, _wrap_place(tenant))

    def wrap_ledger_key(self, tenant: str, key: DataKey) -> bytes:
        """Return the key of a tenant's ledger, encrypted; it opens as no other key."""
        return self._encrypted(key, _ledger_place(tenant))

    def unwrap(self, tenant: str, wrapped: bytes) -> DataKey:
        """Return the data key of ``tenant``. `KeyTrouble` when another master key wrapped it."""
        return self._decrypted(wrapped, _wrap_place(tenant))

    def unwrap_ledger_key(self, tenant: str, wrapped: bytes) -> DataKey:
        """Return the key of a tenant's ledger. `KeyTrouble` when another master key wrapped it."""
        return self._decrypted(wrapped, _ledger_place(tenant))

    def _encrypted(self, key: DataKey, place: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.value).encrypt(nonce, key.value, place)

    def _decrypted(self, wrapped: bytes, place: bytes) -> DataKey:
        try:
            nonce, body = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
            return DataKey(AESGCM(self.value).decrypt(nonce, body, place))
        except (InvalidTag, ValueError) as error:
            raise KeyTrouble(
                "The master key does not open this home's data.", todo=_RESTORE
            ) from error

    def derive(self, purpose: LiteralString) -> bytes:
        """Return the 32-byte key for ``purpose``, for what belongs to no tenant."""
        return _derived(self.value, purpose)


@dataclass(frozen=True, slots=True)
class DataKey:
    """One tenant's data key; deleting its wrapped form makes all that it sealed unreadable."""

    value: bytes = field(repr=False)

    @classmethod
    def fresh(cls) -> DataKey:
        """Return a new random key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def derive(self, purpose: LiteralString) -> bytes:
        """Return the 32-byte key for ``purpose``."""
        return _derived(self.value, purpose)


def load_master_key(home: Path, configured: str | None, *, create: bool) -> MasterKey:
    """Return the master key: ``configured`` (base64 of 32 bytes), or the file in ``home``.

    With ``create`` a home that has never held data gets a new 0600 file. `KeyTrouble` otherwise.
    """
    if configured:
        return MasterKey(_decode(configured, "QUIETDESK_MASTER_KEY"))
    path = home / "master.key"
    if not path.exists():
        if not create:
            raise KeyTrouble(f"The master key file {path.name} is missing.", todo=_RESTORE)
        _write_new(path)
    return MasterKey(_decode(path.read_text(encoding="ascii", errors="replace"), path.name))


def _derived(key: bytes, purpose: LiteralString) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode())
    return hkdf.derive(key)


def _write_new(path: Path) -> None:
    encoded = base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, encoded)
        os.fsync(handle)
    finally:
        os.close(handle)


def _decode(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyTrouble(f"{where} is not a key: it must be 32 bytes in base64.")
    return key


def _wrap_place(tenant: str) -> bytes:
    return f"quietdesk.data-key.v1|{tenant}".encode()


def _ledger_place(tenant: str) -> bytes:
    return f"quietdesk.ledger-key.v1|{tenant}".encode()
