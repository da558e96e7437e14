"""Says what of a question the sections that were found do not speak of: a near miss.

The nearest section often reads like an answer and is about another code, version or error. What is
asked literally must stand in it: codes and identifiers (``BV-131``, ``invalid_auth``), quoted
words, the value that something is to be set to, what is to be done (“how do I merge …”), the
version of a product that it names with another one, the message after “error:”. A question in
another language than the documents is told, too: the search compares them badly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.language import NAMES, language_of
from assistant.model import Passage
from assistant.wording import FILLER, stem, stems
from guardrails import RedactedText, join
from guardrails.placeholders import SHAPE

UNSURE = "No document answers this for certain; this is the nearest section."
_CODE = re.compile(
    r"\"(?P<double>[^\"\n]{4,80})\"|(?<!\w)'(?P<single>[^'\n]{4,80})'(?!\w)"
    r"|\b(?P<code>[A-Z]{1,8}-?\d{2,}|0x[0-9A-Fa-f]{4,}|[A-Z]{2,}[_-]\d+)\b"
    r"|\b(?P<name>\w*[A-Za-z0-9]_\w+)\b|\b(?P<camel>(?:[A-Z][a-z]+){2,}\d*)\b"
)
_VERSION = re.compile(
    r"\b(?P<of>[A-Za-z][A-Za-z-]{2,})[ ]v?(?P<number>\d{1,4}(?:\.\d{1,4}){0,3})(?![\w:/%.-]\w)"
)
_NO_PRODUCT = frozenset(
    "step level chapter section table figure port option phase part page error code event line "
    "message version node surgery room floor the and about after before within every under over "
    "than only least most last next first top".split()
)
_MESSAGE = re.compile(
    r"(?:\berror:|\bfatal:|\bexception:|->)\s*(?P<said>[^?\n]{15,})", re.IGNORECASE
)
_TARGET = re.compile(
    r"\b(?:(?:to|until|at)\s+(?P<clock>\d{1,2}:\d\d)|(?:to|until)\s+(?P<value>\d+\s?(?:h|hours?|[kmgt]i?b?|min(?:ute)?s?|days?|weeks?|%)))(?!\w)",
    re.IGNORECASE,
)
_DOING = re.compile(
    r"\bhow (?:do|can|to|would|should|shall|could)\s+(?:(?:i|we|you|one)\s+)?(?:just\s+|also\s+)?"
    r"(?P<verb>[a-z]{3,})",
    re.IGNORECASE,
)
_ANY_DOING = frozenset(
    "add ask avoid call change check deal do fix get give go handle have help keep know look make "
    "move need put run see set solve start stop take tell try use want work".split()
) | {"find"}
_RUN = 3
_WORD = re.compile(r"[^\W_]+(?:[-._][^\W_]+)*")
_ANOTHER = 3


def near_miss(question: RedactedText, passages: Sequence[Passage]) -> str:
    """Return in words what ``passages`` do not speak of, or nothing when they hold all of it."""
    return next(filter(None, _reasons(question, passages)), "")


def _reasons(question: RedactedText, passages: Sequence[Passage]) -> Iterator[str]:
    """Yield what is missing, kind by kind; nothing for a kind of which all is there."""
    yield _foreign(question, passages)
    asked = SHAPE.sub(" ", question.reveal())
    held = " ".join(" ".join(map(_text, passages)).split())
    known = held.lower()
    yield _unspoken([each for each in _codes(asked) if " ".join(each.lower().split()) not in known])
    values = [each["value"] or each["clock"] for each in _TARGET.finditer(asked)]
    packed = "".join(known.split())
    yield _unspoken([each for each in values if "".join(each.lower().split()) not in packed])
    if undone := _undone(asked, passages):
        yield f"The nearest document does not speak of “{undone}”; this is its nearest section."
    for product, number in _versions(asked):
        others = {other for name, other in _versions(held, named=True) if name == product}
        if others and not any(_covers(number, each) for each in others):
            about = ", ".join(f"{product} {each}" for each in sorted(others)[:_ANOTHER])
            yield f"This is about {about}; nothing here speaks of {product} {number}."
    for message in _messages(asked):
        if not _is_said(message, known):
            yield f"Nothing here speaks of the message “{message}”; this is the nearest section."


def _unspoken(missing: Sequence[str]) -> str:
    return (
        f"Nothing here speaks of {_list(missing)}; this is the nearest section." if missing else ""
    )


def _foreign(question: RedactedText, passages: Sequence[Passage]) -> str:
    """Return that the question is in another language than what was found, if both are clear."""
    asked = language_of(question)
    if asked is None or not passages:
        return ""
    held = language_of(join("\n\n", [each.chunk.text for each in passages]))
    if held in (None, asked):
        return ""
    return (
        f"The question is in {NAMES[asked]} and the documents are in {NAMES[held]}; this is the "
        "nearest section."
    )


def _undone(asked: str, passages: Sequence[Passage]) -> str:
    """Return the verb after “how do I” if the first document does not use it, in any form."""
    found = _DOING.search(asked)
    verb = found["verb"].lower() if found else ""
    if not passages or not verb or verb in _ANY_DOING or verb in FILLER:
        return ""
    first = passages[0].chunk.document_id
    held = " ".join(_text(each) for each in passages if each.chunk.document_id == first)
    return "" if stem(verb) in stems(held) else verb


def _codes(asked: str) -> list[str]:
    found = (match[match.lastgroup or 0] for match in _CODE.finditer(asked))
    return list(dict.fromkeys(found))


def _messages(asked: str) -> list[str]:
    return [" ".join(match["said"].split()).strip(" :") for match in _MESSAGE.finditer(asked)]


def _is_said(message: str, known: str) -> bool:
    """Return whether three words in a row, or a code, of the message stand in the passages."""
    if any(code.lower() in known for code in _codes(message)):
        return True
    said = [word.lower() for word in _WORD.findall(message)]
    runs = (said[at : at + _RUN] for at in range(max(len(said) - _RUN + 1, 1)))
    words = f" {' '.join(_WORD.findall(known))} "
    return any(f" {' '.join(run)} " in words for run in runs)


def _versions(text: str, *, named: bool = False) -> list[tuple[str, str]]:
    """Return words, in lower case, with the numbers that follow; if ``named``, names only."""
    found = (
        (each["of"].lower(), each["number"])
        for each in _VERSION.finditer(text)
        if not named or each["of"][0].isupper()
    )
    return [(product, number) for product, number in found if product not in _NO_PRODUCT | FILLER]


def _covers(asked: str, known: str) -> bool:
    """Return whether one version is the other or belongs to it: 4.15.2 is a 4.15."""
    return f"{asked}.".startswith(f"{known}.") or f"{known}.".startswith(f"{asked}.")


def _text(passage: Passage) -> str:
    chunk = passage.chunk
    return f"{passage.title.reveal()} {chunk.heading.reveal()} {chunk.text.reveal()}"


def _list(words: Sequence[str]) -> str:
    return ", ".join(f"“{each}”" for each in words)
