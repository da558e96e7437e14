"""Automatic mail and mere thanks want no answer; a person who asks something does."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.language import language_of
from assistant.threads.automatic import Automatic, acknowledges, automatic, merges
from tests.fakes.plain import redacted

LABELLED = Path(__file__).parents[2] / "data" / "eval" / "automatic.jsonl"


def told(subject: str, text: str, *, opens: bool = True, unmanned: bool = False) -> str | None:
    language = language_of(redacted(f"{subject}\n{text}"))
    return automatic(subject, text, language=language, opens=opens, unmanned=unmanned)


def test_no_labelled_message_of_a_person_is_taken_for_automatic_mail() -> None:
    wrong: list[str] = []
    counts: Counter[bool] = Counter()
    for line in LABELLED.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        want = row.pop("want")
        found = told(**row)
        if want is None and found:
            wrong.append(f"{row['subject']}: {row['text']}")
        counts[bool(found)] += want is not None
    assert not wrong
    assert counts.total() >= 120
    assert counts[True] >= 0.97 * counts.total()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("Thank you, it works now! You can close this.", Automatic.SETTLED),
        ("Thank you, it works now! You can close this.\n\n> Does it work now?", Automatic.SETTLED),
        ("Thanks!", Automatic.THANKS),
        ("Thanks, but it still fails", None),
        ("You can close this when the printer works, which it does not.", None),
        ("Thanks! By the way, the scanner is broken.", None),
    ],
)
def test_thanks_end_a_ticket_only_when_nothing_else_is_said(
    answer: str, kind: Automatic | None
) -> None:
    assert told("Re: VPN", answer, opens=False) == kind


def test_a_quoted_automatic_text_does_not_make_a_message_automatic() -> None:
    quoted = "> I am out of the office until 12 October.\n> In urgent cases write to reception."
    asked = f"Everybody who writes to me gets this:\n\n{quoted}\n\nHow do I turn it off?"
    assert told("Out of office", asked) is None
    assert told("My mailbox", f"This is what senders see.\n\n{quoted}") is None


def test_a_sent_on_bounce_is_a_question() -> None:
    bounce = "Your message could not be delivered to one or more recipients."
    assert told("Undeliverable: Invoice", bounce) is Automatic.BOUNCE
    assert told("FW: Undeliverable: Invoice", bounce) is None


def test_the_desk_s_own_receipt_is_no_answer_and_a_merge_is_seen() -> None:
    assert acknowledges("We have received your request and will reply within a day.")
    assert not acknowledges("Please delete the cached profile and connect again.")
    assert merges("This request was closed and merged into request #1005.")
    assert not merges("Two branches were merged and now the build fails.")


@pytest.mark.parametrize("text", ["", "\ud800", "?" * 50_000, "\n" * 50_000, "<PERSON_1>"])
def test_a_text_without_words_is_not_taken_for_automatic_mail(text: str) -> None:
    assert told(text, text) is None
