"""Opens the zip and XML of a .docx with limits against zip bombs and deep nesting.

It uses only the standard library's readers: expat refuses entities that multiply, and a part that
is larger than any text of a person, or that declares entities, is refused before it is parsed.
"""

from __future__ import annotations

import io
import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator

from ingestion.loaders.document import Unreadable

_OLE = b"\xd0\xcf\x11\xe0"
_MAX_PARTS = 20_000
_MAX_BYTES = 64 * 1024**2
_MAX_ELEMENTS = 3_000_000
_LOCKED = "it is protected by a password or an old Word file: save an open copy as .docx"
_BROKEN = "the file is broken: open it in Word and save it again"
_BOMB = "it unpacks to far more than a document should contain"

_DOCUMENT = "word/document.xml"


class Package:
    """The parts of a .docx, by role."""

    def __init__(self, body: bytes) -> None:
        if body.startswith(_OLE):
            raise Unreadable(_LOCKED)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(body))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            raise Unreadable(_BROKEN) from None
        if len(self._zip.infolist()) > _MAX_PARTS:
            raise Unreadable(_BOMB)
        self._left = 2 * _MAX_BYTES
        self._main = next(self._targets("_rels/.rels", "/officeDocument", ""), _DOCUMENT)
        folder, name = posixpath.split(self._main)
        self._relations = posixpath.join(folder, "_rels", f"{name}.rels")

    def document(self) -> ET.Element:
        """Return the main part. `Unreadable` when there is none."""
        found = self._parsed(self._main)
        if found is None:
            raise Unreadable("the file is not a Word document: save it again as .docx")
        return found

    def related(self, role: str) -> ET.Element | None:
        """Return the document's part of this ``role``, such as ``styles``; None without one."""
        return next(self.all_related(role), None)

    def all_related(self, role: str) -> Iterator[ET.Element]:
        """Yield the document's parts of this ``role``, such as its ``header`` parts."""
        folder = posixpath.dirname(self._main)
        for target in self._targets(self._relations, f"/{role}", folder):
            found = self._parsed(target)
            if found is not None:
                yield found

    def properties(self) -> dict[str, list[str]]:
        """Return the file's properties that are not empty: title, keywords, modified and others."""
        core = self._parsed("docProps/core.xml")
        said = ((local(each), " ".join((each.text or "").split())) for each in core or ())
        return {name.lower(): [text] for name, text in said if text}

    def _targets(self, relations: str, ending: str, folder: str) -> Iterator[str]:
        parsed = self._parsed(relations)
        for each in () if parsed is None else named(parsed, "Relationship"):
            if each.get("Type", "").endswith(ending):
                path = each.get("Target", "")
                joined = path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path)
                yield posixpath.normpath(joined)

    def _parsed(self, name: str) -> ET.Element | None:
        body = self._read(name)
        if body is None:
            return None
        if b"<!DOCTYPE" in body or body.count(b"<") > _MAX_ELEMENTS:
            raise Unreadable(_BOMB)
        try:
            return ET.fromstring(body)  # noqa: S314 - no DTD, bounded size
        except (ET.ParseError, LookupError, ValueError):
            raise Unreadable(_BROKEN) from None

    def _read(self, name: str) -> bytes | None:
        try:
            info = self._zip.getinfo(name)
        except KeyError:
            return None
        if info.flag_bits & 1:
            raise Unreadable(_LOCKED)
        if info.file_size > min(_MAX_BYTES, self._left):
            raise Unreadable(_BOMB)
        self._left -= info.file_size
        try:
            with self._zip.open(info) as part:
                return part.read(_MAX_BYTES + 1)[:_MAX_BYTES]
        except (
            zipfile.BadZipFile,
            zlib.error,
            ValueError,
            OSError,
            EOFError,
            RuntimeError,
            NotImplementedError,
            ImportError,
        ):
            raise Unreadable(_BROKEN) from None


def local(element: ET.Element) -> str:
    """Return an element's name without its namespace: Word has two, transitional and strict."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""  # pyright: ignore[reportUnnecessaryIsInstance] - comments and instructions


def named(element: ET.Element, name: str) -> Iterator[ET.Element]:
    """Yield the elements named ``name`` below ``element``."""
    return (each for each in element.iter() if local(each) == name)


def child(element: ET.Element | None, *names: str) -> ET.Element | None:
    """Follow ``names`` from child to child; None where one is missing."""
    for name in names:
        if element is None:
            return None
        element = next((each for each in element if local(each) == name), None)
    return element


def value(element: ET.Element | None, name: str = "val") -> str | None:
    """Return an attribute by its name without a namespace."""
    if element is None:
        return None
    return next(
        (found for key, found in element.attrib.items() if key.rpartition("}")[2] == name), None
    )


def number(element: ET.Element | None, default: int) -> int:
    """Return an element's value as a small number."""
    found = value(element)
    return int(found) if found and re.fullmatch(r"[0-9]{1,5}", found) else default
