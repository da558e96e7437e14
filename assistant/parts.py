"""The parts of a home that load a model or take time, each made from the settings.

`Home.open` takes other `Parts` in tests and evaluations. Heavy parts are made when first used, so
that opening a home to list its tenants loads no model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Generic, TypeVar

from argon2 import PasswordHasher

from assistant.adapters.records.logins import HASHER
from assistant.adapters.sentence_transformers import INSTALLED, LocalEmbedder, LocalReranker
from assistant.frames import FrameBook
from assistant.ports import Embedder, Reranker, SectionRanker, Writer
from assistant.search.learned.ranker import TrainedRanker
from assistant.search.nearness import Nearness
from assistant.settings import Settings
from assistant.writers.extractive import ExtractiveWriter
from guardrails.detect import build_detector, build_rule_detector
from guardrails.injection.detector import FindSuspects, InjectionDetector
from guardrails.spans import Detector, Span

if TYPE_CHECKING:
    from assistant.adapters.llama_cpp import Engine

_Made = TypeVar("_Made")


def make_detector(settings: Settings) -> Detector:
    """Return the detector; it loads its model at the first text."""
    return LazyDetector(lambda: build_detector(settings.threads or 1))


def make_embedder(settings: Settings, source: str | None = None) -> Embedder:
    """Return the embedder of ``source``: a folder or `INSTALLED`; None means the configured one.

    Weights are loaded at the first text.
    """
    return LocalEmbedder(source or settings.embedder, threads=settings.threads)


def make_reranker(settings: Settings) -> Reranker | None:
    """Return the configured cross-encoder, None without one; it is loaded at the first question."""
    return LocalReranker(settings.reranker, threads=settings.threads) if settings.reranker else None


def make_injection_detector(settings: Settings, embedder: Embedder) -> InjectionDetector:
    """Return the detector of prompt injections; it was trained on the installed model's vectors."""
    own = settings.embedder == INSTALLED
    return InjectionDetector((embedder if own else make_embedder(settings, INSTALLED)).embed)


def make_engine(settings: Settings) -> Engine:
    """Load the model file that the settings name, and return its engine."""
    from assistant.chat_models import (
        make_engine,
    )  # here: importing its HTTP client takes a tenth of a second

    return make_engine(settings)


def make_suspects(embedder: Embedder) -> FindSuspects:
    """Return a function that finds prompt injections; ``embedder`` is the installed model."""
    return InjectionDetector(embedder.embed).find_many


@dataclass(frozen=True, slots=True)
class Parts:
    """The factories of a home's parts.

    ``detector`` is used for redaction, ``rules`` to scan requests that leave; ``embedder`` is
    called once for each source of weights; ``suspects`` gets the installed embedder, and is called
    once for each tenant; ``ranker`` and ``extractive`` compare texts with the configured embedder.
    """

    detector: Callable[[Settings], Detector] = make_detector
    rules: Callable[[], Detector] = build_rule_detector
    embedder: Callable[[Settings, str], Embedder] = make_embedder
    reranker: Callable[[Settings], Reranker | None] = make_reranker
    suspects: Callable[[Embedder], FindSuspects] = make_suspects
    ranker: Callable[[Embedder], SectionRanker] = TrainedRanker
    engine: Callable[[Settings], Engine] = make_engine
    extractive: Callable[[FrameBook, Nearness], Writer] = ExtractiveWriter
    hasher: PasswordHasher = HASHER


class LazyDetector:
    """A detector that is built at the first text; all tenants share it."""

    def __init__(self, build: Callable[[], Detector]) -> None:
        self._made = Once(build)

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return, for each text in order, its spans."""
        return self._made().detect(texts)


class Once(Generic[_Made]):
    """Builds an object at the first call, from any thread, and returns the same one afterwards."""

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
    """The embedders of a home: one for each source of weights, shared by all callers."""

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
