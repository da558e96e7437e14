"""The version of the redaction code: after a change, the same spans may be masked differently."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import guardrails

_MODULES = (
    "placeholders",
    "spans",
    "unseen",
    "identity/destroyed",
    "identity/redact",
    "identity/vault",
)
_PACKAGES = (
    "onnxruntime", "phonenumbers", "presidio-analyzer", "presidio-anonymizer", "tokenizers"
)  # fmt: skip


@cache
def redaction_version() -> str:
    """Return a digest (hex) of the code that turns spans into placeholders, and of its imports."""
    found = blake2b(digest_size=16)
    folder = Path(guardrails.__file__).parent
    for name in _MODULES:
        found.update((folder / f"{name}.py").read_bytes())
    for name in _PACKAGES:
        found.update(f"{name} {_version(name)}\n".encode())
    return found.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
