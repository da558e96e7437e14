"""A directory of people is searched as one regular expression of all its forms would search it.

Unseen characters are left out here; `test_unseen.py` has their promise.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails import RawText
from guardrails.detect.directory import KnownPerson, KnownValue, KnownValues
from guardrails.detect.normal import normalise
from guardrails.spans import EntityType
from guardrails.text import unwrap
from tests.guardrails.bench import Bench

PERSON = EntityType.PERSON
PIECES = (
    "Zoë", "ZOË", "Zoe\u0308", "O'Brien", "o’brien", "Anne-Marie", "anne", "Marie", "J.", "j",
    "Smith", "SMITH", "smith's", "İnci", "inci", "ınci", "Kelvin", "\u212aelvin", "ſmith", "Will",
    "will", "Σίσυφος", "ΣΊΣΥΦΟΣ", "srv-01", "SRV_01", "+44 20", "+", "(", ")", ".", ",", "'", "-",
    "_", " ", "  ", "\n", "\t", "\r\n", "\u00a0", "😀",
    "1", "<PERSON_1>", "hi ", "regards,\n",
)  # fmt: skip
short = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)
texts = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def slowly(values: Sequence[KnownValue], text: str) -> list[tuple[int, int]]:
    """Return where ``values`` are: one alternative for each, the longest first."""
    found: list[tuple[int, int]] = []
    for exact in (False, True):
        forms = {" ".join(unwrap(one.value).split()) for one in values if one.exact is exact}
        longest_first = sorted((form for form in forms if len(form) > 1), key=len, reverse=True)
        pattern = "|".join(r"\s+".join(map(re.escape, form.split())) for form in longest_first)
        if pattern:
            flags = re.NOFLAG if exact else re.IGNORECASE
            found += (
                one.span() for one in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text, flags)
            )
    return sorted(found)


@given(st.data())
def test_it_finds_what_a_regular_expression_of_all_forms_finds(data: st.DataObject) -> None:
    forms = data.draw(st.lists(st.tuples(short, st.booleans()), max_size=6))
    own = [said for form, _ in forms for said in (form, form.upper(), " ".join(form.split()))]
    text = "".join(data.draw(st.lists(st.sampled_from([*PIECES, *own]), max_size=14)))
    values = [KnownValue(PERSON, RawText(form), exact) for form, exact in forms]
    found = {(one.start, one.end) for one in KnownValues.of(values).find(text)}
    wanted = set(slowly(values, text))
    assert wanted <= found
    seen = {normalise(form).text.casefold() for form, _ in forms}
    for start, end in found - wanted:
        more = normalise(text[start:end]).text.casefold()
        assert more.startswith("will") or more in seen


@given(short, texts, texts)
def test_it_finds_every_form_of_a_person_that_the_expression_finds(
    name: str, before: str, after: str
) -> None:
    person = KnownPerson(name=RawText(name), email=RawText("zoe@acme.example"))
    text = f"{before} {name} {after} zoe@acme.example"
    found = {(one.start, one.end) for one in KnownValues.of_people([person]).find(text)}
    assert set(slowly(person.values(), text)) <= found


@pytest.mark.parametrize(
    ("name", "text", "masked"),
    [
        ("Priya Raman", "PRIYA RAMAN, raman priya", "<PERSON_1>, <PERSON_2>"),
        ("Zoë Marsh", "ZOË MARSH met Zoe\u0308 Marsh", "<PERSON_1> met <PERSON_2>"),
        ("Priya Raman", "Priya Raman's and Priya’s laptop", "<PERSON_1>'s and <PERSON_2>’s laptop"),
        ("Priya Raman", "P. Raman, P Ramanujan", "<PERSON_1>, P Ramanujan"),
        ("Anne-Marie Low", "anne-marie, Anne-Mariella", "<PERSON_1>, Anne-Mariella"),
        ("Priya Raman", "Priya\n  Raman called", "<PERSON_1> called"),
        ("Priya Raman", "xPriya Priya_ 1Raman", "xPriya Priya_ 1Raman"),
        ("Priya Raman", "Pri\u200bya and Ra\u00adman\ufe0f", "<PERSON_1> and <PERSON_2>"),
        ("Jörg Strauß", "JÖRG STRAUSS", "<PERSON_1>"),
        ("( ) Raman", "end. Raman called", "end. <PERSON_1> called"),
    ],
)
def test_a_person_is_found_in_every_way_a_name_is_written(
    name: str, text: str, masked: str
) -> None:
    known = KnownValues.of_people([KnownPerson(name=RawText(name))])
    assert Bench({}).redactor.redact(RawText(text), known).text.reveal() == masked


def test_letters_that_an_expression_takes_for_one_are_one_here_too() -> None:
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        if not letter.isalnum() or letter.upper() == letter.lower():
            continue
        for other in {letter.lower(), letter.upper(), letter.title(), "I", "i", "ı", "s", "ſ"}:
            if len(other) == 1 and re.fullmatch(re.escape(letter), other, re.IGNORECASE):
                values = [KnownValue(PERSON, RawText(letter * 2))]
                assert KnownValues.of(values).find(other * 2), (letter, other)


def test_a_value_has_the_type_that_it_was_given() -> None:
    known = KnownValues.of(
        [
            KnownValue(EntityType.HOSTNAME, RawText("srv-01")),
            KnownValue(EntityType.USERNAME, RawText("p  raman")),
        ]
    )
    found = [(one.start, one.type) for one in known.find("SRV-01: P Raman")]
    assert found == [(0, EntityType.HOSTNAME), (8, EntityType.USERNAME)]
