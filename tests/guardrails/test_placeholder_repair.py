"""A placeholder that a model changed is repaired to the same person, never to another one."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails import RawText
from guardrails.answers.placeholder_repair import repair
from guardrails.placeholders import Placeholder, find
from guardrails.spans import EntityType
from guardrails.text import unwrap
from tests.fakes.plain import redacted
from tests.guardrails.bench import Bench

PERSON, MAIL = EntityType.PERSON, EntityType.EMAIL_ADDRESS
SHOWN = frozenset(Placeholder(kind, number) for kind in EntityType for number in (1, 3, 12, 40))
NAMES = ["Priya", "PRIYA", "Max Max", "<PERSON_1", "1>", "Ælf\u0301", "a", "👩‍🔧"]

MANGLED = {
    "lower case": "<{lower}_{number}>",
    "title case": "<{title}_{number}>",
    "bold around": "**<{name}_{number}>**",
    "bold inside": "<**{name}_{number}**>",
    "code inside": "<`{name}_{number}`>",
    "without brackets": "{name}_{number}",
    "without brackets, lower case": "{lower}_{number}",
    "one bracket": "<{name}_{number} ",
    "entities": "&lt;{name}_{number}&gt;",
    "possessive": "<{name}_{number}>'s",
    "possessive inside": "<{name}_{number}'s>",
    "plural": "<{name}_{number}s>",
    "plural of the type": "<{name}S_{number}>",
    "backslashes": "\\<{escaped}\\_{number}\\>",
    "spaces": "<{spaced} {number}>",
    "spaces around": "< {name} _ {number} >",
    "hyphens": "<{hyphened}-{number}>",
    "square brackets": "[{name}_{number}]",
    "curly brackets": "{{{name}_{number}}}",
    "number sign": "<{name} #{number}>",
    "capitals and a space": "{spaced} {number}",
}
AROUND = ["Ask {} about it.", "({}) said so", "{}, please", "- {}: done", "“{}”", "to {}!\nThen"]


def test_mangled_placeholders_are_repaired_and_no_other_is_ever_put_in_their_place() -> None:
    rng = random.Random(4)
    meant = sorted(SHOWN, key=str)
    tried = repaired = 0
    for name, how in MANGLED.items():
        for placeholder in meant:
            assert placeholder.number is not None
            frame = rng.choice(AROUND)
            said = frame.format(_mangled(how, placeholder))
            found = [each.placeholder for each in find(repair(said, SHOWN).text)]
            assert set(found) <= {placeholder}, (name, said)
            tried += 1
            repaired += found == [placeholder]
    assert tried > 1000
    assert repaired / tried >= 0.99


def _mangled(how: str, placeholder: Placeholder) -> str:
    name = placeholder.type.value
    return how.format(
        name=name,
        number=placeholder.number,
        lower=name.lower(),
        title=name.title(),
        escaped=name.replace("_", "\\_"),
        spaced=name.replace("_", " "),
        hyphened=name.replace("_", "-"),
    )


@pytest.mark.parametrize(
    ("said", "doubted"),
    [
        ("<PERSON_2> said", ""),
        ("<person_2> said", "<person_2>"),
        ("person_2 said", "person_2"),
        ("ask <PERSON_1", "<PERSON_1"),
        ("<CUSTOMER_3> said", "<CUSTOMER_3>"),
        ("the first person 1 of 3", "person 1"),
    ],
)
def test_an_unknown_or_doubtful_one_stays_as_it_is_and_is_told(said: str, doubted: str) -> None:
    repaired = repair(said, SHOWN)
    assert repaired.text == said
    assert [said[each.start : each.end] for each in repaired.doubts] == [doubted] * bool(doubted)


@pytest.mark.parametrize(
    "said",
    ["In person. 3 people", "URL 2 of 9", "location: 5", "secret12", "persona_1", "1_person"],
)
def test_prose_is_left_alone(said: str) -> None:
    assert repair(said, SHOWN - {Placeholder(EntityType.URL, 2)}).text == said


@given(st.text(alphabet="<>PERSONperson_ 13&lt;gt*`\\-'s[]()#", max_size=60))
def test_whatever_is_said_only_numbers_that_stand_there_are_put_back(said: str) -> None:
    before = {int(found.placeholder.number or 0) for found in find(said)}
    for found in find(repair(said, SHOWN).text):
        number = found.placeholder.number
        assert number in before or str(number) in said


@given(st.lists(st.sampled_from([*NAMES, " ", "", "<", ">", "_", "text "]), max_size=12))
def test_what_was_redacted_comes_back_to_the_very_characters(parts: list[str]) -> None:
    bench = Bench({"Priya": PERSON, "PRIYA": PERSON, "Max": PERSON, "a": MAIL})
    text = "".join(parts)
    redaction = bench.redactor.redact(RawText(text))
    assert unwrap(bench.restorer.restore(redaction.text).text) == text


def test_placeholders_that_touch_are_restored_each_by_itself() -> None:
    bench = Bench({"Priya": PERSON, "Max": PERSON})
    bench.redactor.redact(RawText("Priya Max"))
    back = bench.restorer.restore(redacted("<PERSON_1><PERSON_2><PERSON_1>1>"))
    assert unwrap(back.text) == "PriyaMaxPriya1>"
