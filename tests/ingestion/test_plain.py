"""Plain text: the headings that its writer made cut it, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.text import unwrap
from tests.ingestion.reading import Read, read, sections, text_of

KILN = """KILN CONTROLLER (both halls)
============================
Checked in March.

Display stays dark
------------------
Turn the key.

1. DOOR DOES NOT LOCK
---------------------
1. Clean the latch.
2. Turn the bolt.

RAMP STOPS HALF WAY
  Look at the relay.

A. NO HEAT

 1. Look at the fuse.

B. TOO MUCH HEAT

 Pull the plug.
"""


def _read(text: str) -> Read:
    return sections(read(text.encode(), "kiln-notes.txt"))


def test_underlined_lines_and_lines_in_capitals_are_headings_with_their_lines() -> None:
    assert unwrap(read(KILN.encode(), "a.txt").title) == "KILN CONTROLLER (both halls)"
    assert _read(KILN) == [
        ("", "Checked in March.", 3, 3),
        ("Display stays dark", "Turn the key.", 7, 7),
        ("1. DOOR DOES NOT LOCK", "1. Clean the latch.\n2. Turn the bolt.", 11, 12),
        ("RAMP STOPS HALF WAY", "  Look at the relay.", 15, 15),
        ("A. NO HEAT", " 1. Look at the fuse.", 19, 19),
        ("B. TOO MUCH HEAT", " Pull the plug.", 23, 23),
    ]


def test_a_double_line_is_above_a_single_one() -> None:
    text = "Kiln\n====\nIntro.\n\nHall A\n======\n\nDoor\n----\nTurn it.\n"
    assert [each[0] for each in _read(text)] == ["", "Hall A › Door"]


def test_a_line_between_two_rules_is_a_heading() -> None:
    assert [each[:2] for each in _read("Intro here.\n\n=====\nDoors\n=====\n\nTurn it.\n")] == [
        ("", "Intro here."),
        ("Doors", "Turn it."),
    ]


def test_a_first_line_in_capitals_is_the_title_though_text_follows_at_once() -> None:
    loaded = read(b"KILNS IN HALL B: DARK, COLD, STUCK\nBy the workshop.\n", "a.txt")
    assert unwrap(loaded.title) == "KILNS IN HALL B: DARK, COLD, STUCK"


@pytest.mark.parametrize(
    "text",
    [
        "It may show one of these.\n\nNO PAPER\nPAPER JAM\nLID IS OPEN\n\nThen wait.\n",
        "It may show one of these.\n\nNO PAPER LEFT\n\nLID IS OPEN\n\nThen wait.\n",
        "1. Open the lid.\n\n2. PRESS THE RED BUTTON\n\n3. Close the lid.\n",
        "- Open the lid.\n\n- PRESS THE RED BUTTON\n\n- Close the lid.\n",
        "The display says:\n\nNO BOOT DEVICE\n\nThen wait.\n",
        "It stops with this.\n\nERROR DISK FULL\n\nThen wait.\n",
        "It stops with this.\n\nDISK FULL: CALL THE DESK\n\nThen wait.\n",
        "It stops with this.\n\nDO NOT TOUCH THE KILN!\n\nThen wait.\n",
        "It stops with this.\n\n    LID IS OPEN\n\nThen wait.\n",
        "It stops with this.\n\n```\n\nLID IS OPEN\n\n```\n\nThen wait.\n",
        "Who has it today.\n\nName   Hall\n-----------\nKiln   A\n",
        "Who has it today.\n\nName Hall\n---- ----\nKiln A\n",
        "Who has it today.\n\n| Name | Hall |\n---------------\n| Kiln | A |\n",
        "Turn it off.\nThen turn it on again\n---------------------\nThat is all.\n",
        "Turn it off now.\n\nThat is all of it.\n------------------\nBye.\n",
        "Turn it off now.\n\nBye, Ann\n" + "-" * 70 + "\nOlder mail.\n",
        "Turn it off now.\n\n--\n\nANN SMITH\nHead of kilns\n",
        "It is on today.\n\nCHECK\n   The lamp is green.\n",
        "It is on today.\n\nTB 3 GB\n\nThe lamp is green.\n",
    ],
)
def test_what_only_looks_like_a_heading_stays_text(text: str) -> None:
    assert [(path, body) for path, body, _, _ in _read(text)] == [("", text.strip())]


def test_a_heading_without_text_below_it_stays_text() -> None:
    assert "Spare parts" in text_of(
        read(b"Turn it off now.\n\nSpare parts\n-----------\n", "a.txt")
    )


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["A. NO HEAT", "Door", "----", "====", "", "", "1. ABC", "text.", "  text", "--", "```"]
        ),
        min_size=1,
    )
)
def test_no_word_is_lost(lines: list[str]) -> None:
    if not "".join(lines).strip():
        return
    loaded = read("\n".join(["first.", *lines, "last."]).encode(), "a.txt")
    kept = text_of(loaded) + " ".join(
        " ".join(map(unwrap, each.heading)) for each in loaded.sections
    )
    assert {line for line in lines if any(map(str.isalpha, line))} <= {
        word for line in lines if line.strip() and line.strip() in kept for word in [line]
    }
