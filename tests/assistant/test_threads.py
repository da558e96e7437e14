"""Quoted replies and signatures are found; a new sentence is never taken for either."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.threads import quotations, repeated, said, signature, without

FIRST = "The badge printer jams.\nWhich tray?\n\nPriya"


@pytest.mark.parametrize(
    "quoted",
    [
        "> The badge printer jams.\n> Which tray?",
        "On Mon, 12 Oct 2026 at 08:14, Priya <p@x.example> wrote:\n\n> The badge printer jams.",
        "On Mon, 12 Oct 2026 at 08:14, Priya\n<p@x.example> wrote:\n> The badge printer jams.",
        "Am 12.10.2026 um 08:14 schrieb Priya:\n> The badge printer jams.",
        "-----Original Message-----\nFrom: Priya\nSent: Monday\n\nThe badge printer jams.",
        "From: Priya\nSent: Monday\nTo: desk\nSubject: tray\n\nThe badge printer jams.",
        "________________________________\nFrom: Priya\nSent: Monday\n\nThe badge printer jams.",
        "Begin forwarded message:\n\nThe badge printer jams.",
    ],
)
def test_a_quotation_is_found_with_the_line_that_announces_it(quoted: str) -> None:
    text = f"Use the rear tray.\n\n{quoted}"
    assert without(text, quotations(text)) == "Use the rear tray."


@pytest.mark.parametrize(
    "text",
    [
        "Memory > 8 GB is needed\nand disk > 20 GB too",
        "On Monday it wrote: error 5.\nThen it stopped.",
        "From: and To: are empty in the form.\nWhat now?",
        "________________________________\nSubtotal 5",
    ],
)
def test_what_only_looks_like_a_quotation_is_left(text: str) -> None:
    assert quotations(text) == []


@pytest.mark.parametrize(
    "signed",
    [
        "-- \nSam\next. 4410",
        "Kind regards,\nSam Whitlock\nService desk",
        "Sent from my iPhone",
        "Cheers\nSam",
    ],
)
def test_a_signature_is_found_above_a_quotation_too(signed: str) -> None:
    for tail in ("", "\n\n> The badge printer jams."):
        text = f"Use the rear tray.\n\n{signed}{tail}"
        found = signature(text)
        assert found is not None
        assert text[found.start : found.end] == signed


@pytest.mark.parametrize(
    "text",
    [
        "It works.\nThanks,\nCan you also look at the second printer?",
        "Thanks for the call.\nMore soon.",
    ],
)
def test_a_request_below_thanks_is_no_signature(text: str) -> None:
    assert signature(text) is None


def test_only_what_stood_before_counts_as_repeated() -> None:
    reply = "Rear tray.\n\nOn Mon 12 Oct Priya wrote:\n> The badge printer jams.\n> Which tray?"
    assert without(reply, repeated(reply, said(FIRST))) == "Rear tray."
    changed = reply + "\n> And it beeps."
    assert repeated(changed, said(FIRST)) == []


@given(st.text(alphabet=">-_: \nOnwroteFmS5,", max_size=300), st.text(max_size=50))
def test_stretches_lie_in_the_text_whatever_it_is(text: str, other: str) -> None:
    for each in (*quotations(text), *repeated(text, said(other)), *([signature(text)] * 1)):
        assert each is None or 0 <= each.start < each.end <= len(text)
