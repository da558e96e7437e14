"""Decoded views of a text, with a map back to the positions in the source.

A detector that reads character by character misses values in percent encoding, HTML entities,
escapes, base64 and hex. A view is the decoded text; a value found in it is masked at its place in
the source, and an encoded word is always masked as a whole.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_ESCAPE = re.compile(
    r"(?P<percent>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<entity>(?:&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});)+)"
    r"|(?P<unicode>(?:\\u[0-9A-Fa-f]{4})+)"
    r"|(?P<byte>(?:\\x[0-9A-Fa-f]{2})+)"
    r"|(?P<quoted>(?:=[0-9A-F]{2})+)"
)
_WORD = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{11,20000}={0,2}(?![\w+/=-])")
_HEX = re.compile(r"(?:[0-9a-f]{2}){6,}|(?:[0-9A-F]{2}){6,}")
_SHORTEST = 6
_PRINTABLE = 0.9
"""The share of letters, digits and signs in readable text; random bytes have far fewer."""


@dataclass(frozen=True, slots=True)
class View:
    """Readable ``text``; its character ``i`` came from characters ``origin[i]`` of the source.

    ``undone`` are its characters that are written differently in the source.
    """

    text: str
    origin: tuple[tuple[int, int], ...]
    undone: frozenset[int]

    def back(self, start: int, end: int) -> tuple[int, int] | None:
        """Return where characters ``start`` to ``end`` are in the source.

        None where the source contains them unencoded: the detector has read them there already.
        """
        if self.undone.isdisjoint(range(start, end)):
            return None
        return self.origin[start][0], self.origin[end - 1][1]


def views(text: str) -> Iterator[View]:
    """Yield the decoded forms of ``text`` and of each encoded word in it, where they differ."""
    escaped = _without_escapes(text)
    if escaped is not None:
        yield escaped
    for word in _WORD.finditer(text):
        said = _said(word[0])
        if said is not None:
            yield View(said, (word.span(),) * len(said), frozenset(range(len(said))))


def _without_escapes(text: str) -> View | None:
    out: list[str] = []
    origin: list[tuple[int, int]] = []
    undone: set[int] = set()
    at = 0
    for found in _ESCAPE.finditer(text):
        said = _unescape(found.lastgroup, found[0])
        if not said:
            continue
        out += text[at : found.start()]
        origin += ((place, place + 1) for place in range(at, found.start()))
        undone.update(range(len(out), len(out) + len(said)))
        out += said
        origin += [found.span()] * len(said)
        at = found.end()
    if not undone:
        return None
    out += text[at:]
    origin += ((place, place + 1) for place in range(at, len(text)))
    return View("".join(out), tuple(origin), frozenset(undone))


def _unescape(kind: str | None, run: str) -> str:
    """Return the decoded form of a run of escapes; empty when it is not readable."""
    if kind == "entity":
        said = html.unescape(run)
        return "" if said == run else said
    if kind == "unicode":
        codes = bytes.fromhex(run.replace("\\u", ""))
        return codes.decode("utf-16-be", "replace")
    sign = {"percent": "%", "byte": "\\x"}.get(kind or "", "=")
    said = bytes.fromhex(run.replace(sign, "")).decode("utf-8", "replace")
    if kind == "quoted" and said.isascii() and said.isalnum():
        return ""  # quoted-printable leaves letters and digits alone: this is ``limit=50``
    return said if "\ufffd" not in said else ""


def _said(word: str) -> str | None:
    """Return the decoded form of a word; None when it is not encoded or does not decode to text."""
    if _HEX.fullmatch(word):
        raw = bytes.fromhex(word)
    else:
        bare = word.rstrip("=").translate(_URL_SAFE)
        try:
            raw = base64.b64decode(bare + "=" * (-len(bare) % 4))
        except (binascii.Error, ValueError):
            return None
    wide = len(raw) > _SHORTEST and len(raw) % 2 == 0 and not any(raw[1::2])
    try:
        said = raw.decode("utf-16-le" if wide else "utf-8")
    except UnicodeDecodeError:
        return None
    readable = sum(each.isprintable() or each in "\r\n\t" for each in said)
    return said if len(said) >= _SHORTEST and readable >= len(said) * _PRINTABLE else None


_URL_SAFE = str.maketrans("-_", "+/")
