"""Loaders: from bytes to sections. A file that cannot be read raises `Unreadable` with the reason.

A loader is registered under the endings of its files, as one that takes text or one that takes
bytes. The meaning of a line's number differs by type: see `ingestion.cited`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from pathlib import PurePath

from ingestion.loaders.articles import load_csv, load_json, load_json_lines
from ingestion.loaders.document import Labels, Loaded, NotADocument, Section, Unreadable
from ingestion.loaders.docx import load_docx
from ingestion.loaders.html import load_html
from ingestion.loaders.mail import load_mail, load_mailbox
from ingestion.loaders.markdown import load_markdown
from ingestion.loaders.pdf import load_pdf
from ingestion.loaders.plain import load_plain

__all__ = ["READABLE", "Labels", "Loaded", "NotADocument", "Section", "Unreadable", "load"]

VERSION = "7"
"""The version of the loaders: increase it when a loader would read a file differently."""

_OF_TEXT: dict[str, Callable[[str, str], Loaded]] = {
    ".csv": load_csv,
    ".htm": load_html,
    ".html": load_html,
    ".json": load_json,
    ".jsonl": load_json_lines,
    ".markdown": load_markdown,
    ".md": load_markdown,
    ".ndjson": load_json_lines,
    ".text": load_plain,
    ".tsv": load_csv,
    ".txt": load_plain,
}
_OF_BYTES: dict[str, Callable[[bytes, str], Loaded]] = {
    ".docx": load_docx,
    ".eml": load_mail,
    ".mbox": load_mailbox,
    ".pdf": load_pdf,
}
READABLE = frozenset(_OF_TEXT) | frozenset(_OF_BYTES)
"""Endings of the files that can be read; the last one of ``a.html.md`` counts."""

_NOT_READ = {
    **dict.fromkeys(
        ".avif .bmp .gif .heic .ico .jpeg .jpg .png .svg .tif .tiff .webp".split(),
        "it is a picture; pictures are not read",
    ),
    ".doc": "old Word files are not read: save it as .docx",
    ".odt": "OpenDocument files are not read: save it as .docx",
    ".rtf": "RTF files are not read: save it as .docx",
    ".msg": "Outlook's own files are not read: save the message as .eml",
    ".xls": "spreadsheets are not read: save articles as .csv",
    ".xlsx": "spreadsheets are not read: save articles as .csv",
    **dict.fromkeys(
        ".7z .bz2 .gz .rar .tar .tgz .xz .zip".split(), "archives are not read: unpack it first"
    ),
}

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MUCH_CONTROL = 0.01


def load(body: bytes, path: PurePath) -> Loaded:
    """Read the bytes of ``path``. `Unreadable` with the reason when that fails."""
    ending = path.suffix.lower()
    if not body.strip():
        _must_be_readable(ending, path)
        raise Unreadable("the file is empty")
    try:
        loaded = _load(body, ending, path)
    except (RecursionError, AssertionError, ValueError, IndexError) as error:
        raise Unreadable(f"the file is malformed ({type(error).__name__})") from error
    if not any(each.sections for each in loaded.documents()):
        raise Unreadable("the file holds no text")
    return loaded


def _load(body: bytes, ending: str, path: PurePath) -> Loaded:
    if ending in _OF_BYTES:
        return _OF_BYTES[ending](body, _name(path))
    _must_be_readable(ending, path)
    text = _decode(body)
    if not text.strip():
        raise Unreadable("the file is empty")
    return _OF_TEXT[ending](text, _name(path))


def _must_be_readable(ending: str, path: PurePath) -> None:
    if ending not in READABLE:
        what = f"files ending in “{path.suffix}” are" if ending else "files without an ending are"
        raise NotADocument(_NOT_READ.get(ending, f"{what} not read"))


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
        where = f"byte {error.start + 1} is not {encoding.upper()}"
        raise Unreadable(f"{where}: save the file as UTF-8") from None
    if len(_CONTROL.findall(text)) > len(text) * _MUCH_CONTROL:
        raise Unreadable("the file is binary")
    return _CONTROL.sub(" ", text).replace("\r\n", "\n").replace("\r", "\n")


def _name(path: PurePath) -> str:
    """Return a title made of the file's name, for files without a title."""
    stem = path.name.split(".")[0] or path.name
    return re.sub(r"[-_\s]+", " ", stem).strip() or path.name
