"""Export from torch to ``guardrails/detect/weights``: ONNX, int8 weights, hashes, thresholds."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import BertForTokenClassification

from scripts.detector.model import LABELS, base

WEIGHTS = Path(__file__).resolve().parents[2] / "guardrails" / "detect" / "weights"


def export(model: BertForTokenClassification, folder: Path = WEIGHTS) -> None:
    """Write ``tagger.onnx`` and ``tokenizer.json`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    model.eval().float()
    model.set_attn_implementation("eager")
    shape = torch.ones(2, 16, dtype=torch.long)
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "batch", 1: "tokens"} for name in [*names, "logits"]}
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain.onnx"
        torch.onnx.export(
            model, (shape, shape, shape), str(plain), input_names=names, output_names=["logits"],
            dynamic_axes=axes, opset_version=17, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(
            plain, folder / "tagger.onnx", weight_type=QuantType.QInt8, per_channel=True
        )
    _tokenizer(folder)


def _tokenizer(folder: Path) -> None:
    raw = json.loads((base() / "tokenizer.json").read_text("utf-8"))
    raw["truncation"] = raw["padding"] = None
    (folder / "tokenizer.json").write_text(
        json.dumps(raw, ensure_ascii=False, separators=(",", ":")), "utf-8"
    )


def write_labels(thresholds: dict[str, float], folder: Path = WEIGHTS) -> None:
    """Write ``labels.json``: labels, thresholds and the hashes of the other files."""
    hashes = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("tagger.onnx", "tokenizer.json")
    }
    body = {"labels": LABELS, "thresholds": thresholds, "sha256": hashes}
    (folder / "labels.json").write_text(json.dumps(body, indent=2) + "\n", "utf-8")
