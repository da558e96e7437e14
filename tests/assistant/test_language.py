"""The language of a ticket is recognised, or nothing is claimed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.frames import languages
from assistant.language import NAMES, language_of
from tests.fakes.plain import redacted

LABELLED = Path(__file__).parents[2] / "data" / "eval" / "languages.jsonl"


def test_no_labelled_text_is_taken_for_another_language_and_few_for_none() -> None:
    found: Counter[str] = Counter()
    for line in LABELLED.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        told = language_of(redacted(row["text"]))
        found["right" if told == row["language"] else "none" if told is None else "wrong"] += 1
    assert found["wrong"] == 0
    assert found["none"] <= 2
    assert found.total() >= 120


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<PERSON_1>",
        "0x8004010F",
        "kubelet OOMKilled pod restart",
        "VPN Teams Outlook",
        "\ud800",
    ],
)
def test_names_and_codes_alone_have_no_language(text: str) -> None:
    assert language_of(redacted(text)) is None


def test_an_english_message_inside_a_german_ticket_does_not_make_it_english() -> None:
    text = (
        "Hallo, beim Anmelden kommt seit gestern diese Meldung und dann geht nichts mehr:\n\n"
        "```\nThe trust relationship between this workstation and the primary domain failed.\n```\n"
    )
    assert language_of(redacted(text)) == "de"


def test_every_language_with_frames_has_a_name_and_is_recognised() -> None:
    rows = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    assert set(languages()) <= set(NAMES) & {row["language"] for row in rows}


def test_a_long_text_is_read_only_at_its_beginning() -> None:
    assert language_of(redacted("Der Drucker geht nicht. " + "the and of " * 50_000)) == "en"
    assert language_of(redacted("der die das nicht " * 2_000 + "the and of " * 50_000)) == "de"
