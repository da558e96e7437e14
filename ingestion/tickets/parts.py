"""Parts that the schemas of all vendors share: texts of messages, mailboxes, people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parseaddr
from enum import StrEnum
from typing import Annotated, NamedTuple, cast

from pydantic import BeforeValidator

from assistant.model import DONE, Audience, RawTicket, RawTurn, TicketStatus, TurnRole
from assistant.threads.automatic import Mail
from guardrails import RawText, join_raw
from guardrails.detect.directory import KnownPerson
from guardrails.intake.parse import EPOCH, Schema
from ingestion.loaders.html import html_message

NOTHING = RawText("")
_BREAK = RawText("\n")
_ATTACHED = RawText("Attachment, not read: ")
_UNNAMED = RawText("a file without a name")
_HTML = re.compile(
    r"\s*<(?:!doctype|a|b|blockquote|body|br|div|h[1-6]|html|i|li|ol|p|pre|span|strong|table|ul)\b",
    re.IGNORECASE,
)
_STRUCTURE = re.compile(r"<(?:a|blockquote|img|li|table)\b", re.IGNORECASE)
_INLINE_FILE = re.compile(r"data:[\w.+-]{1,60}/[\w.+-]{1,80};base64,[A-Za-z0-9+/=\s]{40,}")
_LONGEST_MAILBOX = 500


class Priority(StrEnum):
    """The urgency of a ticket; a closed set, because it is stored without a seal."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Found(NamedTuple):
    """A ticket, when it was last changed, where in the file it is, and why it is left out.

    Left out are deleted tickets and those that the helpdesk marked as spam.
    """

    ticket: RawTicket
    updated: datetime
    where: str
    gone: Mail | None = None


def plain(text: str) -> str:
    """Return the words of a message; HTML is read by the loader, inline files are left out."""
    if _HTML.match(text):
        text = html_message(text)
    text = _INLINE_FILE.sub("[file, not read]", text)
    return text.replace("\r\n", "\n").encode("utf-8", "replace").decode()


def message(value: object, html: Sequence[str], texts: Sequence[str]) -> object:
    """Return a message with its words under ``words``.

    The HTML is used if it has a list, a table, a link or a quotation, because the vendor's plain
    text loses them; otherwise the plain text is used.
    """
    if not isinstance(value, dict):
        return value
    given = cast("dict[str, object]", value)
    bodies = [*_filled(given, html), *_filled(given, texts)]
    rich = [body for body in _filled(given, html) if _STRUCTURE.search(body)]
    chosen = [*rich, *_filled(given, texts), *bodies]
    return {**given, "words": plain(chosen[0]).strip() if chosen else ""}


def _filled(given: Mapping[str, object], names: Sequence[str]) -> list[str]:
    found = (given.get(name) for name in names)
    return [each for each in found if isinstance(each, str) and each.strip()]


def _line(value: object) -> object:
    text = str(value) if isinstance(value, (str, int)) else ""
    return plain(text).strip()


def _objects(value: object) -> list[object]:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("object", each) for each in items if isinstance(each, dict)]


def _mailboxes(value: object) -> object:
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    pairs = (parseaddr(each[:_LONGEST_MAILBOX]) for each in items if isinstance(each, str))
    return [{"name": name, "email": address} for name, address in pairs if "@" in address]


Line = Annotated[RawText, BeforeValidator(_line)]
"""A text field of a vendor; a value other than text or a number becomes empty."""
Body = Annotated[
    RawText, BeforeValidator(lambda text: plain(text) if isinstance(text, str) else text)
]
"""A message that may be HTML."""
Yes = Annotated[bool, BeforeValidator(lambda value: value is True)]
"""A flag; every value except true is False."""
Flag = Annotated[
    bool | None, BeforeValidator(lambda value: value if value is True or value is False else None)
]
"""A flag; every value except true and false is None, which means unknown."""


class Mailbox(Schema):
    """An address such as ``Sam Lee <sam@x.example>``."""

    name: RawText = NOTHING
    email: RawText = NOTHING

    def known(self) -> KnownPerson:
        """Return the person."""
        return KnownPerson(name=self.name or None, email=self.email or None)


class Attachment(Schema):
    """A file attached to a message; accepts the field names of all vendors."""

    file_name: Line = NOTHING
    attachment_file_name: Line = NOTHING
    name: Line = NOTHING


Mailboxes = Annotated[tuple[Mailbox, ...], BeforeValidator(_mailboxes)]
Attachments = Annotated[tuple[Attachment, ...], BeforeValidator(_objects)]
missing = BeforeValidator(lambda at: at or EPOCH)
"""Reads a time that is null as a missing one."""
only_objects = BeforeValidator(_objects)
"""Drops the elements of a list that are not objects."""


def audience(*, private: bool) -> Audience:
    """Return the audience of a message."""
    return Audience.AGENT if private else Audience.CUSTOMER


def words_of(text: RawText, names: Iterable[RawText]) -> RawText:
    """Return a message's text; if it has none, the names of its attachments."""
    named = [name for name in names if name]
    lines = [part for name in named for part in (_ATTACHED, name, _BREAK)]
    return text or join_raw(lines[:-1])


def names_of(attachments: Iterable[Attachment]) -> list[RawText]:
    """Return the names of attachments, or `_UNNAMED` for one without a name."""
    return [
        each.file_name or each.attachment_file_name or each.name or _UNNAMED for each in attachments
    ]


def known(
    requester: KnownPerson, others: Iterable[KnownPerson], turns: Iterable[RawTurn]
) -> tuple[KnownPerson, ...]:
    """Return all people and devices in a ticket's own fields."""
    return tuple(each for each in (requester, *others, *_authors(turns)) if each.values())


def called(person: KnownPerson) -> RawText:
    """Return the text that identifies a person in a thread."""
    return person.name or person.email or person.username or NOTHING


def latest(ticket: RawTicket, updated: datetime) -> datetime:
    """Return when a ticket was last changed, as far as its fields show."""
    return max(updated, ticket.created_at, *(turn.at for turn in ticket.turns))


def closed(status: TicketStatus, said: datetime, updated: datetime) -> datetime | None:
    """Return when a ticket was solved or closed: as ``said``, else its last change.

    A time that is `EPOCH` is missing. None when no time is known, or the ticket is not closed.
    """
    if status not in DONE:
        return None
    return next((at for at in (said, updated) if at != EPOCH), None)


def _authors(turns: Iterable[RawTurn]) -> Iterator[KnownPerson]:
    # A system's name is an everyday word; if it were masked, the word would be masked everywhere.
    return (KnownPerson(name=each.author) for each in turns if each.role is not TurnRole.SYSTEM)
