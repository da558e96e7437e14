"""The detector version: changed code, lists or weights may find what the last ones missed."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

FILE_ENDINGS = frozenset({".py", ".txt", ".toml", ".json", ".onnx"})
"""Endings of the files that detection is made of."""


@cache
def detector_version() -> str:
    """Return a digest (hex) of all code, tables, lists and weights of detection."""
    found = blake2b(digest_size=16)
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*")):
        if path.suffix in FILE_ENDINGS:
            found.update(path.relative_to(folder).as_posix().encode())
            found.update(path.read_bytes())
    return found.hexdigest()
