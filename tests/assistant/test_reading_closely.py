"""Why a passage was found: the words that it shares with the question, and its closest sentence."""

from __future__ import annotations

from assistant.writers.passages import closest, shared

TEXT = """\
The printer prints blank pages. Restart the
spooler service.

- Open the queue of <PERSON_3>
- Then print a test page
"""


def test_the_closest_sentence_shares_most_with_the_question() -> None:
    place = closest("how do I restart the spooler?", TEXT)
    assert place is not None
    assert TEXT[slice(*place)] == "Restart the\nspooler service."


def test_a_text_that_shares_no_word_has_no_closest_sentence() -> None:
    assert closest("zebra crossing", TEXT) is None
    assert closest("", "") is None


def test_shared_words_are_the_questions_own_in_any_form() -> None:
    assert shared("Printing for <PERSON_3> restarted twice", TEXT) == (
        "printing", "<person_3>", "restarted"
    )  # fmt: skip
