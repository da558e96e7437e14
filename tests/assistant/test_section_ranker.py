"""The trained ranker puts the section that answers first, and reads each section once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files

import pytest

from assistant.adapters.sentence_transformers import LocalEmbedder
from assistant.model import Section
from assistant.ports import Vectors
from assistant.search.learned import features
from assistant.search.learned.ranker import TrainedRanker, weights
from guardrails import RedactedText
from tests.fakes.indexes import HashingEmbedder
from tests.fakes.plain import redacted

KILN = {
    "": "Notes of the pottery about the big kiln, for everybody who fires it.",
    "Meaning": "E-17 on the display means that the door switch is open. E-21 means that the fan "
    "is too slow; the kiln goes on firing, but unevenly.",
    "What it does to the ware": "Glazes run and crack. Nothing else in the room is at risk, so it "
    "can wait until the morning.",
    "Before you touch it": "The shelves stay hot for 14 hours after a firing. Do not open the door "
    "above 200 degrees.",
    "Stop a firing": "1. Press the red knob.\n2. Switch off the wall switch.\n3. Write the time "
    "into the log book beside the door.",
    "Whom to call": "Contact the workshop team at the front desk. At night escalate to the "
    "caretaker.",
    "Further reading": "See also [the manual](https://example.org/manual), [the old "
    "manual](https://example.org/old) and [the maker](https://example.org/maker).",
}


def _section(at: int, heading: str, text: str, title: str = "Kiln") -> Section:
    return Section(
        document_id=title,
        source=redacted(f"kb/{title}.md"),
        title=redacted(title),
        heading=redacted(heading),
        text=redacted(text),
        first_line=1,
        last_line=9,
        chunk_ids=(f"{title} {at}",),
        ordinal=at,
    )


SECTIONS = [_section(at, *each) for at, each in enumerate(KILN.items())]


class CountingEmbedder(LocalEmbedder):
    """The installed model, which counts the texts whose word pieces it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def embed_tokens(self, texts: Sequence[RedactedText]) -> list[Vectors]:
        self.asked += len(texts)
        return super().embed_tokens(texts)


@pytest.fixture(scope="module")
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


def _first(ranker: TrainedRanker, question: str, sections: Sequence[Section] = SECTIONS) -> str:
    scores = ranker.scores(redacted(question), sections)
    return sections[scores.index(max(scores))].heading.reveal()


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("kiln shows E-17, what does that mean", "Meaning"),
        ("how do i stop the firing right now", "Stop a firing"),
        ("how long are the shelves hot after a firing", "Before you touch it"),
        ("who do i ring about the kiln at night", "Whom to call"),
        ("is the glaze ruined or can it wait till tomorrow", "What it does to the ware"),
    ],
)
def test_the_section_that_answers_is_first(
    embedder: CountingEmbedder, question: str, heading: str
) -> None:
    assert _first(TrainedRanker(embedder), question) == heading


def test_a_better_document_counts_when_the_words_are_alike(embedder: CountingEmbedder) -> None:
    text = "1. Press the red knob.\n2. Switch off the wall switch."
    worse = _section(0, "Stop it", text, "Oven")
    better = replace(worse, evidence=0.9, standing=0.9)
    scores = TrainedRanker(embedder).scores(redacted("how do i stop it"), [worse, better])
    assert scores[1] > scores[0]


def test_another_embedding_model_ranks_by_words_alone() -> None:
    ranker = TrainedRanker(HashingEmbedder())
    assert _first(ranker, "how do i stop the firing right now") == "Stop a firing"


def test_a_section_is_embedded_once_until_it_is_forgotten(embedder: CountingEmbedder) -> None:
    ranker = TrainedRanker(embedder)
    ranker.scores(redacted("how long is it hot"), SECTIONS[:5])
    before = embedder.asked
    ranker.scores(redacted("how long is it hot"), SECTIONS[:5])
    assert embedder.asked == before + 1, "only the question"
    ranker.forget()
    ranker.scores(redacted("how long is it hot"), SECTIONS[:5])
    assert embedder.asked == before + 1 + 6, "the question and five sections"


def test_every_section_gets_a_score_and_none_gets_none(embedder: CountingEmbedder) -> None:
    ranker = TrainedRanker(embedder)
    many = [_section(at, f"Part {at}", f"Text number {at}.") for at in range(30)]
    assert len(ranker.scores(redacted("text number 7"), many)) == len(many)
    assert ranker.scores(redacted("anything"), []) == []


def test_sections_that_were_read_closely_come_before_the_rest(embedder: CountingEmbedder) -> None:
    others = [_section(at, f"Garden {at}", "Roses like the sun.", "Garden") for at in range(20)]
    scores = TrainedRanker(embedder).scores(
        redacted("how do i stop the firing"), [*others, *SECTIONS]
    )
    assert max(scores[:20]) < max(scores[20:])


def test_a_section_without_text_or_words_does_not_break_the_ranking(
    embedder: CountingEmbedder,
) -> None:
    scores = TrainedRanker(embedder).scores(
        redacted("???"), [_section(0, "", "…"), _section(1, "", "---")]
    )
    assert len(scores) == 2


def test_every_weight_is_of_a_feature_that_there_is() -> None:
    (row,) = features.features(
        redacted("why"), SECTIONS[:1], [features.read(each) for each in SECTIONS[:1]]
    )
    assert weights().by_words.keys() <= row.keys()
    assert weights().closely.keys() <= {*row.keys(), "late"}


def test_the_card_names_the_hash_of_the_weights() -> None:
    place = files("assistant.search.learned").joinpath("weights")
    card = place.joinpath("sections.md").read_text(encoding="utf-8")
    digest = hashlib.sha256(place.joinpath("sections.json").read_bytes()).hexdigest()
    assert re.findall(r"\b[0-9a-f]{64}\b", card) == [digest]
