"""Near-duplicates: found by their words, and the newer told by version or date alone."""

from __future__ import annotations

import pytest

from ingestion.near_duplicates import Candidate, near_duplicates
from tests.fakes.plain import redacted

WORDS = [f"word{at}" for at in range(300)]


def test_a_changed_sentence_leaves_near_duplicates_and_another_text_does_not() -> None:
    changed = [*WORDS[:150], "entirely", "other", *WORDS[152:]]
    found = near_duplicates([_one("a.md", WORDS), _one("b.md", changed), _one("c.md", WORDS[::-1])])
    assert [(each.one, each.two) for each in found] == [("a.md", "b.md")]
    assert found[0].alike == pytest.approx(290 / 302, abs=0.01)


def test_texts_of_a_few_words_are_no_near_duplicates() -> None:
    assert near_duplicates([_one("a.md", WORDS[:9]), _one("b.md", WORDS[:9])]) == []


@pytest.mark.parametrize(
    ("one", "two", "newer"),
    [
        ("vpn-v2.md", "vpn-v10.md", "vpn-v10.md"),
        ("v1.9/vpn.md", "v1.10/vpn.md", "v1.10/vpn.md"),
        ("vpn-2024-11-02.md", "vpn-2023-12-30.md", "vpn-2024-11-02.md"),
        ("vpn-v2.md", "wifi-v1.md", ""),
        ("vpn.md", "vpn-v1.md", ""),
        ("east.md", "west.md", ""),
    ],
)
def test_the_newer_is_told_by_its_name(one: str, two: str, newer: str) -> None:
    (found,) = near_duplicates([_one(one, WORDS), _one(two, WORDS)])
    assert found.newer == newer


def test_the_newer_is_told_by_a_date_that_both_state_under_one_title() -> None:
    old = [*WORDS, "Last reviewed: 2023-05-01"]
    new = [*WORDS, "Last reviewed: 2024-05-01"]
    (found,) = near_duplicates([_one("a.md", old), _one("b.md", new)])
    assert found.newer == "b.md"
    (found,) = near_duplicates([_one("a.md", old), _one("b.md", new, title="Another")])
    assert found.newer == ""


def _one(source: str, words: list[str], title: str = "VPN") -> Candidate:
    return Candidate(source, redacted(source), redacted(title), [redacted(" ".join(words))])
