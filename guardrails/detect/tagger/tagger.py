"""The tagger: a small neural model of our own that finds names and other entities by context.

Three layers of all-MiniLM-L6-v2, fine-tuned to label tokens (`scripts/detector` trains them,
``weights/model_card.md`` says on what), as int8 under onnxruntime. Text is read in pieces. A reply
that quotes earlier messages repeats their pieces, and the results of repeated pieces are cached.

A token is masked when the sum of all labels but ``O`` exceeds the threshold of the likeliest label.
Spans then grow to whole words, because half a masked name leaks the name.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from threading import Lock
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from guardrails.detect.kinds import KINDS
from guardrails.detect.resolve import merge
from guardrails.detect.tagger.plausible import plausible
from guardrails.detect.tagger.segments import Segment, segments
from guardrails.detect.tagger.shapes import shapes
from guardrails.errors import Refused
from guardrails.spans import EntityType, Span
from guardrails.vendors import silence_vendors

Found = tuple[tuple[int, int, EntityType, float], ...]
"""An entity in a piece: start, end, type and score."""

_WEIGHTS = files("guardrails.detect").joinpath("weights")
_BATCH_TOKENS = 2048
_KEPT = 8192
_LEAST, _MOST = 0.5, 0.69
"""Scores of spans, low enough that rules which know a format decide on the type."""
_JOIN = re.compile(r"[ \t]|[-.'’_@/\\:]|[.,] ?")
"""What may be between two words of one span although the model did not label it."""


_RUN = re.compile(r"[A-Za-z0-9+=_-]{48,}")
_HEAD = 24


def _head(run: re.Match[str]) -> str:
    """Return the beginning of a key or a digest, and blanks: the rest would be very many tokens."""
    return run[0][:_HEAD].ljust(len(run[0]))


class TaggerNames:
    """Finds names by the model in ``weights``; loaded at the first use, safe between threads."""

    def __init__(self, threads: int = 1, kept: int = _KEPT) -> None:
        """Use ``threads`` cores; cache the results of the last ``kept`` pieces."""
        self._threads = threads
        self._model: Model | None = None
        self._lock = Lock()
        self._cache = _Cache(kept)

    def find(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return, for each of ``texts`` in order, the spans that the model finds."""
        pieces = [list(segments(text)) for text in texts]
        found = self._read({piece.text for group in pieces for piece in group})
        return [
            merge([span for piece in group for span in _spans(piece, found[piece.text])])
            for group in pieces
        ]

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return the same as `find`, so that the tagger alone is a `guardrails.spans.Detector`."""
        return self.find(texts)

    def _read(self, wanted: set[str]) -> dict[str, Found]:
        found = {text: known for text in wanted if (known := self._cache.get(text)) is not None}
        new = sorted((text for text in wanted if text not in found), key=lambda t: (len(t), t))
        if new:
            for text, spans in self._loaded().read(new):
                found[text] = spans
                self._cache.put(text, spans)
        return found

    def _loaded(self) -> Model:
        with self._lock:
            if self._model is None:
                self._model = Model(self._threads)
            return self._model


@dataclass(frozen=True, slots=True)
class Settings:
    """``labels.json``: the labels of the numbers, and the expected hashes of the files."""

    labels: tuple[EntityType | None, ...]
    thresholds: npt.NDArray[np.float32]
    sha256: dict[str, str]


def settings() -> Settings:
    """Return the contents of ``labels.json``."""
    raw = json.loads(_WEIGHTS.joinpath("labels.json").read_text("utf-8"))
    labels = tuple(None if name == "O" else EntityType(name) for name in raw["labels"])
    thresholds = np.array([raw["thresholds"].get(name, 2.0) for name in raw["labels"]], np.float32)
    return Settings(labels, thresholds, raw["sha256"])


class Model:
    """The session, the tokenizer and the thresholds; `scripts.detector.judge` uses it too."""

    def __init__(self, threads: int) -> None:
        silence_vendors()  # onnxruntime sends telemetry from its import on
        import onnxruntime
        from tokenizers import Tokenizer

        config = self._config = settings()
        runtime = cast("Any", onnxruntime)
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = runtime.InferenceSession(
            _checked("tagger.onnx", config), options, providers=["CPUExecutionProvider"]
        )
        read = cast("Any", Tokenizer)
        self._tokens = read.from_str(_checked("tokenizer.json", config).decode())

    def read(self, texts: Sequence[str]) -> Iterator[tuple[str, Found]]:
        """Yield each text, shortest first, with its entities."""
        for text, tokens in self.weigh(texts):
            yield text, decide(text, tokens, self._config)

    def weigh(self, texts: Sequence[str]) -> Iterator[tuple[str, Weighed]]:
        """Yield each text, shortest first, with the model's output for its tokens."""
        coded = self._tokens.encode_batch([_RUN.sub(_head, text) for text in texts])
        order = sorted(range(len(texts)), key=lambda i: len(coded[i].ids))
        for batch in _batches(order, [len(code.ids) for code in coded]):
            likely = self._run([coded[i] for i in batch], [texts[i] for i in batch])
            best = likely[:, :, 1:].argmax(-1) + 1
            for row, i in enumerate(batch):
                offsets = cast("list[tuple[int, int]]", coded[i].offsets)
                width = len(offsets)
                yield texts[i], Weighed(offsets, best[row, :width], 1.0 - likely[row, :width, 0])

    def _run(self, coded: Sequence[Any], texts: Sequence[str]) -> npt.NDArray[np.float32]:
        width = max(len(code.ids) for code in coded)
        ids, mask, kinds = (np.zeros((len(coded), width), np.int64) for _ in range(3))
        for row, (code, text) in enumerate(zip(coded, texts, strict=True)):
            length = len(code.ids)
            ids[row, :length] = code.ids
            mask[row, :length] = 1
            kinds[row, :length] = shapes(text, code.offsets)
        fed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds}
        logits = cast("npt.NDArray[np.float32]", self._session.run(None, fed)[0])
        spread = np.exp(logits - logits.max(-1, keepdims=True))
        return spread / spread.sum(-1, keepdims=True)


@dataclass(frozen=True, slots=True)
class Weighed:
    """For each token: place, likeliest label, and the probability that it is any identity."""

    offsets: Sequence[tuple[int, int]]
    best: npt.NDArray[np.int64]
    masked: npt.NDArray[np.float32]


def decide(text: str, tokens: Weighed, config: Settings) -> Found:
    """Return the spans of those tokens that exceed the threshold of their label."""
    hits: list[tuple[int, int, EntityType, float]] = []
    for i in np.flatnonzero(tokens.masked >= config.thresholds[tokens.best]).tolist():
        start, end = tokens.offsets[i]
        kind = config.labels[int(tokens.best[i])]
        if start < end and kind:
            hits.append((start, end, kind, float(tokens.masked[i])))
    return tuple(_grown(text, hits))


def _grown(
    text: str, tokens: Sequence[tuple[int, int, EntityType, float]]
) -> list[tuple[int, int, EntityType, float]]:
    """Join masked tokens of one type, to whole words."""
    spans: list[tuple[int, int, EntityType, float]] = []
    for first, last, kind, score in tokens:
        start, end = _word(text, first, last)
        if spans and _joins(text, spans[-1], start, kind):
            old = spans[-1]
            winner = max(old, (start, end, kind, score), key=lambda span: span[3])
            spans[-1] = (old[0], max(end, old[1]), winner[2], winner[3])
        else:
            spans.append((start, end, kind, score))
    return [span for span in spans if plausible(span[2], text, span[0], span[1])]


def _joins(
    text: str, before: tuple[int, int, EntityType, float], start: int, kind: EntityType
) -> bool:
    if start < before[1]:
        return True
    between = text[before[1] : start]
    same = kind is before[2]
    if KINDS[kind].unbroken and any(map(str.isspace, between)):
        return False
    if not between or not between.strip():
        return same if between.count("\n") == 0 else same and KINDS[kind].lines
    return (
        same
        and _JOIN.fullmatch(between) is not None
        and (not KINDS[kind].listed or "," not in between)
    )


def _word(text: str, start: int, end: int) -> tuple[int, int]:
    """Return ``start`` and ``end`` moved outwards to the ends of their words."""
    if text[start].isalnum():
        while start and text[start - 1].isalnum():
            start -= 1
    if text[end - 1].isalnum():
        while end < len(text) and text[end].isalnum():
            end += 1
    return start, end


def _spans(piece: Segment, found: Found) -> Iterator[Span]:
    for start, end, kind, likely in found:
        score = _LEAST + (_MOST - _LEAST) * likely
        yield Span(piece.back(start), piece.back(end - 1) + 1, kind, score, "tagger")


def _batches(order: Sequence[int], lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield numbers of pieces in ``order``, with at most a batch's tokens together."""
    batch: list[int] = []
    for i in order:
        if batch and (len(batch) + 1) * lengths[i] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def _checked(name: str, config: Settings) -> bytes:
    """Return the bytes of a file in ``weights``, after checking their hash."""
    content = _WEIGHTS.joinpath(name).read_bytes()
    if hashlib.sha256(content).hexdigest() != config.sha256.get(name):
        raise Refused(
            f"weights/{name} is not the file that labels.json names.",
            todo="Install Quietdesk again, or rebuild the weights with `make train-detector`.",
        )
    return content


class _Cache:
    """A cache of what was found in pieces; it keeps their keyed hashes, never their text."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._secret = secrets.token_bytes(16)
        self._found: OrderedDict[bytes, Found] = OrderedDict()
        self._lock = Lock()

    def get(self, text: str) -> Found | None:
        """Return the entities of ``text``, or None if it is not cached."""
        key = self._key(text)
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
            return found

    def put(self, text: str, found: Found) -> None:
        """Store ``found``, and drop the entry that was used least recently."""
        with self._lock:
            self._found[self._key(text)] = found
            while len(self._found) > self._size:
                self._found.popitem(last=False)

    def _key(self, text: str) -> bytes:
        """Return a hash under a key of this process, which alone reveals nothing about ``text``."""
        raw = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(raw, digest_size=16, key=self._secret).digest()
