r"""Checks of an outgoing request: it must be JSON, and every string of it is scanned.

The bytes that go out are rebuilt from what was scanned, so that nothing can hide in duplicate
keys, unusual encodings or headers. A string is scanned as it is written, as the JSON that it may
contain, and with percent encoding, HTML entities, ``\u`` escapes and compatibility forms decoded. A
value that only a decoded form shows cannot be masked in place, so it stops the request. The scanner
normalises invisible characters and look-alikes in each of these forms.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn, cast
from urllib.parse import unquote, unquote_plus

from guardrails.detect.encoded import views
from guardrails.errors import GateClosed
from guardrails.leaks.scan import Scan, Scanner

DEEPEST = 32
_LONG_NUMBER = 7
_PROTOCOL_WORDS = frozenset(
    {
        "assistant",
        "choices",
        "content",
        "developer",
        "function",
        "include_usage",
        "json_object",
        "json_schema",
        "max_completion_tokens",
        "max_tokens",
        "messages",
        "model",
        "n",
        "name",
        "role",
        "schema",
        "stop",
        "stream",
        "stream_options",
        "strict",
        "system",
        "temperature",
        "text",
        "tool",
        "tools",
        "top_p",
        "type",
        "user",
    }
)
"""Words of the chat protocol: a string that is exactly one of them is not scanned."""
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


class Stopped(GateClosed):
    """The request contains values that must not be sent; ``kinds`` counts them by kind."""

    def __init__(self, kinds: Mapping[str, int]) -> None:
        what = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        super().__init__(
            f"The last scan before sending found values that must not be sent: {what}.",
            todo="Import the ticket or the document again, so that it is redacted again.",
        )
        self.kinds = dict(kinds)


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes to send, and how many values were replaced by their placeholders."""

    content: bytes
    remasked: int


def redact_body(content: bytes, scanner: Scanner) -> Body:
    """Return ``content`` scanned and rewritten. `Stopped`, or `GateClosed` if it is not JSON."""
    redactor = _BodyRedactor(scanner)
    try:
        redacted = redactor.document(_parse(content))
    except RecursionError:
        raise GateClosed("The request is nested too deeply to be scanned.") from None
    if redactor.blocking:
        raise Stopped(dict(sorted(redactor.blocking.items())))
    text = json.dumps(redacted, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return Body(text.encode(), redactor.remasked)
    except UnicodeEncodeError:
        raise GateClosed("The request contains characters that UTF-8 cannot encode.") from None


def check_address(path: str, query: str, scanner: Scanner) -> None:
    """Raise `Stopped` when the path or the query of a URL identifies a person."""
    redactor = _BodyRedactor(scanner)
    for text in (path, unquote(path), query, unquote_plus(query)):
        redactor.hidden(text, Scan())
    if redactor.blocking:
        raise Stopped(dict(sorted(redactor.blocking.items())))


class _BodyRedactor:
    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self.blocking: Counter[str] = Counter()
        self.remasked = 0

    def document(self, value: dict[str, object]) -> dict[str, object]:
        model = value.get("model")
        if isinstance(model, str):  # the model's name is a setting: scanned, never rewritten
            self.hidden(model, Scan())
            value = {key: each for key, each in value.items() if key != "model"}
        redacted = cast("dict[str, object]", self.value(value, 0))
        return {"model": model, **redacted} if isinstance(model, str) else redacted

    def value(self, value: object, depth: int) -> object:
        if depth > DEEPEST:
            raise RecursionError
        if isinstance(value, str):
            return self.text(value, depth)
        if isinstance(value, dict):
            pairs = cast("dict[str, object]", value)
            return {self._key(key): self.value(each, depth + 1) for key, each in pairs.items()}
        if isinstance(value, list):
            return [self.value(each, depth + 1) for each in cast("list[object]", value)]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            self._number(value)
        return value

    def text(self, text: str, depth: int) -> str:
        if text in _PROTOCOL_WORDS:
            return text
        stopped = self.blocking.total()
        inner = self._inner(text, depth)
        if self.blocking.total() > stopped:
            return inner
        found = self._scanner.scan(inner)
        self.blocking.update(found.kinds())
        if not found.blocking:
            for view in _views(inner):
                self.hidden(view, found)
            self._encoded(inner)
        self.remasked += len(found.remask)
        return found.apply(inner)

    def hidden(self, view: str, seen: Scan) -> None:
        """Count as blocking what ``view`` shows and the text as written does not."""
        found = self._scanner.scan(view)
        self.blocking.update(found.kinds())
        known = {name for _, _, name in seen.remask}
        self.blocking.update(
            name.type.value
            for start, end, name in found.remask
            if name not in known and not view[start:end].isalnum()
        )

    def _encoded(self, text: str) -> None:
        """Count as blocking every value in encoded words of ``text``: they cannot be masked."""
        for view in views(text):
            if view.origin[0] == view.origin[-1]:
                found = self._scanner.scan(view.text)
                self.blocking.update(found.kinds())
                self.blocking.update(name.type.value for _, _, name in found.remask)

    def _inner(self, text: str, depth: int) -> str:
        """Return ``text`` with the JSON that it contains redacted, if there is any."""
        if not text.lstrip().startswith(("{", "[", '"')):
            return text
        try:
            held: object = json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, GateClosed):
            return text
        before = self.remasked
        redacted = self.value(held, depth + 1)
        return text if self.remasked == before else json.dumps(redacted, ensure_ascii=False)

    def _key(self, key: str) -> str:
        if key not in _PROTOCOL_WORDS:
            found = self._scanner.scan(key)
            self.blocking.update(found.kinds())
            self.blocking.update(name.type.value for _, _, name in found.remask)
            for view in _views(key):
                self.hidden(view, Scan())
            self._encoded(key)
        return key

    def _number(self, value: float) -> None:
        digits = str(value)
        if len(digits) >= _LONG_NUMBER:
            found = self._scanner.scan(digits)
            self.blocking.update(found.kinds())
            self.blocking.update(name.type.value for _, _, name in found.remask)


def _parse(content: bytes) -> dict[str, object]:
    try:
        value: object = json.loads(content.decode(), parse_constant=_refuse_constant)
    except ValueError:
        raise GateClosed("The request is not JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise GateClosed("The request is not a JSON object.")
    return cast("dict[str, object]", value)


def _refuse_constant(name: str) -> NoReturn:
    raise GateClosed(f"The request contains {name}, which is not JSON.")


def _views(text: str) -> Iterator[str]:
    """Yield the other ways in which ``text`` can be read, where they differ from it."""
    seen = {text}
    for view in (
        text if text.isascii() else unicodedata.normalize("NFKC", text),
        unquote(text) if "%" in text else text,
        html.unescape(text) if "&" in text else text,
        _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text),
    ):
        if view not in seen:
            seen.add(view)
            yield view
