"""What stands first of a long section: whole items, from the first step, never half a list."""

from __future__ import annotations

from assistant.model import Passage, Section
from assistant.search.further import SHOWN, further
from assistant.search.lines import sentences_of, units, window
from assistant.writers.quoting import quoted
from tests.fakes.plain import redacted

STEPS = "\n".join(
    f"{at}. Open valve {at} and wait until the light is green." for at in range(1, 30)
)
TABLE = "| Code | Cause |\n|---|---|\n" + "\n".join(f"| E{at} | part {at} |" for at in range(90))
LONG = f"The plant has many valves.\n\nTo flood it:\n\n{STEPS}\n\nCall the foreman when it leaks."


def _shown(text: str, at: str, room: int = 60) -> str:
    found = units(text)
    worth = [float(at in text[each.start : each.end]) for each in found]
    first, last = window(found, worth, room)
    return text[found[first].start : found[last - 1].end]


def _section(text: str, *, ordinal: int = 0, score: float = 1.0) -> Passage:
    heading = redacted(f"Section {ordinal}")
    made = Section(
        "d", redacted("kb/a.md"), redacted("Plant"), heading, redacted(text), 1, 9, ("c",), ordinal
    )
    return made.passage(score)


def test_a_short_section_is_shown_whole() -> None:
    assert _shown("One line.\n\n- An item\n- Another", "Another") == (
        "One line.\n\n- An item\n- Another"
    )


def test_steps_are_shown_from_the_first_with_the_line_that_leads_to_them() -> None:
    shown = _shown(LONG, "valve 3 ")
    assert "To flood it:\n\n1. Open valve 1 " in shown
    assert "3. Open valve 3 " in shown
    assert shown.endswith("is green.")


def test_a_table_keeps_its_heading() -> None:
    assert _shown(TABLE, "part 2 ").startswith("| Code | Cause |\n|---|---|\n| E0")


def test_code_is_never_cut_even_when_it_is_long() -> None:
    code = "```sh\n" + "run one two three\n" * 40 + "```"
    assert _shown(f"First this:\n\n{code}\n\nThen rest.", "run") == f"First this:\n\n{code}"


def test_a_sentence_that_is_wrapped_is_whole() -> None:
    text = "Wait until the light\nis green again. Then go on."
    places = sentences_of(text, units(text))
    assert [text[slice(*place)] for place in places] == [
        "Wait until the light\nis green again.",
        "Then go on.",
    ]


def test_a_sentence_that_would_come_late_is_quoted_first_and_marked() -> None:
    text = "\n\n".join([*(f"The hall has door {at} and a lamp." for at in range(12))])
    late = f"{text}\n\nThe foreman decides who may flood the plant."
    found = quoted(redacted("who decides about the flood of the plant?"), [_section(late)])
    assert found.first
    assert found.sentence.reveal() == "The foreman decides who may flood the plant."


def test_a_further_section_is_quoted_while_there_is_room_and_it_is_nearly_as_good() -> None:
    near, far = _section("The foreman decides.", ordinal=1, score=0.9), 0.2
    asked = redacted("who decides?")
    assert len(quoted(asked, [_section("The plant is large."), near]).quotes) == 2
    poor = _section("The foreman decides.", ordinal=1, score=far)
    assert len(quoted(asked, [_section("The plant is large."), poor]).quotes) == 1


def test_what_the_answer_does_not_show_is_one_click_below() -> None:
    body = redacted("To flood it:\n\n1. Open valve 1 and wait until the light is green. [1]")
    below = further(body, [_section(LONG), _section("The foreman decides.", ordinal=1)])
    texts = [each.chunk.text.reveal() for each in below]
    assert "2. Open valve 2" in texts[0]
    assert "Open valve 1 " not in texts[0]
    assert texts[1] == "The foreman decides."


def test_what_is_shown_below_is_limited_and_never_half_an_item() -> None:
    sections = [_section(STEPS, ordinal=at) for at in range(4)]
    below = further(redacted("Nothing."), sections)
    assert sum(len(each.chunk.text.reveal().split()) for each in below) <= SHOWN
    assert all(each.chunk.text.reveal().endswith("green.") for each in below)


def test_an_indented_block_is_code_and_an_indented_line_goes_on_with_its_paragraph() -> None:
    text = "Run this:\n\n    sudo reboot\n    sync\n\nIt takes a while and\n    then it is done."
    assert [each.kind for each in units(text)] == ["prose", "code", "prose"]
