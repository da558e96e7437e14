"""Secrets after their name: ``key = value`` in every notation, flags, headers, vendor words.

One scan looks for a word such as ``password`` or ``token``; from there the rest of the identifier,
the separator and the value are read forwards, each of bounded length, so the scan stays linear.
"""

# ruff: noqa: PLR2004 - lengths and counts that the line itself explains

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.detect import tokens
from guardrails.detect.lexicon import is_common
from guardrails.detect.table import load
from guardrails.spans import EntityType, Span

_TABLE = load("assignments")
_WORD = _TABLE.pattern("name")
_TAIL = _TABLE.pattern("tail")
_HARMLESS_TAIL = _TABLE.pattern("harmless_tail")
_SEPARATOR = _TABLE.pattern("separator")
_XML = _TABLE.pattern("xml")
_BARE = _TABLE.pattern("bare")
_VALUE = _TABLE.pattern("value")
_REMARKS = _TABLE.words("remarks")
_HEADERS_AND_FLAGS = _TABLE.pattern("headers_and_flags")
_LOGIN_COMMAND = _TABLE.pattern("login_command")
_LONE = _TABLE.pattern("lone")
_STAMP = _TABLE.pattern("stamp")
_NOT_SECRET_NAMES = _TABLE.pattern("not_secret_names")
_NAMED_USER = _TABLE.pattern("named_user")


def find(text: str) -> list[Span]:
    """Return the secrets in ``text`` that follow a name, a flag or a header."""
    spans = [span for word in _WORD.finditer(text) for span in _after_name(text, word)]
    spans.extend(_matches(text))
    spans.extend(_lone_values(text))
    return spans


def _after_name(text: str, word: re.Match[str]) -> Iterator[Span]:
    hard = word["hard"] is not None
    begin = word.end()
    tail_match = _TAIL.match(text, begin)
    tail = tail_match[0] if tail_match else ""
    at = begin + len(tail)
    glued = bool(tail) and tail[0].islower() and text[begin - 1].islower()
    harmless = glued or _HARMLESS_TAIL.match(tail) is not None
    if harmless and not _WORD.search(tail) and not tokens.is_random(tail.lstrip("-_"), 12):
        return
    if separator := _SEPARATOR.match(text, at):
        yield from _assigned(text, separator, hard, word)
    elif hard and (xml := _XML.match(text, at)):
        yield from _made(xml.start("x"), xml.end("x"), text, hard)
    if bare := _BARE.match(text, begin):
        yield from _juxtaposed(text, bare, word)


def _assigned(  # noqa: PLR0911 - each notation ends where it fails
    text: str, separator: re.Match[str], hard: bool, word: re.Match[str]
) -> Iterator[Span]:
    """Read the text after ``=``, ``:``, ``=>`` … and yield it if it is a value."""
    start = separator.end()
    how = separator["how"] or " "
    if quote := separator["open"] or separator["quoted"]:
        end = _closing(text, start, quote[-1])
        value = text[start:end]
        if not value.strip() or len(value) < 2 or "\n" in value or _is_no_value(value):
            return
        if how == " " and not (hard and not is_common(value)):
            return
        if hard or tokens.is_random(value, 8) or tokens.classes(value) >= 3:
            if how == "," and not _is_env(text, word.start()) and not tokens.is_random(value, 10):
                return
            if " " in value and not hard:
                return
            yield Span(start, end, EntityType.SECRET, 0.85, "secret-assigned")
        return
    if how == ",":
        return
    found = _VALUE.match(text, start)
    if found is None:
        return
    crossed_line = "\n" in text[separator.start() : start]
    yield from _unquoted(text, start, found.end(), hard, how, crossed_line)


def _unquoted(
    text: str, start: int, end: int, hard: bool, how: str, crossed_line: bool
) -> Iterator[Span]:
    value = text[start:end].rstrip(".,;:" if how == ":" else ",;")
    end = start + len(value)
    if crossed_line and not (hard and tokens.is_passwordish(value)):
        return
    if not value or _is_no_value(value):
        return
    if hard and how in ("=", ":=", "=>", "->") and len(value) >= 3:
        dotted = value.isidentifier() and text[end : end + 1] in (".", "(", "[")
        if not dotted and not (value.isdigit() and len(value) < 4):
            yield Span(start, end, EntityType.SECRET, 0.8, "secret-assigned")
        return
    if hard and how in (":", "|", "==") and (tokens.is_passwordish(value) or _ends_line(text, end)):
        announced = not value.isalpha() or not value.islower() or not _is_remark(text, start, end)
        if len(value) >= 4 and announced:
            yield Span(start, end, EntityType.SECRET, 0.8, "secret-assigned")
        return
    long_hex = len(value) >= 24 and tokens.is_hex(value)
    if long_hex or (tokens.is_random(value, 12) and not tokens.is_wordy(value)):
        yield Span(start, end, EntityType.SECRET, 0.8, "secret-assigned")


def _juxtaposed(text: str, bare: re.Match[str], word: re.Match[str]) -> Iterator[Span]:
    """A name, then at once a long token: ``sendbird key 123abc…``, ``d7networkSECRET abc…``."""
    start, end = bare.span("x")
    value = text[start:end].rstrip(".-")
    end = start + len(value)
    joined = start == word.end()
    least = 20 if joined or word[0].lower() in ("auth", "login", "access", "key") else 12
    if tokens.is_random(value, least) and not tokens.is_wordy(value) and not _is_no_value(value):
        if value[0] in "./" or value.count("/") > 3:
            return
        if tokens.is_hex(value) and _names_a_digest(text, word.start()):
            return
        yield Span(start, end, EntityType.SECRET, 0.75, "secret-named")


def _made(start: int, end: int, text: str, hard: bool) -> Iterator[Span]:
    value = text[start:end]
    if _is_no_value(value) or is_common(value):
        return
    if hard or tokens.is_random(value, 12):
        yield Span(start, end, EntityType.SECRET, 0.8, "secret-assigned")


def _closing(text: str, start: int, quote: str) -> int:
    """Return where the quoted value ends: at its quote, the line's end, or 500 characters on."""
    at = start
    limit = min(len(text), start + 500)
    while at < limit and text[at] != quote and text[at] != "\n":
        at += (
            2
            if text[at] == "\\" and at + 1 < limit and text[at + 1] == quote and quote != "'"
            else 1
        )
    return min(at, limit)


def _is_no_value(value: str) -> bool:
    value = value.strip("'\"`")
    return (
        tokens.is_placeholder(value)
        or tokens.is_reference(value)
        or value.startswith(("sha256:", "sha512:", "arn:", "ssh-rsa", "ssh-ed25519", "SHA256:"))
        or "{{" in value
        or "${" in value
    )


def _is_env(text: str, at: int) -> bool:
    return "env" in text[max(0, at - 60) : at].lower()


def _ends_line(text: str, at: int) -> bool:
    return at >= len(text) or text[at] in "\r\n" or text[at : at + 3].strip() in ("", '"', "'", "`")


def _is_remark(text: str, start: int, end: int) -> bool:
    """Return whether a lower-case word after ``password:`` begins a remark, not a password."""
    return text[start:end] in _REMARKS or not _ends_line(text, end)


def _names_a_digest(text: str, at: int) -> bool:
    line = text[text.rfind("\n", 0, at) + 1 : at].lower()
    return any(word in line for word in ("commit", "sha", "md5", "digest", "public", "checksum"))


def _matches(text: str) -> Iterator[Span]:
    for match in _HEADERS_AND_FLAGS.finditer(text):
        kind = match.lastgroup
        if kind is None:
            continue
        start, end = match.span(kind)
        value = text[start:end]
        if tokens.is_placeholder(value) or (kind != "posh" and tokens.is_reference(value)):
            continue
        if kind == "flag" and not _is_flag_value(text, match, value):
            continue
        if kind == "cookie" and (tokens.is_uuid(value) or not tokens.is_random(value, 20)):
            continue
        if kind == "header" and not (tokens.is_random(value, 12) or len(value) >= 30):
            continue
        yield Span(start, end, EntityType.SECRET, 0.9, f"secret-{kind}")


def _is_flag_value(text: str, match: re.Match[str], value: str) -> bool:
    """``-p`` has many meanings: a password if the line logs in and the value is no port or path."""
    if value.startswith("-"):
        return False
    line_start = text.rfind("\n", 0, match.start()) + 1
    logs_in = _LOGIN_COMMAND.search(text, line_start, match.start()) is not None
    random = tokens.is_random(value, 16)
    if match[0].startswith("--"):
        announced = tokens.is_passwordish(value) or not is_common(value)
        return random or (announced and "=" not in value)
    if re.match(r"\d+:\d+|\d+$|[A-Za-z]:|/", value):
        return random
    named = _NAMED_USER.search(text, line_start, match.start()) is not None
    return random or (logs_in and (named or tokens.is_passwordish(value)))


def _lone_values(text: str) -> Iterator[Span]:
    """A line that holds a random token and at most one word before it: ``wandb 3f9c…``."""
    for match in _LONE.finditer(text):
        name, value = match["name"], match["x"]
        if name is None and (tokens.is_hex(value) or tokens.is_uuid(value)):
            continue
        if name is not None and (_NOT_SECRET_NAMES.search(name) or is_common(name)):
            continue
        digits = sum(char.isdigit() for char in value)
        if (
            digits < 3
            or tokens.is_wordy(value)
            or _is_no_value(value)
            or "..." in value
            or "--" in value
        ):
            continue
        plain = value.count(".") <= 2 and value.count("/") <= 2 and value.count("-") <= 6
        if plain and tokens.is_random(value, 18) and not _STAMP.fullmatch(value):
            yield Span(*match.span("x"), EntityType.SECRET, 0.65, "secret-lone")
