"""Automatic mail and mere thanks want no answer; a person who asks something does."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.language import language_in
from assistant.threads.automatic import Mail, desk_mail_kind, mail_kind

LABELLED = Path(__file__).parents[2] / "data" / "eval" / "automatic.jsonl"


def told(subject: str, text: str, *, opens: bool = True, unmanned: bool = False) -> Mail:
    language = language_in(f"{subject}\n{text}")
    return mail_kind(subject, text, language=language, opens=opens, unmanned=unmanned)


def test_no_labelled_message_of_a_person_is_taken_for_automatic_mail() -> None:
    wrong: list[str] = []
    counts: Counter[bool] = Counter()
    for line in LABELLED.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        want = row.pop("want")
        found = told(**row) is not Mail.PERSON
        if want is None and found:
            wrong.append(f"{row['subject']}: {row['text']}")
        counts[found] += want is not None
    assert not wrong
    assert counts.total() >= 120
    assert counts[True] >= 0.97 * counts.total()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("Thank you, it works now! You can close this.", Mail.SETTLED),
        ("Thank you, it works now! You can close this.\n\n> Does it work now?", Mail.SETTLED),
        ("Thanks!", Mail.THANKS),
        ("Thanks, but it still fails", Mail.PERSON),
        ("You can close this when the printer works, which it does not.", Mail.PERSON),
        ("Thanks! By the way, the scanner is broken.", Mail.PERSON),
    ],
)
def test_thanks_end_a_ticket_only_when_nothing_else_is_said(answer: str, kind: Mail) -> None:
    assert told("Re: VPN", answer, opens=False) == kind


def test_a_quoted_automatic_text_does_not_make_a_message_automatic() -> None:
    quoted = "> I am out of the office until 12 October.\n> In urgent cases write to reception."
    asked = f"Everybody who writes to me gets this:\n\n{quoted}\n\nHow do I turn it off?"
    assert told("Out of office", asked) is Mail.PERSON
    assert told("My mailbox", f"This is what senders see.\n\n{quoted}") is Mail.PERSON


def test_a_sent_on_bounce_is_a_question() -> None:
    bounce = "Your message could not be delivered to one or more recipients."
    assert told("Undeliverable: Invoice", bounce) is Mail.BOUNCE
    assert told("FW: Undeliverable: Invoice", bounce) is Mail.PERSON


def test_the_desk_s_own_receipt_is_no_answer_and_a_merge_is_seen() -> None:
    receipt = "We have received your request and will reply within a day."
    assert desk_mail_kind(receipt) is Mail.RECEIPT
    assert desk_mail_kind("Please delete the cached profile and connect again.") is Mail.PERSON
    assert desk_mail_kind("This was closed and merged into request #1005.") is Mail.MERGED
    assert desk_mail_kind("Two branches were merged, now the build fails.") is Mail.PERSON


@pytest.mark.parametrize("text", ["", "\ud800", "?" * 50_000, "\n" * 50_000, "<PERSON_1>"])
def test_a_text_without_words_is_not_taken_for_automatic_mail(text: str) -> None:
    assert told(text, text) is Mail.PERSON
