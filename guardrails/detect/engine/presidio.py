"""Presidio: the one module that imports it at run time.

Presidio's engine runs a registry of its own predefined recognizers, our rules and our tagger. Three
of its parts are replaced on purpose. Its e-mail recognizer uses tldextract, which downloads the
public-suffix list, so ours is used. Its context enhancer needs lemmas of every token; our rules
read their own context. Its engine runs spaCy's pipeline a text at a time; the tagger reads a batch.
"""

# ruff: noqa: ARG002 - Presidio sets the signatures of what it calls

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

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

from guardrails.detect.engine.recognizers import RECOGNIZERS, restored
from guardrails.detect.normal import normalise
from guardrails.detect.resolve import resolve
from guardrails.detect.rule import Recognizer
from guardrails.detect.tagger.tagger import TaggerNames
from guardrails.spans import EntityType, Span

for _name in ("presidio-analyzer", "presidio-anonymizer"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # what was found must not be in a log

_LANGUAGE = "en"
_LEAST = 0.4  # Presidio's patterns without a check digit score below it


class PresidioDetector:
    """Runs the rules and the tagger together, through Presidio's engine."""

    def __init__(self, names: TaggerNames) -> None:
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
_NUMBER = re.compile(r"\d(?:[ -]?\w){6}")  # such numbers have at least seven digits and letters

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
"""Presidio's recognizers of numbers with a check digit; its others guess without context."""


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
    """Carries what the tagger found in the batch into Presidio's analysis of one text."""

    def __init__(self, names: list[Span]) -> None:
        # Not the base's constructor: it wants spaCy's Doc, which no recognizer here reads.
        self.names = names


class _HouseRecognizer(EntityRecognizer):
    """Adapts one of our recognizers to Presidio's interface."""

    def __init__(self, recognizer: Recognizer) -> None:
        super().__init__([kind.value for kind in EntityType], recognizer.name)
        self._find = recognizer.find

    def load(self) -> None:
        """Nothing to load: the tables are read when their module is imported."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """Return what our recognizer finds in ``text``."""
        return [_result(span) for span in self._find(text)]


class _NameRecognizer(EntityRecognizer):
    """Passes on what the tagger found in the batch."""

    def __init__(self) -> None:
        super().__init__([kind.value for kind in EntityType], "tagger")

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
    """Replaces Presidio's NLP pipeline, because the tagger reads whole batches."""

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        """Return that the engine is loaded; there is nothing to load."""
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
        """Return False: words are not classified here."""
        return False

    def is_punct(self, word: str, language: str) -> bool:
        """Return False: words are not classified here."""
        return False

    def get_supported_entities(self) -> list[str]:
        """Return no entity types: this engine finds none itself."""
        return []

    def get_supported_languages(self) -> list[str]:
        """Return the one language of the patterns."""
        return [_LANGUAGE]
