"""Known-entity masking: values that a tenant has declared are masked without any detector.

The values come from a ticket's requester and contacts and from the tenant's directory of people. It
is the cheapest way to recall: no model has to recognize a name that is in the ticket's own fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import TypeAlias

from guardrails.detect.kinds import KINDS
from guardrails.detect.normal import normalise
from guardrails.detect.phrases import Phrases
from guardrails.spans import Detector, EntityType, Span
from guardrails.text import RawText, unwrap

_RECOGNIZER = "known"
_SHORTEST_PART = 3
_SHORTEST_TERM = 2
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_TURKISH = str.maketrans("İı", "ii")
_Form: TypeAlias = tuple[EntityType, str, bool]
"""A value with its type, and whether it is only found as it is written."""

WORD_NAMES = frozenset(
    "will mark may grace rose hunter page chase summer april june joy faith hope dean bill art "
    "rich frank grant pat sue drew rob jack penny ray lance max dale glen heath lane brook reed "
    "ivy olive iris jean bob carol dawn eve gene guy harry jasmine kit lily merry norm pearl "
    "ruby sandy stone bank banks long short young best small little king bishop cook baker "
    "carter miller mason porter walker turner fisher hill wood woods field fields park parks "
    "rivers bush day week case price cash sharp swift wise good love power bond bell ball".split()
)
"""Names that are also words: alone they are masked only as written, never in lower case.

The exception is where only a name can be: on a line of its own (``bill o``), or after a greeting.
"""


@dataclass(frozen=True, slots=True)
class KnownValue:
    """One value that identifies a person; ``exact`` forbids matching it in another case."""

    type: EntityType
    value: RawText
    exact: bool = False


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """The fields of a requester, a contact or a person of the directory; all optional."""

    name: RawText | None = None
    email: RawText | None = None
    phone: RawText | None = None
    username: RawText | None = None
    employee_number: RawText | None = None
    hosts: tuple[RawText, ...] = ()
    serials: tuple[RawText, ...] = ()

    def values(self) -> list[KnownValue]:
        """Return what to mask for this person, including the parts of the name."""
        return [KnownValue(kind, RawText(text), exact) for kind, text, exact in self.forms()]

    def forms(self) -> Iterator[_Form]:
        """Yield the same values as plain strings, for use inside ``guardrails`` only."""
        for kind, raw in self._fields():
            if kind is EntityType.PERSON:
                yield from _names(unwrap(raw))
            else:
                yield kind, unwrap(raw), False

    def whole(self) -> list[KnownValue]:
        """Return the fields as they are."""
        return [KnownValue(kind, raw) for kind, raw in self._fields()]

    def _fields(self) -> Iterator[tuple[EntityType, RawText]]:
        pairs = (
            (EntityType.PERSON, self.name),
            (EntityType.EMAIL_ADDRESS, self.email),
            (EntityType.PHONE_NUMBER, self.phone),
            (EntityType.USERNAME, self.username),
            (EntityType.EMPLOYEE_ID, self.employee_number),
            *((EntityType.HOSTNAME, host) for host in self.hosts),
            *((EntityType.SERIAL_NUMBER, serial) for serial in self.serials),
        )
        return ((kind, raw) for kind, raw in pairs if raw)


class KnownValues:
    """A matcher over known values; empty by default.

    A value is found between characters that are no letter, digit or underscore, in any case unless
    it is exact, and with any white space where it has some. The longest from a place is taken.
    """

    def __init__(self) -> None:
        self._loose = Phrases[EntityType]()
        self._exact = Phrases[EntityType]()
        self._alone: re.Pattern[str] | None = None

    @classmethod
    def of(cls, values: Iterable[KnownValue]) -> KnownValues:
        """Build the matcher; blank and one-character values are left out."""
        return cls._of((known.type, unwrap(known.value), known.exact) for known in values)

    @classmethod
    def of_people(
        cls, people: Iterable[KnownPerson], values: Iterable[KnownValue] = ()
    ) -> KnownValues:
        """Build the matcher from whole people, and from further ``values``."""
        others = ((known.type, unwrap(known.value), known.exact) for known in values)
        return cls._of(chain(chain.from_iterable(each.forms() for each in people), others))

    @classmethod
    def _of(cls, forms: Iterable[_Form]) -> KnownValues:
        loose: dict[str, EntityType] = {}
        exact: dict[str, EntityType] = {}
        for kind, form, as_written in forms:
            for text in _readings(form):
                if len(text) >= _SHORTEST_TERM:
                    (exact if as_written else loose).setdefault(text, kind)
        made = cls()
        for text, kind in loose.items():
            made._loose.add(_folded(text), kind)
        for text, kind in exact.items():
            made._exact.add(tuple(_tokens(text)), made._loose.get(_folded(text)) or kind)
        made._alone = _compile_alone(exact)
        return made

    def find(self, text: str) -> list[Span]:
        """Return where known values are; spans may touch and overlap other detectors' spans.

        They are looked for in the text as written and as a reader sees it.
        """
        if not self:
            return []
        normal = normalise(text)
        spans = self._find(text)
        if normal.origin is not None:
            spans |= {normal.back(span) for span in self._find(normal.text)}
        return sorted(spans, key=lambda span: (span.start, -span.end))

    def _find(self, text: str) -> set[Span]:
        tokens = _TOKEN.findall(text)
        ends = [0, *accumulate(map(len, tokens))]
        spans = {
            Span(ends[start], ends[end], kind, 1.0, _RECOGNIZER)
            for start, end, kind in (
                *_matches(self._loose, list(map(_fold, tokens))),
                *(_matches(self._exact, list(map(_spaced, tokens))) if self._exact else ()),
            )
        }
        return spans | {
            Span(*match.span(match.lastindex or 0), EntityType.PERSON, 1.0, _RECOGNIZER)
            for match in (self._alone.finditer(text) if self._alone else ())
        }

    def __bool__(self) -> bool:
        return bool(self._loose or self._exact)


def _readings(form: str) -> tuple[str, ...]:
    """Return a form as written and, where that differs, as a reader sees it."""
    written = form.strip()
    if written.isascii():
        return (written,)
    seen = normalise(written).text.strip()
    return (written,) if seen == written else (written, seen)


@dataclass(frozen=True, slots=True)
class Term:
    """A word that a tenant decides on: masked as ``type`` wherever it occurs, or left readable."""

    text: RawText
    type: EntityType | None

    @property
    def says_little(self) -> bool:
        """Whether it is too short to search for."""
        return len(self.folded()) < _SHORTEST_TERM

    def folded(self) -> RawText:
        """Return the text by which two terms are compared."""
        return RawText(" ".join(unwrap(self.text).split()).casefold())


def allow_list(terms: Iterable[Term]) -> KnownValues:
    """Return a matcher of the words that a tenant has allow-listed."""
    return KnownValues.of(
        KnownValue(EntityType.LITERAL, term.text) for term in terms if term.type is None
    )


class AllowListFilter:
    """A detector that skips the words that a tenant has allow-listed, except in secrets."""

    def __init__(self, detector: Detector, terms: Iterable[Term]) -> None:
        """Wrap ``detector``; only those of ``terms`` without a type are allow-listed."""
        self._detector = detector
        self._allow_list = allow_list(terms)

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return, for each text in order, the spans that are not part of an allow-listed word."""
        found = self._detector.detect(texts)
        return [
            self._left(spans, text) if spans else spans
            for text, spans in zip(texts, found, strict=True)
        ]

    def _left(self, spans: Sequence[Span], text: str) -> list[Span]:
        readable = self._allow_list.find(text)
        return [
            each
            for each in spans
            if each.type is EntityType.SECRET
            or not any(one.start <= each.start and each.end <= one.end for one in readable)
        ]


class PreciseFilter:
    """A detector that reports only types whose shape is sure, such as addresses and secrets."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return, for each text in order, the spans of precise types and of secrets."""
        return [
            [each for each in spans if each.type is EntityType.SECRET or KINDS[each.type].precise]
            for spans in self._detector.detect(texts)
        ]


def _names(name: str) -> Iterator[_Form]:
    whole = name.strip()
    parts = [part for each in whole.split() if (part := each.strip(",.'\"()"))]
    yield EntityType.PERSON, whole, False
    if len(parts) > 1:
        first, last = parts[0], parts[-1]
        for form in (f"{last}, {first}", f"{last} {first}", f"{first[0]}. {last}"):
            yield EntityType.PERSON, form, False
    for part in parts:
        if len(part) >= _SHORTEST_PART:
            yield EntityType.PERSON, part, part.casefold() in WORD_NAMES


def _matches(
    phrases: Phrases[EntityType], tokens: Sequence[str]
) -> Iterator[tuple[int, int, EntityType]]:
    """Yield which tokens are phrases, the longest from each place, none inside another."""
    at = 0
    while at < len(tokens):
        found = next(_whole(phrases, tokens, at), None) if tokens[at] in phrases else None
        if found:
            yield (at, *found)
        at = found[0] if found else at + 1


def _whole(
    phrases: Phrases[EntityType], tokens: Sequence[str], start: int
) -> Iterator[tuple[int, EntityType]]:
    """Yield the end and the value of phrases between word boundaries, longest first."""
    if not (start and _is_word(tokens[start - 1])):
        for size, kind in phrases.at(tokens, start):
            end = start + size
            if end == len(tokens) or not _is_word(tokens[end]):
                yield end, kind


def _is_word(token: str) -> bool:
    return token[0].isalnum() or token[0] == "_"


def _folded(value: str) -> tuple[str, ...]:
    """Return the tokens of ``value`` as they are compared in any case."""
    if value.isascii():
        return tuple(_tokens(value.lower()))
    return tuple(map(_fold, _tokens(value)))


def _tokens(value: str) -> list[str]:
    return _TOKEN.findall(" ".join(value.split()))


def _spaced(token: str) -> str:
    return " " if token.isspace() else token


def _fold(token: str) -> str:
    """Return ``token`` as it is compared in any case; dotted and dotless i are one, as ß and ss."""
    if token.isascii():
        return " " if token.isspace() else token.lower()
    return _spaced(token).translate(_TURKISH).casefold()


def _compile_alone(values: Iterable[str]) -> re.Pattern[str] | None:
    names = "|".join(sorted({value.casefold() for value in values} & WORD_NAMES))
    if not names:
        return None
    signed = rf"(?<=^)[ \t]*((?:{names})(?:[ \t]+\w\.?)?)[ \t]*$"
    greeted = rf"\b(?:hi|hello|hey|dear|thanks|cheers|regards),?[ \t]+({names})\b"
    return re.compile(f"{signed}|{greeted}", re.IGNORECASE | re.MULTILINE)
