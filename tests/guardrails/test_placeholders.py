"""One syntax of placeholders: what Quietdesk writes, what looks like it, what is never cut."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.adapters.bm25 import tokenize
from assistant.adapters.sentence_transformers import speak
from assistant.writers.passages import words
from guardrails.answers.placeholder_repair import repair
from guardrails.placeholders import ANY, PATTERN, SHAPE, Placeholder, around, find
from guardrails.spans import EntityType
from guardrails.text import mint
from ingestion.blocks import blocks

PLACEHOLDERS = st.builds(
    Placeholder, st.sampled_from(EntityType), st.none() | st.integers(1, 999_999_999)
)
LOOKALIKES = [
    "<person_1>",
    "<PERSON_0>",
    "<PERSON_1",
    "<PERSON_1_>",
    "<CLIENT_1>",
    "PERSON_1",
    "<>",
]


@given(PLACEHOLDERS)
def test_every_placeholder_is_one_for_each_pattern(placeholder: Placeholder) -> None:
    text = str(placeholder)
    assert [each.placeholder for each in find(text)] == [placeholder]
    assert re.fullmatch(ANY, text)
    assert SHAPE.fullmatch(text)


@pytest.mark.parametrize("text", LOOKALIKES)
def test_what_only_looks_like_a_placeholder_is_none(text: str) -> None:
    assert not PATTERN.fullmatch(text)
    assert not re.fullmatch(ANY, text)
    assert list(find(text)) == []


@given(st.text(), PLACEHOLDERS, st.text())
def test_a_cut_inside_a_placeholder_is_told_from_one_beside_it(
    before: str, placeholder: Placeholder, after: str
) -> None:
    name = str(placeholder)
    text = before + name + after
    place = (len(before), len(before) + len(name))
    assert {around(text, at) for at in range(place[0] + 1, place[1])} == {place}
    assert around(text, place[0]) != place
    assert around(text, place[1]) is None or around(text, place[1]) != place


@given(PLACEHOLDERS, st.data())
def test_no_cut_and_no_block_parts_a_placeholder(
    placeholder: Placeholder, data: st.DataObject
) -> None:
    name = str(placeholder)
    text = mint(f"ask {name} now")
    start = data.draw(st.integers(0, len(text)))
    piece = text.cut(start, data.draw(st.integers(start, len(text)))).reveal()
    assert not {"<", ">"} & set(piece.replace(name, ""))
    long = f"{'x' * data.draw(st.integers(30, 60))}{name}{'y' * 50}"
    pieces = [long[left:right] for left, right in blocks(long, 60)]
    assert not {"<", ">"} & set("".join(pieces).replace(name, ""))
    assert any(name in each for each in pieces)


def test_who_reads_words_takes_whatever_has_the_shape_as_one() -> None:
    assert "<NAMESPACE>" in [each.upper() for each in tokenize("oc get <NAMESPACE>")]
    assert speak("oc get <POD_NAME> of <PERSON_3>") == "oc get pod name of person"
    assert words("delete <POD_NAME> <PERSON_3>")[1:] == ["<pod_name>", "<person_3>"]


def test_a_numbered_word_of_that_shape_in_an_answer_is_doubted() -> None:
    (doubt,) = repair("Call <CLIENT_3> in <NAMESPACE>.", ()).doubts
    assert (doubt.start, doubt.end) == (5, 15)


def test_no_other_module_spells_the_syntax() -> None:
    root = Path(__file__).parents[2]
    spelt = re.compile(r"<\(?(?:\?:)?\[A-Z(?:_0-9|_)?\]")
    rooms = ("assistant", "eval", "guardrails", "ingestion", "ui")
    found = [
        path.relative_to(root).as_posix()
        for room in rooms
        for path in sorted((root / room).rglob("*.py"))
        if spelt.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["guardrails/placeholders.py"]
