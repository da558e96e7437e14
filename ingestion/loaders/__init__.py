"""Bytes to sections. A file that cannot be read raises `Unreadable` with the reason, never more."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from pathlib import PurePath

from ingestion.loaders.document import Loaded, Section, Unreadable
from ingestion.loaders.html import load_html
from ingestion.loaders.markdown import load_markdown
from ingestion.loaders.plain import load_plain

__all__ = ["READABLE", "Loaded", "Section", "Unreadable", "load"]

VERSION = "1"
"""Raised when a loader reads a file otherwise than before, so that files are read again."""

_LOADERS: dict[str, Callable[[str, str], Loaded]] = {
    ".htm": load_html,
    ".html": load_html,
    ".markdown": load_markdown,
    ".md": load_markdown,
    ".text": load_plain,
    ".txt": load_plain,
}
READABLE = frozenset(_LOADERS)
"""Endings of the files that can be read; the last one of ``a.html.md`` counts."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MUCH_CONTROL = 0.01


def load(body: bytes, path: PurePath) -> Loaded:
    """Read the bytes of ``path``. `Unreadable` says why not."""
    loader = _LOADERS.get(path.suffix.lower())
    if loader is None:
        raise Unreadable(f"files ending in “{path.suffix}” are not read")
    text = _decode(body)
    if not text.strip():
        raise Unreadable("the file is empty")
    try:
        loaded = loader(text, _name(path))
    except (RecursionError, AssertionError, ValueError, IndexError) as error:
        raise Unreadable(f"the file is malformed ({type(error).__name__})") from error
    if not loaded.sections:
        raise Unreadable("the file holds no text")
    return loaded


def _decode(body: bytes) -> str:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return _strictly(body[len(mark) :], encoding)
    if b"\x00" in body:
        raise Unreadable("the file is binary")
    return _strictly(body, "utf-8")


def _strictly(body: bytes, encoding: str) -> str:
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"byte {error.start + 1} is not {encoding.upper()}") from None
    if len(_CONTROL.findall(text)) > len(text) * _MUCH_CONTROL:
        raise Unreadable("the file is binary")
    return _CONTROL.sub(" ", text).replace("\r\n", "\n").replace("\r", "\n")


def _name(path: PurePath) -> str:
    """Return a title made of the file's name, for files that have none."""
    stem = path.name.split(".")[0] or path.name
    return re.sub(r"[-_\s]+", " ", stem).strip() or path.name
