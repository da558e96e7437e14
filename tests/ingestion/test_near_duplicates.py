"""Near-duplicates: found by their words, and the newer one by version or date alone."""

from __future__ import annotations

import numpy as np
import pytest

from ingestion.near_duplicates import Candidate, Comparer, NearDuplicates, pairs
from tests.fakes.plain import redacted

WORDS = [f"word{at}" for at in range(300)]


def test_a_changed_sentence_leaves_near_duplicates_and_another_text_does_not() -> None:
    changed = [*WORDS[:150], "entirely", "other", *WORDS[152:]]
    found = _twins([_one("a.md", WORDS), _one("b.md", changed), _one("c.md", WORDS[::-1])])
    assert [(each.one, each.two) for each in found] == [("a.md", "b.md")]
    assert found[0].alike == pytest.approx(290 / 302, abs=0.01)


def test_texts_of_a_few_words_are_no_near_duplicates() -> None:
    assert _twins([_one("a.md", WORDS[:9]), _one("b.md", WORDS[:9])]) == []


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
def test_the_newer_is_known_by_its_name(one: str, two: str, newer: str) -> None:
    (found,) = _twins([_one(one, WORDS), _one(two, WORDS)])
    assert found.newer == newer


def test_the_newer_is_known_by_a_date_that_both_state_under_one_title() -> None:
    old = [*WORDS, "Last reviewed: 2023-05-01"]
    new = [*WORDS, "Last reviewed: 2024-05-01"]
    (found,) = _twins([_one("a.md", old), _one("b.md", new)])
    assert found.newer == "b.md"
    (found,) = _twins([_one("a.md", old), _one("b.md", new, title="Another")])
    assert found.newer == ""


def test_a_signature_is_the_same_at_every_run_and_under_no_other_key() -> None:
    texts = [redacted(" ".join(WORDS))]
    again = Comparer(b"key").signature(texts)
    assert Comparer(b"key").signature(texts) == again
    other = Comparer(b"another").signature(texts)
    assert len(other) == len(again) == 257
    assert not any(a == b for a, b in zip(_hashes(again), _hashes(other), strict=True))


def test_pairs_that_were_there_before_are_not_compared_again() -> None:
    comparer = Comparer(b"key")
    signatures = {key: comparer.signature([redacted(" ".join(WORDS))]) for key in "abc"}
    assert pairs(signatures, {"c"}) == [("a", "c"), ("b", "c")]
    assert pairs(signatures, set()) == pairs({}, {"a"}) == []


def test_a_form_that_all_fill_in_is_no_pair() -> None:
    signature = Comparer(b"key").signature([redacted(" ".join(WORDS))])
    many = {f"{at:02}": signature for at in range(51)}
    assert pairs(many, many.keys()) == []
    many.pop("00")
    assert len(pairs(many, many.keys())) == 50 * 49 // 2


def test_documents_that_share_a_third_of_their_words_are_not_worth_opening() -> None:
    comparer = Comparer(b"key")
    draw = np.random.default_rng(5)
    signatures = {
        f"{at}": comparer.signature(
            [redacted(" ".join([*WORDS[:150], *(f"w{draw.integers(10**9)}" for _ in range(150))]))]
        )
        for at in range(40)
    }
    assert pairs(signatures, signatures.keys()) == []


def _twins(documents: list[Candidate]) -> list[NearDuplicates]:
    comparer = Comparer(b"key")
    named = {each.id: each for each in documents}
    signatures = {each.id: comparer.signature(each.texts) for each in documents}
    found = (comparer.compare(named[a], named[b]) for a, b in pairs(signatures, named.keys()))
    return [each for each in found if each is not None]


def _hashes(signature: bytes) -> list[bytes]:
    return [signature[at : at + 4] for at in range(1, len(signature), 4)]


def _one(source: str, words: list[str], title: str = "VPN") -> Candidate:
    return Candidate(source, redacted(source), redacted(title), [redacted(" ".join(words))])
