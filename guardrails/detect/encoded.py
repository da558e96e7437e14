"""What a text says once its encodings are undone, with a way back to where it stands.

Values hide from whoever reads letter by letter: in a link's percent signs, in entities and escapes,
in base64 and hex. A view is such a text made plain; what is found in it is masked where it came
from, an encoded word always as a whole.
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
"""The share of letters, digits and signs that readable text has; bytes by chance have far fewer."""


@dataclass(frozen=True, slots=True)
class View:
    """Readable ``text``; its character ``i`` came from characters ``origin[i]`` of the source.

    ``undone`` are its characters that did not stand in the source as such.
    """

    text: str
    origin: tuple[tuple[int, int], ...]
    undone: frozenset[int]

    def back(self, start: int, end: int) -> tuple[int, int] | None:
        """Return where characters ``start`` to ``end`` stand in the source.

        None where the source shows them as they are: there they were looked at already.
        """
        if self.undone.isdisjoint(range(start, end)):
            return None
        return self.origin[start][0], self.origin[end - 1][1]


def views(text: str) -> Iterator[View]:
    """Yield what ``text`` and each encoded word of it say, where they say anything else."""
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
    """Return what a run of escapes says; nothing when it says nothing readable."""
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
    """Return what an encoded word says, None when it is a word or bytes and no text."""
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
