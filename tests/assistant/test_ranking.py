"""The section that fits what is asked comes first; a question of two parts gets two sections."""

from __future__ import annotations

from assistant.model import Section
from assistant.search.learned.ranker import TrainedRanker
from assistant.search.nearness import Nearness
from assistant.search.reading import parts_of
from tests.fakes.indexes import HashingEmbedder
from tests.fakes.plain import redacted

SECTIONS = {
    "Meaning": "The alert says that the pump is cold. It happens when the heater has no power.",
    "Impact": "A cold pump does not stop the plant, and nothing is lost.",
    "What to do first": "1. Switch the heater of the pump on.\n2. Wait.",
    "Contact": "Ask the heating team, or ring Adam when it is dark.",
    "Retention": "The log of the pump is kept for 30 days.",
    "Codes": "PX-118 is a cold pump, PX-119 a wet one.",
}


def _best(asked: str) -> str:
    sections = [
        Section(
            "d",
            redacted("a.md"),
            redacted("Pump"),
            redacted(head),
            redacted(text),
            1,
            2,
            ("c",),
            at,
        )
        for at, (head, text) in enumerate(SECTIONS.items())
    ]
    scores = TrainedRanker(HashingEmbedder()).scores(redacted(asked), sections)
    return list(SECTIONS)[max(range(len(scores)), key=scores.__getitem__)]


def test_each_kind_of_question_finds_the_section_of_its_form() -> None:
    assert _best("pump cold, who do i ask about the heating?") == "Contact"
    assert _best("how long is the log of the pump kept") == "Retention"
    assert _best("cold pump, what do i do first") == "What to do first"
    assert _best("PX-119 on the pump") == "Codes"


def test_no_sections_have_no_scores() -> None:
    assert TrainedRanker(HashingEmbedder()).scores(redacted("?"), []) == []


def test_a_text_is_embedded_once() -> None:
    embedder = HashingEmbedder()
    nearness = Nearness(embedder)
    first = nearness.of(redacted("pump"), [redacted("a cold pump"), redacted("a lamp")])
    assert nearness.of(redacted("pump"), [redacted("a cold pump"), redacted("a lamp")]) == first
    assert (embedder.seen.count("a cold pump"), embedder.seen.count("a lamp")) == (1, 1)
    assert first[0] > first[1]


def test_a_question_of_two_parts_is_asked_in_parts() -> None:
    def parts(asked: str) -> list[str]:
        return [each.reveal().strip() for each in parts_of(redacted(asked))]

    assert parts("how long is the log kept, and who may delete it?") == [
        "how long is the log kept, and",
        "who may delete it?",
    ]
    assert parts("max size of a file? and how many days until it is gone") == [
        "max size of a file? and",
        "how many days until it is gone",
    ]
    assert parts("salt and pepper are gone") == ["salt and pepper are gone"]
