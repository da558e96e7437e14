"""The judge of grounding: near in meaning, the same in numbers, only what is cited."""

from __future__ import annotations

from eval.grounding import Sentence, judge
from tests.fakes.indexes import HashingEmbedder
from tests.fakes.plain import redacted

SOURCES = {
    1: redacted("Turn the key to the left. Wait 40 seconds for the lamp. Then open bay_3."),
    2: redacted("Glazes are ordered on Tuesdays."),
}


def judged(body: str) -> list[Sentence]:
    return judge(redacted(body), SOURCES, HashingEmbedder().embed)


def test_a_sentence_is_grounded_in_the_source_that_it_cites_and_in_no_other() -> None:
    right, wrong = judged("Turn the key to the left. [1] Turn the key to the left. [2]")
    assert (right.grounded, right.cites) == (True, (1,))
    assert (wrong.grounded, wrong.cites) == (False, (2,))


def test_a_number_or_a_name_in_code_that_no_cited_source_holds_is_not_grounded() -> None:
    for text, strange in (
        ("Wait 50 seconds for the lamp. [1]", "50"),
        ("Then open bay_4. [1]", "bay_4"),
    ):
        (found,) = judged(text)
        assert found.strange == (strange,)
        assert not found.grounded


def test_only_cited_sentences_count_where_any_is_cited() -> None:
    assert [each.text for each in judged("Hello. Turn the key to the left. [1] Regards")] == [
        "Turn the key to the left."
    ]
    assert (
        len(judge(redacted("Turn the key. It is left."), {1: SOURCES[1]}, HashingEmbedder().embed))
        == 2
    )
