"""Recognises mail that wants no answer: automatic replies, bounces, marketing, mere thanks.

``automatic_words.json`` holds the phrases of each kind and language; ``…`` in a phrase stands for
some words. A phrase alone decides nothing: a person who quotes an out-of-office text, forwards a
bounce or says “thanks, but it still fails” wants an answer. So quotations are left out, and words
of someone who asks or reports something win. When in doubt a message wants an answer.
"""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import LiteralString

from assistant.threads import quotations, signature, without


class Mail(StrEnum):
    """What a message is: of a person who wants an answer, or why it wants none.

    A message of the desk is that of a person too, or a mere ``RECEIPT``, or says that the ticket
    was merged into another, marked as spam or deleted.
    """

    PERSON = "person"
    ABSENCE = "absence"
    BOUNCE = "bounce"
    MACHINE = "machine"
    SPAM = "spam"
    THANKS = "thanks"
    SETTLED = "settled"
    RECEIPT = "receipt"
    MERGED = "merged"
    DELETED = "deleted"


WITHDRAWN: Mapping[Mail, LiteralString] = {
    Mail.SPAM: "Marked as spam in the helpdesk.",
    Mail.DELETED: "Deleted in the helpdesk.",
}
"""Our own notes about what an export says of a ticket."""
_LONGEST = 4_000
_FIRST = 400
"""Characters at the beginning in which mail says that it is automatic."""
_MOST_THANKS = 60  # words
_SHORT = 5  # words
_LEFT_OVER, _MORE = 1, 3  # words of a sentence that no phrase explains
_STRONG, _SPAM = 2, 3
_GAP = r"[^!?\n]{0,60}?"
_AGAIN = re.compile(r"^(?:(?:re|aw|fw|fwd|wg|tr|rv|sv|vs|antw|odp|pd|r|i|enc|doorst)\s*[:：]\s*)+")
_QUOTED = re.compile(r"[“„«\"‘‚][^“”„«»\"‘’‚\n]{4,300}[”“»\"’‘]|\[quoted from above\]")
_NAME = re.compile(r"<[a-z_]+(?:_\d+)?>")
_SENTENCE = re.compile(r"(?<=[.!?;…])\s+|\n+|\s[-–—]+\s|[:：)]\s+")
_CLAUSE = re.compile(r"(?<=[^\d][.!?;,])\s+|\n+|\s(?:and|und|et|y|e|en|i)\s")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_ASKS = re.compile(r"[?¿？]")
_SIGNS = str.maketrans({"’": "'", "‘": "'", "`": "'", "\u00a0": " ", "\u200b": ""})


def mail_kind(
    subject: str, text: str, *, language: str | None, opens: bool = True, unmanned: bool = False
) -> Mail:
    """Return what a requester's message is.

    ``opens`` is whether it is the first of its ticket, so that ``subject`` is its own.
    ``unmanned`` is whether it was sent from an address that reads no replies. Without a
    ``language`` the words of every one count.
    """
    said = _own(text)
    head = _fold(subject) if opens else ""
    tongues = (language,) if language in _languages() else _languages()
    if _bounces(head, said, tongues):
        return Mail.BOUNCE
    if _is_absence(head, said, tongues):
        return Mail.ABSENCE
    if opens and _is_spam(f"{head}\n{said}", tongues):
        return Mail.SPAM
    if _is_machine(head, said, tongues, unmanned=unmanned):
        return Mail.MACHINE
    return _thanks(said, tongues)


def desk_mail_kind(text: str) -> Mail:
    """Return what a message of the desk is; one about others merged into its own is a receipt."""
    for mail, note in WITHDRAWN.items():
        if text == note:
            return mail
    whole = _fold(text[:_LONGEST])
    if _any("merged_here").search(whole):
        return Mail.RECEIPT
    if _any("merged").search(whole):
        return Mail.MERGED
    return Mail.RECEIPT if _any("machine").search(_own(text)) else Mail.PERSON


def _bounces(head: str, said: str, tongues: Sequence[str]) -> bool:
    if _AGAIN.match(head):
        return False  # a person sent it on
    titled = _titled("bounce_subjects").match(head) is not None
    found = _any("bounce").search(said)
    if found is None:
        return titled and not _asks(said, tongues)
    return (titled or found.start() < _FIRST) and not _asks(said[: found.start()], tongues)


def _is_absence(head: str, said: str, tongues: Sequence[str]) -> bool:
    titled = _titled("absence_subjects").match(head) is not None
    begins = _any("absence").search(said[:_FIRST]) is not None
    if not (titled or begins) or _asks(_without_contacts(said), tongues):
        return False
    if _any("feature").search(_any("machine").sub(" ", said)):
        return False  # it is about automatic replies
    return titled or all(map(_is_of_absence, _CLAUSE.split(said)))


def _is_of_absence(clause: str) -> bool:
    """Return whether a clause says no more than that a person is away, until when, whom to ask."""
    if any(_any(kind).search(clause) for kind in ("absence", "returns", "contact")):
        return True
    rest = _any("thanks").sub(" ", _NAME.sub(" ", clause))
    return len(_WORD.findall(rest)) <= _MORE


def _is_machine(head: str, said: str, tongues: Sequence[str], *, unmanned: bool) -> bool:
    if _titled("machine_subjects").match(head) and len(_WORD.findall(said)) <= _SHORT:
        return not _ASKS.search(said)
    if not (unmanned or _any("machine").search(said)):
        return False
    return not _asks(said, tongues, questions=not unmanned)


def _is_spam(whole: str, tongues: Sequence[str]) -> bool:
    if any(_has("reporting", each, whole) for each in tongues):
        return False
    strong = {found for each in tongues for found in _found("spam", each, whole)}
    weak = {found for each in tongues for found in _found("spam_weak", each, whole)}
    return bool(strong) and _STRONG * len(strong) + len(weak) >= _SPAM


def _thanks(said: str, tongues: Sequence[str]) -> Mail:
    """Return `SETTLED` or `THANKS` if every sentence is one, in one of the languages."""
    if not said or _ASKS.search(said) or len(_WORD.findall(said)) > _MOST_THANKS:
        return Mail.PERSON
    parts = [part for part in _SENTENCE.split(_NAME.sub(" ", said)) if _WORD.search(part)]
    for tongue in tongues:
        if not all(_is_pleasant(part, tongue) for part in parts):
            continue
        if any(_has(kind, tongue, said) for kind in ("settled", "close")):
            return Mail.SETTLED
        if _has("thanks", tongue, said) and parts:
            return Mail.THANKS
    return Mail.PERSON


def _is_pleasant(part: str, tongue: str) -> bool:
    """Return whether a sentence only thanks, greets, says that it works, or lets us close."""
    rest = part
    for kind in ("close", "settled", "thanks"):
        rest = _pattern(kind, tongue).sub(" ", rest)
    if len(_WORD.findall(rest)) <= _LEFT_OVER and not _has("open", tongue, rest):
        return True
    return _has("settled", tongue, part) and not _has("open", tongue, rest)


def _asks(said: str, tongues: Sequence[str], *, questions: bool = True) -> bool:
    """Return whether a person asks or reports something."""
    if questions and _ASKS.search(said):
        return True
    return any(_has(kind, each, said) for kind in ("asking", "reporting") for each in tongues)


def _without_contacts(said: str) -> str:
    """Return the words without the sentences that say whom to ask in urgent cases."""
    parts = re.split(r"(?<=[.!?])\s+|\n+", said)
    return "\n".join(part for part in parts if not _any("contact").search(part))


def _own(text: str) -> str:
    """Return the new words of a message, folded: no quotation, no signature."""
    text = text[:_LONGEST]
    signed = signature(text)
    quoted = quotations(text)
    own = without(text, [*quoted, *([signed] if signed else [])]) or without(text, quoted)
    return _QUOTED.sub(" ", _fold(own)).strip()


def _fold(text: str) -> str:
    lines = unicodedata.normalize("NFC", text).translate(_SIGNS).casefold().splitlines()
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def _has(kind: str, language: str, text: str) -> bool:
    return _pattern(kind, language).search(text) is not None


def _found(kind: str, language: str, text: str) -> set[str]:
    return set(_pattern(kind, language).findall(text))


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    text = files("assistant.threads").joinpath("automatic_words.json").read_text(encoding="utf-8")
    words: dict[str, dict[str, list[str]]] = json.loads(text)
    return words


@cache
def _languages() -> tuple[str, ...]:
    return tuple(_words()["thanks"])


@cache
def _pattern(kind: str, language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_any_of(_words()[kind][language])}(?!\w)")


@cache
def _any(kind: str) -> re.Pattern[str]:
    """Return the pattern of a kind in every language."""
    return re.compile(rf"(?<!\w){_any_of(itertools.chain(*_words()[kind].values()))}(?!\w)")


@cache
def _titled(kind: str) -> re.Pattern[str]:
    """Return the pattern of a subject that is a phrase of a kind, or one and a colon at first."""
    phrases = _any_of(itertools.chain(*_words()[kind].values()))
    return re.compile(rf"\W*{phrases}\s*(?:$|[:：(\[<–—]|-\s)")


def _any_of(phrases: Iterable[str]) -> str:
    longest_first = sorted({phrase.strip().casefold() for phrase in phrases}, key=len, reverse=True)
    each = (
        re.escape(phrase).replace("\\ …\\ ", _GAP).replace("…", _GAP) for phrase in longest_first
    )
    return f"(?:{'|'.join(each)})"
