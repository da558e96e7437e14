"""What a home is made of: the parts that load a model or cost time, each made from the settings.

`Home.open` takes other `Parts` where a test or an evaluation brings its own. Heavy parts are made
when first used, so that opening a home to list its tenants loads no model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from argon2 import PasswordHasher

from assistant.adapters.records.logins import HASHER
from assistant.adapters.sentence_transformers import INSTALLED, LocalEmbedder, LocalReranker
from assistant.ports import Embedder, Reranker, Writer
from assistant.settings import Settings
from assistant.writers.extractive import ExtractiveWriter
from guardrails import RedactedText
from guardrails.detect import build_detector, build_rule_detector
from guardrails.injection.detector import InjectionDetector, SuspiciousSpan
from guardrails.spans import Detector, Span

if TYPE_CHECKING:
    from assistant.adapters.llama_cpp import Engine

_Made = TypeVar("_Made")
FindSuspects: TypeAlias = Callable[[Sequence[RedactedText]], Sequence[tuple[SuspiciousSpan, ...]]]
"""Redacted texts to, for each of them, its suspicious spans."""


def make_detector(settings: Settings) -> Detector:
    """Return the detector; it loads its model at the first text."""
    return LazyDetector(lambda: build_detector(settings.threads or 1))


def make_embedder(settings: Settings, source: str | None = None) -> Embedder:
    """Return the embedder of ``source``, without one that of the settings.

    ``source`` is a folder or `INSTALLED`. Weights are loaded at the first text.
    """
    return LocalEmbedder(source or settings.embedder, threads=settings.threads)


def make_reranker(settings: Settings) -> Reranker | None:
    """Return the cross-encoder that the settings name, if any; loads it at the first question."""
    return LocalReranker(settings.reranker, threads=settings.threads) if settings.reranker else None


def make_injection_detector(settings: Settings, embedder: Embedder) -> InjectionDetector:
    """Return the detector of prompt injections; it was trained on the installed model's vectors."""
    own = settings.embedder == INSTALLED
    return InjectionDetector((embedder if own else make_embedder(settings, INSTALLED)).embed)


def make_engine(settings: Settings) -> Engine:
    """Return what runs the model file that the settings name; loads it."""
    from assistant.chat_models import make_engine  # here: its HTTP client is a tenth of a second

    return make_engine(settings)


def find_suspects(embedder: Embedder) -> FindSuspects:
    """Return what finds prompt injections with the vectors of ``embedder``, the installed model."""
    return InjectionDetector(embedder.embed).find_many


@dataclass(frozen=True, slots=True)
class Parts:
    """How each part of a home is made.

    ``detector`` redacts, ``rules`` scan what leaves; ``embedder`` is asked once for each source of
    weights; ``suspects`` is given the installed embedder, once for each tenant.
    """

    detector: Callable[[Settings], Detector] = make_detector
    rules: Callable[[], Detector] = build_rule_detector
    embedder: Callable[[Settings, str], Embedder] = make_embedder
    reranker: Callable[[Settings], Reranker | None] = make_reranker
    suspects: Callable[[Embedder], FindSuspects] = find_suspects
    engine: Callable[[Settings], Engine] = make_engine
    extractive: Callable[[], Writer] = ExtractiveWriter
    hasher: PasswordHasher = HASHER


class LazyDetector:
    """A detector that is built when the first text comes; the same for every tenant."""

    def __init__(self, build: Callable[[], Detector]) -> None:
        self._made = Once(build)

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return, for each text in order, its spans."""
        return self._made().detect(texts)


class Once(Generic[_Made]):
    """Builds at the first call, whichever thread it comes from, and hands out the same after."""

    def __init__(self, build: Callable[[], _Made]) -> None:
        self._build = build
        self._lock = RLock()
        self._value: list[_Made] = []

    def __call__(self) -> _Made:
        if not self._value:
            with self._lock:
                if not self._value:
                    self._value.append(self._build())
        return self._value[0]


class Embedders:
    """The embedders of a home by the source of their weights: one each, whoever asks for it."""

    def __init__(self, make: Callable[[str], Embedder]) -> None:
        self._make = make
        self._lock = RLock()
        self._made: dict[str, Embedder] = {}

    def __call__(self, source: str) -> Embedder:
        """Return the embedder of ``source``; weights that cannot be read fail when it is used."""
        with self._lock:
            if source not in self._made:
                self._made[source] = self._make(source)
            return self._made[source]
