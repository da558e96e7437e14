"""Searches for thousands of values, in every encoding, in all bytes that were sent or stored.

A value is searched as bytes in every encoding that a program may use; the bytes are searched in
lower case, with gzip streams unpacked, and once more reduced to letters and digits. Six bytes of a
value find the places to compare, so that the time grows with the bytes and not with the values.
"""

from __future__ import annotations

import base64
import html
import json
import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from urllib.parse import quote, quote_plus

import numpy as np
from numpy.typing import NDArray

_NEEDLE = 6
_SHORTEST_BARE = 9
"""The least letters and digits of a value without separators; fewer occur anywhere by chance."""
_GZIP = b"\x1f\x8b\x08"
_WITH_GZIP_HEADER = 31
_BARE = re.compile(r"[\W_]+")
_SLICE = 1 << 22


class Seeker:
    """Finds planted values; each is known by a number."""

    def __init__(self, planted: Mapping[int, Iterable[str]]) -> None:
        """Take, for each number, the texts that reveal the value."""
        plain: dict[bytes, set[int]] = defaultdict(set)
        bare: dict[bytes, set[int]] = defaultdict(set)
        for number, texts in planted.items():
            for text in texts:
                for form in _encodings(text):
                    plain[form.lower()].add(number)
                only = _bare(text)
                if len(only) >= _SHORTEST_BARE:
                    bare[only.encode()].add(number)
        self._plain, self._only = _Needles(plain), _Needles(bare)

    def find(self, blob: bytes) -> set[int]:
        """Return the numbers of the values that occur in ``blob`` in any form."""
        found: set[int] = set()
        for each in (blob, *_unpacked(blob)):
            found |= self._plain.find(each.lower())
            found |= self._only.find(_bare(_readable(each)).encode())
        return found


class _Needles:
    def __init__(self, patterns: Mapping[bytes, set[int]]) -> None:
        self._by_needle: dict[int, list[tuple[bytes, set[int]]]] = defaultdict(list)
        for pattern, numbers in patterns.items():
            if len(pattern) >= _NEEDLE:
                needle = int.from_bytes(pattern[:_NEEDLE], "little")
                self._by_needle[needle].append((pattern, numbers))
        self._needles = np.array(sorted(self._by_needle), dtype=np.uint64)

    def find(self, blob: bytes) -> set[int]:
        found: set[int] = set()
        for start in range(0, max(len(blob) - _NEEDLE + 1, 0), _SLICE):
            keys = _keys(blob[start : start + _SLICE + _NEEDLE - 1])
            places = np.searchsorted(self._needles, keys)
            places[places == len(self._needles)] = 0
            for at in np.flatnonzero(self._needles[places] == keys).tolist():
                for pattern, numbers in self._by_needle[int(keys[at])]:
                    if not numbers <= found and blob.startswith(pattern, start + at):
                        found |= numbers
        return found


def _keys(blob: bytes) -> NDArray[np.uint64]:
    """Return the six bytes from each offset as one number."""
    raw = np.frombuffer(blob, dtype=np.uint8)
    count = len(raw) - _NEEDLE + 1
    keys = np.zeros(max(count, 0), dtype=np.uint64)
    for offset in range(_NEEDLE):
        keys |= raw[offset : offset + len(keys)].astype(np.uint64) << np.uint64(8 * offset)
    return keys


def _encodings(text: str) -> Iterator[bytes]:
    """Yield the bytes in which a program may store or send ``text``."""
    for one in {text, text.upper(), unicodedata.normalize("NFD", text), text.lower()}:
        raw = one.encode("utf-8", "replace")
        yield raw
        yield one.encode("utf-16-le", "replace")
        yield raw.hex().encode()
        yield quote(one, safe="").encode()
        yield quote_plus(one).encode()
        yield html.escape(one).encode()
        yield json.dumps(one)[1:-1].encode()
        for before in range(3):
            whole = base64.b64encode(b"\0" * before + raw)
            # Characters at either end are mixed with the neighbours' bits.
            yield whole[(0, 2, 3)[before] : len(whole) - (0, 3, 2)[(before + len(raw)) % 3]]


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return _BARE.sub("", "".join(each for each in plain if not unicodedata.combining(each)))


def _readable(blob: bytes) -> str:
    """Return the text of ``blob`` with JSON's escapes undone; empty for ciphertext."""
    text = blob.decode("utf-8", "ignore")
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def _unpacked(blob: bytes) -> Iterator[bytes]:
    at = blob.find(_GZIP)
    while at != -1:
        reader = zlib.decompressobj(_WITH_GZIP_HEADER)
        with suppress(zlib.error):  # the gzip signature occurs in other bytes by chance
            yield reader.decompress(blob[at:])
        at = blob.find(_GZIP, at + 1)
