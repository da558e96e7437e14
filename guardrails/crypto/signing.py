"""The home's signing key (Ed25519): who has its public key can verify, and cannot sign."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from guardrails.crypto.keys import DataKey
from guardrails.errors import BadInput


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Verifies signatures."""

    _key: Ed25519PublicKey = field(repr=False)

    @classmethod
    def of_pem(cls, pem: bytes) -> Self:
        """Return the key in PEM. `BadInput` for anything that is no Ed25519 public key."""
        try:
            key = serialization.load_pem_public_key(pem)
        except ValueError:
            raise BadInput("The public key is not in PEM.") from None
        if not isinstance(key, Ed25519PublicKey):
            raise BadInput("The public key is not an Ed25519 key.")
        return cls(key)

    @property
    def pem(self) -> bytes:
        """The key in PEM (SubjectPublicKeyInfo)."""
        return self._key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def signed(self, body: bytes, signature: str) -> bool:
        """Return whether ``signature`` (base64) is of ``body``."""
        try:
            self._key.verify(base64.b64decode(signature, validate=True), body)
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Signs with a key that is made from 32 random bytes."""

    seed: DataKey = field(repr=False)

    def sign(self, body: bytes) -> str:
        """Return the signature of ``body`` in base64."""
        return base64.b64encode(self._private().sign(body)).decode("ascii")

    @property
    def public(self) -> PublicKey:
        """The public key."""
        return PublicKey(self._private().public_key())

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed.value)
