"""A near miss is told in words: what the sections that were found do not speak of."""

from __future__ import annotations

import pytest

from assistant.model import Passage, Section
from assistant.search.missing import near_miss
from tests.fakes.plain import redacted

PUMP = (
    "PX-118 means that the pump is cold. Restart it from the panel and wait 10 minutes. The "
    "message 'lid is not closed' means what it says. Works on Firmware 4.2 and Firmware 4.3."
)


def _section(text: str = PUMP, title: str = "Pump codes", document: str = "d1") -> Passage:
    text_, title_ = redacted(text), redacted(title)
    source = redacted("kb/pump.md")
    return Section(document, source, title_, redacted("Codes"), text_, 1, 9, ("c",), 0).passage(1.0)


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        ("the panel shows PX-131, what now", "PX-131"),
        ("pump says 'belt is missing', hm", "belt is missing"),
        ("which number has min_pump_speed", "min_pump_speed"),
        ("can the wait be set to 45 minutes", "45 minutes"),
        ("can it be switched off until 18:30", "18:30"),
        ("pump: error: could not reach the controller board", "could not reach the controller"),
        ("how do i lubricate the pump", "lubricate"),
    ],
)
def test_what_is_asked_literally_and_not_spoken_of_is_named(asked: str, missing: str) -> None:
    assert missing in near_miss(redacted(asked), [_section()])


def test_another_version_is_named_with_those_that_are_spoken_of() -> None:
    said = near_miss(redacted("does that work on firmware 6 too"), [_section()])
    assert "firmware 4.2, firmware 4.3" in said
    assert "nothing here speaks of firmware 6" in said


@pytest.mark.parametrize(
    "asked",
    [
        "px-118 on the panel",
        "PX-118 on the panel of my pump",
        'it says "lid is not closed"',
        "is firmware 4.2.1 fine",
        "error: lid is not closed, again",
        "how do i restart the pump",
        "how do i get it going",
        "restart at 10 minutes to eleven",
    ],
)
def test_what_the_sections_speak_of_is_no_near_miss(asked: str) -> None:
    assert near_miss(redacted(asked), [_section()]) == ""


def test_a_placeholder_is_never_what_is_missing() -> None:
    assert near_miss(redacted("where does <USERNAME_12> keep the pump"), [_section()]) == ""


def test_what_another_document_does_is_not_what_the_nearest_one_does() -> None:
    other = _section("Lubricate the crane once a year.", "Crane", "d2")
    assert "lubricate" in near_miss(redacted("how do i lubricate the pump"), [_section(), other])


def test_a_question_in_another_language_than_the_documents_is_told() -> None:
    said = near_miss(redacted("Wie starte ich die Pumpe neu, wenn sie kalt ist?"), [_section()])
    assert "in German" in said
    assert "in English" in said


def test_a_question_in_the_language_of_the_documents_is_no_near_miss() -> None:
    text = "Die Pumpe ist kalt. Starten Sie sie am Bedienfeld neu und warten Sie zehn Minuten."
    asked = redacted("Wie starte ich die Pumpe neu, wenn sie kalt ist?")
    assert near_miss(asked, [_section(text)]) == ""
