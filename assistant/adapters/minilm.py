"""The installed embedding model, a BERT with mean pooling, run with torch alone.

Importing transformers and sentence-transformers takes twice as long as importing torch, and longer
than the answer to a question: they import scikit-learn, SciPy, torch's compiler and its distributed
tensors. The layers here are those of ``BertModel`` in inference; a test compares the vectors with
sentence-transformers'. Importing this module loads no torch.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
from tokenizers import Tokenizer

from assistant.ports import Vectors

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the configuration says of the layers."""

    layers: int
    heads: int
    epsilon: float
    dimension: int

    @classmethod
    def read(cls, folder: Path) -> _Shape:
        """Read the configuration. `ValueError` for another kind of model."""
        config = cast("dict[str, Any]", json.loads((folder / "config.json").read_text("utf-8")))
        kind = (config["model_type"], config["hidden_act"], config["position_embedding_type"])
        if kind != ("bert", "gelu", "absolute"):
            raise ValueError("not a BERT of the installed model's kind")
        return cls(
            config["num_hidden_layers"],
            config["num_attention_heads"],
            config["layer_norm_eps"],
            config["hidden_size"],
        )


class _Files(Protocol):
    """The part of ``safetensors.torch`` that is used; the file is mapped, not read."""

    def load_file(self, filename: str) -> dict[str, torch.Tensor]: ...


class _Truncating(Protocol):
    """The part of ``Tokenizer`` whose types are unknown."""

    def enable_truncation(self, max_length: int) -> None: ...


class MiniLM:
    """Turns texts into vectors; ``dtype`` is that of weights and layers."""

    def __init__(self, folder: Path, dtype: torch.dtype) -> None:
        from safetensors import torch as files

        self._shape = _Shape.read(folder)
        said = json.loads((folder / "sentence_bert_config.json").read_text("utf-8"))
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        cast("_Truncating", self._tokenizer).enable_truncation(said["max_seq_length"])
        loaded = cast("_Files", files).load_file(str(folder / "model.safetensors"))
        self._weights = {
            name: weight.to(dtype) for name, weight in loaded.items() if weight.is_floating_point()
        }

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return self._shape.dimension

    def embed(self, texts: Sequence[str], batch: int) -> Vectors:
        """Return the mean of each text's word pieces' vectors, not of length 1."""
        found = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for places, states, mask in self._passes(texts, batch):
            weight = mask[:, :, None].to(states.dtype)
            mean = (states * weight).sum(1) / weight.sum(1)
            found[places] = mean.float().numpy()
        return found

    def pieces(self, texts: Sequence[str], batch: int) -> list[Vectors]:
        """Return the vectors of each text's word pieces, without the marks at both ends."""
        found: dict[int, Vectors] = {}
        for places, states, mask in self._passes(texts, batch):
            vectors = states.float().numpy()
            lengths = cast("list[int]", mask.sum(1).numpy().tolist())
            for at, vector, length in zip(places, vectors, lengths, strict=True):
                found[at] = vector[1 : length - 1]
        return [found[at] for at in range(len(texts))]

    def _passes(
        self, texts: Sequence[str], batch: int
    ) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor]]:
        """Yield for texts of like length their places, last hidden states, and attention mask."""
        import torch

        encoded = [each.ids for each in self._tokenizer.encode_batch(list(texts))]
        ranked = sorted(range(len(encoded)), key=lambda at: -len(encoded[at]))
        for start in range(0, len(ranked), batch):
            places = ranked[start : start + batch]
            longest = max(len(encoded[at]) for at in places)
            rows = [encoded[at] + [0] * (longest - len(encoded[at])) for at in places]
            masks = [[1] * len(encoded[at]) + [0] * (longest - len(encoded[at])) for at in places]
            with torch.inference_mode():
                mask = torch.tensor(masks)
                yield places, self._forward(torch.tensor(rows), mask), mask

    def _forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        from torch.nn.functional import embedding

        words = embedding(ids, self._weights["embeddings.word_embeddings.weight"])
        kinds = self._weights["embeddings.token_type_embeddings.weight"][0]
        places = self._weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        states = self._norm(words + kinds + places, "embeddings.LayerNorm")
        whole = bool(mask.all())
        read = None if whole else mask[:, None, None, :].bool()
        for layer in range(self._shape.layers):
            states = self._layer(states, read, f"encoder.layer.{layer}")
        return states

    def _layer(self, states: torch.Tensor, read: torch.Tensor | None, name: str) -> torch.Tensor:
        from torch.nn.functional import gelu, scaled_dot_product_attention

        def heads(part: str) -> torch.Tensor:
            found = self._linear(states, f"{name}.attention.self.{part}")
            return found.reshape(*found.shape[:2], self._shape.heads, -1).transpose(1, 2)

        seen = scaled_dot_product_attention(
            heads("query"), heads("key"), heads("value"), attn_mask=read
        )
        joined = self._linear(seen.transpose(1, 2).flatten(2), f"{name}.attention.output.dense")
        states = self._norm(joined + states, f"{name}.attention.output.LayerNorm")
        wide = gelu(self._linear(states, f"{name}.intermediate.dense"))
        return self._norm(
            self._linear(wide, f"{name}.output.dense") + states, f"{name}.output.LayerNorm"
        )

    def _linear(self, states: torch.Tensor, name: str) -> torch.Tensor:
        from torch.nn.functional import linear

        return linear(states, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, states: torch.Tensor, name: str) -> torch.Tensor:
        from torch.nn.functional import layer_norm

        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return layer_norm(states, (self.dimension,), weight, bias, self._shape.epsilon)
