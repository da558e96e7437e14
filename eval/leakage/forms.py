"""The written forms of planted values: as people write, as machines do, and obfuscated."""

from __future__ import annotations

import base64
import html
import json
import unicodedata
from collections.abc import Callable, Mapping
from urllib.parse import quote

Form = Callable[[str], str]

_ZERO_WIDTH, _SOFT_HYPHEN = "\u200b", "\u00ad"
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def _in_the_middle(text: str, sign: str) -> str:
    return text[: len(text) // 2] + sign + text[len(text) // 2 :]


def _entities(text: str) -> str:
    return "".join(
        each if each.isalpha() and each.isascii() else f"&#{ord(each)};" for each in text
    )


def _json_escapes(text: str) -> str:
    return "".join(f"\\u{ord(each):04x}" for each in text)


def _quoted_printable(text: str) -> str:
    return "".join(
        chr(byte) if chr(byte).isascii() and chr(byte) not in "=@_" else f"={byte:02X}"
        for byte in text.encode()
    )


PLAIN = "plain"
FORMS: Mapping[str, Form] = {
    PLAIN: lambda text: text,
    "upper case": str.upper,
    "lower case": str.lower,
    "bold": lambda text: f"**{text}**",
    "code": lambda text: f"`{text}`",
    "table": lambda text: f"| {text} | open |",
    "quoted reply": lambda text: f"\n> {text}\n",
    "mail header": lambda text: f"\nX-Contact: {text}\n",
    "JSON": lambda text: "\n" + json.dumps({"about": text, "state": "open"}) + "\n",
    "XML": lambda text: f"\n<contact>{html.escape(text)}</contact>\n",
    "log line": lambda text: f"\n2026-10-12T08:14:00Z WARN session about={text} ended\n",
    "line broken": lambda text: text.replace(" ", "\n", 1),
    "hard spaces": lambda text: text.replace(" ", "\u00a0"),
    "beside an emoji": lambda text: f"📞{text}📌",
    "right to left": lambda text: f"\u202b{text}\u202c",
    "soft hyphen": lambda text: _in_the_middle(text, _SOFT_HYPHEN),
    "zero width": lambda text: _in_the_middle(text, _ZERO_WIDTH),
    "full width": lambda text: text.translate(_WIDE),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "URL": lambda text: f"https://portal.quarry.test/find?q={quote(text, safe='')}",
    "entities": _entities,
    "JSON escapes": _json_escapes,
    "quoted printable": _quoted_printable,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "hex": lambda text: text.encode().hex(),
}
"""The forms by name; the most frequent ones come first."""

COMMON = tuple(FORMS)[:14]
RARE = tuple(FORMS)[14:]
