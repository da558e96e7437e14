"""Redacting a text, and restoring the redacted values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails import RawText, Redactor
from guardrails.detect.directory import KnownPerson, KnownValue, KnownValues
from guardrails.errors import Refused
from guardrails.spans import EntityType
from guardrails.text import unwrap
from tests.guardrails.bench import Bench, BrokenDetector

PERSON, SECRET, HOST = EntityType.PERSON, EntityType.SECRET, EntityType.HOSTNAME
WORDS = {"Priya": PERSON, "PRIYA": PERSON, "Max": PERSON, "srv-01": HOST, "hunter2": SECRET}


def redacted(bench: Bench, text: str, known: KnownValues | None = None) -> str:
    return bench.redactor.redact(RawText(text), known).text.reveal()


def test_a_value_gets_the_same_placeholder_wherever_it_stands() -> None:
    bench = Bench(WORDS)
    assert redacted(bench, "Priya and Max, Priya") == "<PERSON_1> and <PERSON_2>, <PERSON_1>"
    assert redacted(bench, "ask Max") == "ask <PERSON_2>"


def test_each_surface_form_of_one_value_has_its_own_placeholder() -> None:
    bench = Bench(WORDS)
    assert redacted(bench, "Priya, PRIYA") == "<PERSON_1>, <PERSON_2>"
    back = bench.restorer.restore(bench.redactor.redact(RawText("PRIYA, Priya")).text)
    assert unwrap(back.text) == "PRIYA, Priya"


def test_a_secret_is_destroyed_and_never_stored() -> None:
    bench = Bench(WORDS)
    redaction = bench.redactor.redact(RawText("password hunter2"))
    assert redaction.text.reveal() == "password <SECRET>"
    assert not list(bench.store.rows())
    assert unwrap(bench.restorer.restore(redaction.text).text) == "password <SECRET>"


def test_looking_up_gives_known_placeholders_and_allocates_none() -> None:
    bench = Bench(WORDS)
    redacted(bench, "Priya")
    before = bench.store.version()
    question = bench.redactor.look_up(RawText("Priya or Max on srv-01?")).text.reveal()
    assert question == "<PERSON_1> or <PERSON> on <HOSTNAME>?"
    assert bench.store.version() == before


def test_looking_up_another_spelling_of_a_known_value_finds_the_value() -> None:
    bench = Bench(WORDS)
    redacted(bench, "Priya")
    assert bench.redactor.look_up(RawText("PRIYA")).text.reveal() == "<PERSON_1>"


def test_text_that_looks_like_a_placeholder_cannot_ask_for_a_restore() -> None:
    bench = Bench(WORDS)
    redacted(bench, "Priya")
    redaction = bench.redactor.redact(RawText("who is <PERSON_1>?"))
    assert redaction.text.reveal() == "who is <LITERAL_1>?"
    assert unwrap(bench.restorer.restore(redaction.text).text) == "who is <PERSON_1>?"


def test_a_restore_gives_back_only_what_is_allowed() -> None:
    bench = Bench(WORDS)
    redaction = bench.redactor.redact(RawText("Priya and Max"))
    priya = redaction.masks[0].placeholder
    restored = bench.restorer.restore(redaction.text, [priya])
    assert unwrap(restored.text) == "Priya and <PERSON_2>"
    assert [str(each) for each in restored.left] == ["<PERSON_2>"]


def test_another_tenants_vault_restores_nothing() -> None:
    mine, theirs = Bench(WORDS), Bench(WORDS)
    text = mine.redactor.redact(RawText("Priya")).text
    restored = theirs.restorer.restore(text)
    assert unwrap(restored.text) == "<PERSON_1>"


def test_when_detection_fails_nothing_comes_out_and_the_error_holds_no_text() -> None:
    bench = Bench(WORDS)
    redactor = Redactor(BrokenDetector(), bench.vault, KnownValues())
    with pytest.raises(Refused) as caught:
        redactor.redact(RawText("Priya"))
    assert "Priya" not in str(caught.value)


def test_a_secret_wins_over_whatever_it_overlaps() -> None:
    bench = Bench({"pw: Priya7!": SECRET, "Priya": PERSON})
    assert redacted(bench, "see pw: Priya7! now") == "see <SECRET> now"
    assert not list(bench.store.rows())


def test_known_people_are_masked_whatever_the_detector_thinks() -> None:
    known = KnownValues.of_people(
        [KnownPerson(name=RawText("Oluwaseun Adeyemi"), hosts=(RawText("HD-LT-0391"),))]
    )
    text = "ADEYEMI, Oluwaseun says hd-lt-0391 is slow; thanks, oluwaseun"
    result = redacted(Bench({}), text, known)
    assert "luwaseun" not in result.lower()
    assert "adeyemi" not in result.lower()
    assert "0391" not in result


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Will said so", "<PERSON_1> said so"),
        ("it will restart", "it will restart"),
        ("regards,\nwill", "regards,\n<PERSON_1>"),
        ("hi will, it works", "hi <PERSON_1>, it works"),
    ],
)
def test_a_name_that_is_a_word_is_masked_where_it_is_a_name(text: str, masked: str) -> None:
    known = KnownValues.of_people([KnownPerson(name=RawText("Will"))])
    exact = KnownValues.of([KnownValue(PERSON, RawText("Will"), exact=True)])
    assert redacted(Bench({}), text, exact) == masked
    assert bool(known)


words = st.sampled_from(
    [*WORDS, "<PERSON_1>", "<", ">", " ", "\n", "ü", "\u202e", "😀", "_", "a", "."]
)


@given(st.lists(words, max_size=30).map("".join))
def test_what_was_redacted_is_restored_to_the_very_characters(text: str) -> None:
    bench = Bench({word: kind for word, kind in WORDS.items() if kind is not SECRET})
    redaction = bench.redactor.redact(RawText(text))
    assert unwrap(bench.restorer.restore(redaction.text).text) == text
    assert "Priya" not in redaction.text.reveal()
