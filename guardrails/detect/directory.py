"""Known-entity masking: the values a tenant has declared are masked whatever a detector thinks.

A ticket's requester and contacts, and the tenant's directory of people, seed it. It is the cheapest
recall there is: no model has to recognise a name that stands in the ticket's own fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from guardrails.spans import Detector, EntityType, Span
from guardrails.text import RawText, unwrap

_RECOGNIZER = "known"
_SHORTEST_PART = 3
_SHORTEST_TERM = 2
WORD_NAMES = frozenset(
    "will mark may grace rose hunter page chase summer april june joy faith hope dean bill art "
    "rich frank grant pat sue drew rob jack penny ray lance max dale glen heath lane brook reed "
    "ivy olive iris jean bob carol dawn eve gene guy harry jasmine kit lily merry norm pearl "
    "ruby sandy stone bank banks long short young best small little king bishop cook baker "
    "carter miller mason porter walker turner fisher hill wood woods field fields park parks "
    "rivers bush day week case price cash sharp swift wise good love power bond bell ball".split()
)
"""Names that are also words: alone they are masked only as written, never in lower case.

Except where nothing but a name stands: a line of its own (``bill o``), or behind a greeting.
"""


@dataclass(frozen=True, slots=True)
class KnownValue:
    """One value that identifies somebody; ``exact`` forbids matching it in another case."""

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
        """Return what to mask for this person, the parts of the name among it."""
        values = [each for each in self.whole() if each.type is not EntityType.PERSON]
        return [*_names(self.name), *values] if self.name else values

    def whole(self) -> list[KnownValue]:
        """Return the fields as they stand."""
        pairs = (
            (EntityType.PERSON, self.name),
            (EntityType.EMAIL_ADDRESS, self.email),
            (EntityType.PHONE_NUMBER, self.phone),
            (EntityType.USERNAME, self.username),
            (EntityType.EMPLOYEE_ID, self.employee_number),
            *((EntityType.HOSTNAME, host) for host in self.hosts),
            *((EntityType.SERIAL_NUMBER, serial) for serial in self.serials),
        )
        return [KnownValue(kind, raw) for kind, raw in pairs if raw]


@dataclass(frozen=True, slots=True)
class KnownValues:
    """A matcher over known values; empty by default."""

    _loose: re.Pattern[str] | None = None
    _exact: re.Pattern[str] | None = None
    _alone: re.Pattern[str] | None = None
    _types: dict[str, EntityType] = field(default_factory=dict[str, EntityType])

    @classmethod
    def of(cls, values: Iterable[KnownValue]) -> KnownValues:
        """Build the matcher; blank and one-character values are left out."""
        loose: dict[str, EntityType] = {}
        exact: dict[str, EntityType] = {}
        for known in values:
            text = unwrap(known.value).strip()
            if len(text) >= _SHORTEST_TERM:
                (exact if known.exact else loose).setdefault(text, known.type)
        types = {text.casefold(): kind for text, kind in (*exact.items(), *loose.items())}
        return cls(_compile(loose, re.IGNORECASE), _compile(exact, 0), _compile_alone(exact), types)

    @classmethod
    def of_people(cls, people: Iterable[KnownPerson]) -> KnownValues:
        """Build the matcher from whole people."""
        return cls.of(value for person in people for value in person.values())

    def find(self, text: str) -> list[Span]:
        """Return where known values stand; spans may touch and overlap other detectors' spans."""
        spans = [
            self._span(match) for pattern in self._patterns() for match in pattern.finditer(text)
        ]
        spans += [
            Span(*match.span(match.lastindex or 0), EntityType.PERSON, 1.0, _RECOGNIZER)
            for match in (self._alone.finditer(text) if self._alone else ())
        ]
        return sorted(spans, key=lambda span: (span.start, -span.end))

    def __bool__(self) -> bool:
        return bool(self._loose or self._exact)

    def _patterns(self) -> Sequence[re.Pattern[str]]:
        return [pattern for pattern in (self._loose, self._exact) if pattern is not None]

    def _span(self, match: re.Match[str]) -> Span:
        words = re.sub(r"\s+", " ", match[0]).casefold()
        kind = self._types.get(match[0].casefold()) or self._types.get(words, EntityType.PERSON)
        return Span(match.start(), match.end(), kind, 1.0, _RECOGNIZER)


@dataclass(frozen=True, slots=True)
class Term:
    """A word that a tenant decides on: masked as ``type`` wherever it stands, or left readable."""

    text: RawText
    type: EntityType | None

    @property
    def says_little(self) -> bool:
        """Whether it is too short to be looked for."""
        return len(self.folded()) < _SHORTEST_TERM

    def folded(self) -> RawText:
        """Return the text by which two terms are the same."""
        return RawText(" ".join(unwrap(self.text).split()).casefold())


def allow_list(terms: Iterable[Term]) -> KnownValues:
    """Return a matcher of what a tenant wants to read."""
    return KnownValues.of(
        KnownValue(EntityType.LITERAL, term.text) for term in terms if term.type is None
    )


class AllowListFilter:
    """A detector that leaves alone what a tenant wants to read, but for secrets."""

    def __init__(self, detector: Detector, terms: Iterable[Term]) -> None:
        """Wrap ``detector``; only those of ``terms`` without a type are allow-listed."""
        self._detector = detector
        self._allow_list = allow_list(terms)

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return, for each text in order, the spans that are no part of a allow-listed word."""
        found = self._detector.detect(texts)
        return [
            [each for each in spans if not self._is_allowed(each, text)] if spans else spans
            for text, spans in zip(texts, found, strict=True)
        ]

    def _is_allowed(self, span: Span, text: str) -> bool:
        return span.type is not EntityType.SECRET and any(
            allow_list.start <= span.start and span.end <= allow_list.end
            for allow_list in self._allow_list.find(text)
        )


def _names(name: RawText) -> list[KnownValue]:
    whole = unwrap(name).strip()
    parts = [part.strip(",.'\"()") for part in whole.split()]
    forms = [KnownValue(EntityType.PERSON, RawText(whole))]
    if len(parts) > 1:
        first, last = parts[0].rstrip(","), parts[-1]
        swapped = (f"{last}, {first}", f"{last} {first}", f"{first[0]}. {last}")
        forms += [KnownValue(EntityType.PERSON, RawText(form)) for form in swapped]
    return forms + [
        KnownValue(EntityType.PERSON, RawText(part), exact=part.casefold() in WORD_NAMES)
        for part in parts
        if len(part) >= _SHORTEST_PART
    ]


def _compile(values: Iterable[str], flags: int) -> re.Pattern[str] | None:
    forms = sorted(values, key=len, reverse=True)
    if not forms:
        return None
    alternatives = "|".join(r"\s+".join(map(re.escape, form.split())) for form in forms)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", flags)


def _compile_alone(values: Iterable[str]) -> re.Pattern[str] | None:
    names = "|".join(re.escape(value) for value in values if value.casefold() in WORD_NAMES)
    if not names:
        return None
    signed = rf"(?<=^)[ \t]*((?:{names})(?:[ \t]+\w\.?)?)[ \t]*$"
    greeted = rf"\b(?:hi|hello|hey|dear|thanks|cheers|regards),?[ \t]+({names})\b"
    return re.compile(f"{signed}|{greeted}", re.IGNORECASE | re.MULTILINE)
