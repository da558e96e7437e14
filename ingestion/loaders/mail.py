"""Mail, one message or a mailbox: the new words, separated from quotations and signatures.

Lines of a message are those of its text as a reader sees it, because a reader cannot find a line of
an encoded part; in a mailbox messages are counted from 1. Quotations of an earlier message of the
same mailbox are left out, others get a heading of their own. Signatures are left out. Attachments
are listed as not read.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator, Sequence
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from typing import NamedTuple, TypeGuard, cast

from assistant.threads import Stretch, quotations, repeated, said, signature, without
from guardrails import RawText
from ingestion.loaders.document import Loaded, Section, Unreadable, section
from ingestion.loaders.html import html_parts
from ingestion.loaders.labels import labels

_SHOWN = ("From", "To", "Cc", "Date")
_MAX_PARTS = 1_000
_MAX_MESSAGES = 50_000
_QUOTED = "Quoted message"
_FROM = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From [^\r\n]*\d{4}[^\r\n]*\r?\n")
_PREFIX = re.compile(r"^(?:(?:re|fwd?|aw|wg|sv|antw)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


def load_mail(body: bytes, name: str) -> Loaded:
    """Read one message; its subject is the title."""
    message = _message(body)
    heads = "\n".join(_heads(message))
    new, quoted = _set_apart(message.text, [])
    parts = (((), f"{heads}\n\n{new}\n\n{_attached(message)}"), ((_QUOTED,), quoted))
    if not message.text.strip() and not message.attached:
        raise Unreadable("the message holds no text")
    sections: list[Section] = []
    at = 1
    for heading, text in parts:
        lines = list(enumerate(text.split("\n"), start=at))
        made = section(heading, lines)
        sections += [made] if made else []
        at += len(lines)
    dated = labels({"date": [message.headers["Date"]]})
    notes = _notes(len(message.attached))
    return Loaded(RawText(message.subject or name), tuple(sections), notes, dated)


def load_mailbox(body: bytes, name: str) -> Loaded:
    """Read a mailbox; each message is headed by its subject, without ``Re:``."""
    sections: list[Section] = []
    earlier: set[str] = set()
    attached = 0
    for at, raw in enumerate(_messages(body), start=1):
        if at > _MAX_MESSAGES:
            raise Unreadable(f"it holds more than {_MAX_MESSAGES:,} messages: split it")
        message = _message(raw)
        attached += len(message.attached)
        subject = _PREFIX.sub("", message.subject)
        new, quoted = _set_apart(message.text, repeated(message.text, earlier))
        earlier |= said(message.text)
        text = "\n".join([*_heads(message), "", new, "", _attached(message)])
        for heading, words in (((subject,), text), ((subject, _QUOTED), quoted)):
            made = section([each for each in heading if each], [(at, x) for x in words.split("\n")])
            sections += [made] if made else []
    return Loaded(RawText(name), tuple(sections), _notes(attached))


class _Mail(NamedTuple):
    subject: str
    headers: dict[str, str]
    text: str
    attached: list[str]


def _message(body: bytes) -> _Mail:
    try:
        parsed = email.message_from_bytes(body)
        texts: list[str] = []
        attached: list[str] = []
        for at, part in enumerate(_leaves(parsed)):
            if at >= _MAX_PARTS:
                raise Unreadable("the message has too many parts")
            if _is_text(part):
                texts.append(_text(part))
            else:
                attached.append(_header_text(part.get_filename()) or part.get_content_type())
        headers = {name: _header(parsed, name) for name in (*_SHOWN, "Subject")}
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError):
        raise Unreadable("the message is broken: save it again as .eml") from None
    if not any(headers.values()) and not parsed.keys():
        raise Unreadable("it contains no message: save it again as .eml")
    text = "\n\n".join(text for text in texts if text.strip())
    return _Mail(headers.pop("Subject"), headers, text, attached)


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts to read: of alternatives the plainest with words, and forwarded mail."""
    if not message.is_multipart():
        yield message
        return
    parts = [part for part in cast("list[object]", message.get_payload()) if _is_part(part)]
    if message.get_content_subtype() == "alternative" and parts:
        yield from _leaves(_plainest(parts))
        return
    for part in parts:
        yield from _leaves(part)


def _plainest(parts: Sequence[Message]) -> Message:
    """Return the plain text, else the HTML: the first with words, and a calendar entry last."""
    ranked = sorted(parts, key=_plainness)
    return next((each for each in ranked if any(map(_has_words, _leaves(each)))), ranked[0])


def _plainness(part: Message) -> int:
    kind = part.get_content_type()
    if kind == "text/plain":
        return 0
    return 1 if kind == "text/html" or part.is_multipart() else 2


def _has_words(part: Message) -> bool:
    return _is_text(part) and any(map(str.isalnum, _text(part)))


def _is_part(part: object) -> TypeGuard[Message]:
    return isinstance(part, Message)


def _is_text(part: Message) -> bool:
    named = part.get_content_disposition() == "attachment" or part.get_filename()
    return part.get_content_type() in {"text/plain", "text/html"} and not named


def _text(part: Message) -> str:
    body = part.get_payload(decode=True)
    if not isinstance(body, bytes):
        return ""
    text = _decoded(body, part.get_content_charset())
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.get_content_type() == "text/html":
        lines = ((names[-1:], lines) for names, lines in html_parts(text))
        return "\n".join(line for heads, found in lines for line in (*heads, *_bare(found)))
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", text)


def _bare(lines: list[tuple[int, str]]) -> list[str]:
    return [line for _, line in lines]


def _decoded(body: bytes, charset: str | None) -> str:
    for name in (charset, "utf-8"):
        try:
            return body.decode(name or "utf-8")
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return body.decode("cp1252", "replace")  # the encoding of old programs that declare none


def _header(message: Message, name: str) -> str:
    return _header_text(str(message.get(name, "")))


def _header_text(text: str | None) -> str:
    try:
        parts = decode_header(text or "")
    except (MessageError, ValueError, IndexError):
        return _one_line(text or "")
    return _one_line("".join(_decoded(p, c) if isinstance(p, bytes) else p for p, c in parts))


def _one_line(text: str) -> str:
    return " ".join(text.encode("utf-8", "replace").decode().split())[:1000]


def _heads(message: _Mail) -> Iterator[str]:
    return (f"{name}: {message.headers[name]}" for name in _SHOWN if message.headers[name])


def _attached(message: _Mail) -> str:
    return "\n".join(f"Attachment, not read: {name}" for name in message.attached)


def _set_apart(text: str, gone: list[Stretch]) -> tuple[str, str]:
    """Return the new words and the quoted ones, without ``gone`` and without the signature."""
    quoted = [each for each in quotations(text) if each not in gone]
    signed = signature(text)
    new = without(text, [*quoted, *gone, *([signed] if signed else [])])
    if not new:  # written below “-- ”, or only forwarded: better twice than lost
        return without(text, gone), ""
    return new, "\n\n".join(_unquoted(text[each.start : each.end]) for each in quoted)


def _unquoted(text: str) -> str:
    return "\n".join(re.sub(r"^[ \t]{0,3}(?:>[ ]?)+", "", line) for line in text.split("\n"))


def _messages(body: bytes) -> Iterator[bytes]:
    starts = [found.span() for found in _FROM.finditer(body)]
    if not starts or starts[0][0]:
        raise Unreadable("it is not a mailbox: save the messages as .eml")
    ends = [*(start for start, _ in starts[1:]), len(body)]
    for (_, start), end in zip(starts, ends, strict=True):
        yield re.sub(rb"(?m)^>(>*From )", rb"\1", body[start:end])


def _notes(attached: int) -> tuple[str, ...]:
    return (f"{attached} attachments were not read",) if attached else ()
