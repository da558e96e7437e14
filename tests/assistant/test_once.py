"""A question is embedded once, though several steps of a search ask for its vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.ports import Vectors
from assistant.search.nearness import Nearness
from assistant.search.once import QuestionsOnce, once
from guardrails import RedactedText
from tests.fakes.indexes import HashingEmbedder
from tests.fakes.plain import redacted

ASKED = redacted("How do I open the valve?")
SAID = [redacted("Turn it to the left."), redacted("Wait for an hour.")]


class CountingPasses:
    """A `TokenEmbedder` that writes down what each pass reads."""

    name = "counting"

    def __init__(self) -> None:
        self.read: list[list[RedactedText]] = []

    def embed(self, texts: Sequence[RedactedText]) -> Vectors:
        self.read.append(list(texts))
        return HashingEmbedder().embed(texts)

    def embed_tokens(self, texts: Sequence[RedactedText]) -> list[Vectors]:
        self.read.append(list(texts))
        return [self._tokens(each) for each in texts]

    def embed_whole(self, text: RedactedText) -> tuple[Vectors, Vectors]:
        self.read.append([text])
        return HashingEmbedder().embed([text]), self._tokens(text)

    @staticmethod
    def _tokens(text: RedactedText) -> Vectors:
        return HashingEmbedder().embed([redacted(word) for word in text.reveal().split()])


def test_one_pass_serves_all_who_ask_for_the_vectors_of_a_question() -> None:
    passes = CountingPasses()
    embedder = QuestionsOnce(passes)
    vector = embedder.embed([ASKED])
    (tokens,) = embedder.embed_tokens([ASKED])
    assert Nearness(embedder).of(ASKED, SAID) == [
        float(each @ vector[0]) for each in HashingEmbedder().embed(SAID)
    ]
    assert passes.read == [[ASKED], SAID]
    assert np.array_equal(vector, HashingEmbedder().embed([ASKED]))
    assert np.array_equal(tokens, CountingPasses._tokens(ASKED))
    assert np.array_equal(embedder.embed_whole(ASKED)[1], tokens)


def test_a_forgotten_question_is_read_again_and_old_ones_make_room() -> None:
    passes = CountingPasses()
    embedder = QuestionsOnce(passes)
    embedder.embed([ASKED])
    embedder.forget()
    embedder.embed([ASKED])
    for at in range(64):
        embedder.embed([redacted(f"question {at}")])
    embedder.embed([ASKED])
    assert passes.read.count([ASKED]) == 3


def test_several_texts_at_once_are_not_remembered() -> None:
    passes = CountingPasses()
    embedder = QuestionsOnce(passes)
    embedder.embed(SAID)
    embedder.embed(SAID)
    embedder.embed_tokens(SAID)
    assert passes.read == [SAID] * 3


def test_an_embedder_without_word_pieces_is_used_as_it_is() -> None:
    plain = HashingEmbedder()
    assert once(plain) is plain
