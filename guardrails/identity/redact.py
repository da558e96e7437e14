"""The redactor: the only way from `RawText` to `RedactedText`.

Detected and known spans are merged (a character in any span is masked), each value becomes a
placeholder of the tenant's vault, and secrets are destroyed. Text from outside that looks like a
placeholder is masked as well, so that typing ``<PERSON_7>`` never restores another person. The
result also contains the raw text as it may be stored, without secrets. If detection fails, no text
is returned: it fails closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from guardrails import placeholders
from guardrails.detect import apply_replacements
from guardrails.detect.directory import KnownPerson, KnownValues
from guardrails.detect.encoded import View, views
from guardrails.errors import Refused
from guardrails.identity.destroyed import DESTROYED, destroy, marks, read_past
from guardrails.identity.vault import Vault
from guardrails.placeholders import Placeholder
from guardrails.spans import Detector, EntityType, Span
from guardrails.text import RawText, RedactedText, mint, unwrap

_LITERAL_SCORE = 1.0


@dataclass(frozen=True, slots=True)
class Mask:
    """What was masked: characters ``start`` to ``end`` of the raw text, and what replaced it."""

    start: int
    end: int
    placeholder: Placeholder
    recognizer: str


@dataclass(frozen=True, slots=True)
class Redaction:
    """Redacted text with the places that were masked in the raw one.

    ``kept`` is the raw text as it may be stored: each of its ``secrets`` is destroyed. They are
    returned so that other fields lose them too.
    """

    text: RedactedText
    masks: tuple[Mask, ...]
    kept: RawText
    secrets: tuple[RawText, ...] = ()


class Redactor:
    """Redacts the text of one tenant."""

    def __init__(
        self,
        detector: Detector,
        vault: Vault,
        directory: KnownValues,
        gone: frozenset[EntityType] = DESTROYED,
    ) -> None:
        self._detector = detector
        self._vault = vault
        self._directory = directory
        self._gone = DESTROYED | gone

    def redact(self, raw: RawText, known: KnownValues | None = None) -> Redaction:
        """Redact one text, giving new values new placeholders. `Refused` if detection fails."""
        return self.redact_many([raw], known)[0]

    def redact_many(
        self, raws: Sequence[RawText], known: KnownValues | None = None
    ) -> list[Redaction]:
        """Redact several texts in one batch; ``known`` adds to the tenant's directory."""
        return self._redact(raws, known, allocate=True)

    def look_up(self, raw: RawText, known: KnownValues | None = None) -> Redaction:
        """Redact a question: vault values get their placeholder, others an unnumbered one."""
        return self._redact([raw], known, allocate=False)[0]

    def look_up_many(self, raws: Sequence[RawText]) -> list[Redaction]:
        """Redact several texts in one batch as `look_up` does one."""
        return self._redact(raws, None, allocate=False)

    def secrets_of(self, people: Iterable[KnownPerson]) -> tuple[RawText, ...]:
        """Return the secrets in the fields of ``people``, each field read by itself."""
        fields = dict.fromkeys(text for _, text in _fields(people, self._gone))
        done = self.look_up_many([RawText(text) for text in fields])
        return tuple(secret for each in done for secret in each.secrets)

    def with_secrets(self, names: Iterable[Placeholder]) -> frozenset[Placeholder]:
        """Return those of ``names`` whose value in the vault holds a secret.

        An earlier version kept such values: a field was given its placeholder as it came.
        """
        values = self._vault.values_of(names)
        done = self.look_up_many(list(values.values()))
        return frozenset(name for name, each in zip(values, done, strict=True) if each.secrets)

    def learn(self, people: Iterable[KnownPerson]) -> RedactedText:
        """Give every field of ``people`` a placeholder, even if no text contains it yet.

        From then on the gate finds the values in every prompt. Returns the placeholders.
        """
        return _named(self._vault.allocate(_fields(people, self._gone)))

    def learnt(self, people: Iterable[KnownPerson]) -> RedactedText:
        """Return the placeholders that fields of ``people`` have, without allocating any."""
        return _named(self._vault.look_up(_fields(people, self._gone)))

    def _redact(
        self, raws: Sequence[RawText], known: KnownValues | None, *, allocate: bool
    ) -> list[Redaction]:
        pieces = [_Piece.of(unwrap(raw), self._gone) for raw in raws]
        self._find(pieces, known)
        values = [value for piece in pieces for value in piece.values()]
        named = iter(self._vault.allocate(values) if allocate else self._vault.look_up(values))
        return [piece.redacted(named) for piece in pieces]

    def _find(self, pieces: Sequence[_Piece], known: KnownValues | None) -> None:
        """Give each piece its spans; the texts and their decoded views are one batch."""
        read = [piece.read for piece in pieces]
        said = [view.text for piece in pieces for view in piece.views]
        found = iter(self._detect([*read, *said]))
        for piece in pieces:
            piece.found += (*next(found), *self._known(piece.text, known))
        for piece in pieces:
            for view in piece.views:
                piece.found += self._seen(view, next(found), known)

    def _detect(self, texts: Sequence[str]) -> list[list[Span]]:
        try:
            return self._detector.detect(texts)
        except Exception as error:  # after any failure, unredacted text must not be passed on
            raise Refused(
                f"Detection failed ({type(error).__name__}), so the text was not used.",
                todo="Run `quietdesk redact` on the text to see whether the detector works at all.",
            ) from error

    def _known(self, text: str, known: KnownValues | None) -> list[Span]:
        literal = [
            Span(found.start, found.end, EntityType.LITERAL, _LITERAL_SCORE, "literal")
            for found in placeholders.find(text)
        ]
        return [*literal, *marks(text), *self._declared(text, known)]

    def _declared(self, text: str, known: KnownValues | None) -> list[Span]:
        return [*self._directory.find(text), *(known.find(text) if known else [])]

    def _seen(self, view: View, found: Sequence[Span], known: KnownValues | None) -> Iterator[Span]:
        """Yield, as spans of the source, what is found only in decoded views."""
        for span in (*found, *self._declared(view.text, known)):
            place = view.back(span.start, span.end)
            if place is not None:
                yield replace(span, start=place[0], end=place[1])


@dataclass(slots=True)
class _Piece:
    """One text as the detector reads it, with its decoded views and what was found."""

    text: str
    read: str
    views: tuple[View, ...]
    gone: frozenset[EntityType]
    found: list[Span] = field(default_factory=list[Span])

    @classmethod
    def of(cls, text: str, gone: frozenset[EntityType]) -> _Piece:
        read = read_past(text)
        return cls(text, read, tuple(views(read)), gone)

    def values(self) -> list[tuple[EntityType, str]]:
        """Return the values to look up in the vault, in the order of the text."""
        return [
            (span.type, self.text[span.start : span.end])
            for span in _unite(self.found, self.gone)
            if span.type not in self.gone
        ]

    def redacted(self, named: Iterator[Placeholder]) -> Redaction:
        """Return the text with its placeholders; ``named`` gives those of `values`."""
        spans = _unite(self.found, self.gone)
        names = [
            Placeholder(EntityType.SECRET) if span.type in self.gone else next(named)
            for span in spans
        ]
        masks = tuple(
            Mask(span.start, span.end, name, span.recognizer)
            for span, name in zip(spans, names, strict=True)
        )
        text = mint(apply_replacements(self.text, spans, [str(name) for name in names]))
        destroyed = [span for span in self.found if span.type in self.gone]
        secrets = _unite(destroyed, self.gone)
        return Redaction(text, masks, *destroy(self.text, secrets))


def _fields(
    people: Iterable[KnownPerson], gone: frozenset[EntityType]
) -> list[tuple[EntityType, str]]:
    pairs = ((each.type, unwrap(each.value).strip()) for one in people for each in one.whole())
    return [(kind, text) for kind, text in pairs if text and kind not in gone]


def _named(names: Iterable[Placeholder]) -> RedactedText:
    return mint(" ".join(map(str, names)))


def _unite(spans: Sequence[Span], gone: frozenset[EntityType]) -> list[Span]:
    """Merge overlapping spans; the merged span takes the type of its strongest part."""
    united: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        if united and span.start < united[-1].end:
            united[-1] = _merge(united[-1], span, gone)
        else:
            united.append(span)
    return united


def _merge(one: Span, two: Span, gone: frozenset[EntityType]) -> Span:
    strongest = max(one, two, key=lambda span: _strength(span, gone))
    return Span(
        one.start, max(one.end, two.end), strongest.type, strongest.score, strongest.recognizer
    )


def _strength(span: Span, gone: frozenset[EntityType]) -> tuple[bool, bool, bool, int, float]:
    """Sort key: a secret, what else is destroyed, a fake placeholder, then the longer span."""
    return (
        span.type is EntityType.SECRET,
        span.type in gone,
        span.type is EntityType.LITERAL,
        span.end - span.start,
        span.score,
    )
