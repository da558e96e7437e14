"""Signatures of reports: Ed25519 over the exact bytes of ``report.json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from assistant.errors import BadInput


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with one private key."""

    _key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def fresh(cls) -> Self:
        """Return a signer with a new key, which is kept nowhere."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def of_seed(cls, seed: bytes) -> Self:
        """Return the signer of a seed of 32 bytes, always the same."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def sign(self, body: bytes) -> bytes:
        """Return the signature (64 bytes) of ``body``."""
        return self._key.sign(body)

    @property
    def public_pem(self) -> bytes:
        """Return the public key in PEM."""
        return self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


def is_signed(body: bytes, signature: bytes, public_pem: bytes) -> bool:
    """Return whether the key signed ``body``. `BadInput` for what is no Ed25519 key in PEM."""
    try:
        key = serialization.load_pem_public_key(public_pem)
    except ValueError:
        raise BadInput("The public key is not in PEM.") from None
    if not isinstance(key, Ed25519PublicKey):
        raise BadInput("The public key is not an Ed25519 key.")
    try:
        key.verify(signature, body)
    except InvalidSignature:
        return False
    return True
