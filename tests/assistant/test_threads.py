"""Quoted replies and signatures are found; a new sentence is never taken for either."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.threads import quotations, repeated, said, signature, without
from assistant.threads.heads import languages

NEW = "Use the rear tray."
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


def test_only_earlier_text_counts_as_repeated() -> None:
    reply = "Rear tray.\n\nOn Mon 12 Oct Priya wrote:\n> The badge printer jams.\n> Which tray?"
    assert without(reply, repeated(reply, said(FIRST))) == "Rear tray."
    changed = reply + "\n> And it beeps."
    assert repeated(changed, said(FIRST)) == []


@given(st.text(alphabet=">-_: \nOnwroteFmS5,", max_size=300), st.text(max_size=50))
def test_stretches_lie_in_any_text(text: str, other: str) -> None:
    for each in (*quotations(text), *repeated(text, said(other)), *([signature(text)] * 1)):
        assert each is None or 0 <= each.start < each.end <= len(text)


HEADS = [
    (code, program, head)
    for code, language in languages().items()
    for program, heads in language.examples.items()
    for head in heads
]


@pytest.mark.parametrize(("code", "program", "head"), HEADS)
def test_the_reply_heads_of_mail_programs_are_known_in_every_language(
    code: str, program: str, head: str
) -> None:
    pasted = f"{NEW}\n\n{head}\n\nThe badge printer jams."
    marked = f"{NEW}\n\n{head}\n> The badge printer jams.\n> Which tray?"
    texts = [pasted] if program in {"Outlook", "forwarded"} else [marked]
    texts += [pasted, marked] if "@x.example" in head else []
    for text in texts:
        assert without(text, quotations(text)) == NEW, (code, program)


@pytest.mark.parametrize(("code", "program", "head"), HEADS)
def test_what_a_reply_of_any_language_repeats_is_known_as_repeated(
    code: str, program: str, head: str
) -> None:
    text = f"{NEW}\n\n{head}\n\n> The badge printer jams.\n> Which tray?\n> Priya"
    assert without(text, repeated(text, said(FIRST))) == NEW, (code, program)


@pytest.mark.parametrize(
    ("code", "farewell"),
    [(code, word) for code, each in languages().items() for word in each.farewells],
)
def test_a_farewell_of_every_language_begins_a_signature(code: str, farewell: str) -> None:
    text = f"{NEW}\n\n{farewell.capitalize()},\nSam Whitlock\next. 4410"
    found = signature(text)
    assert found is not None, code
    assert text[: found.start].strip() == NEW


@pytest.mark.parametrize(
    "text",
    [
        "The server says on 12.10.2026 08:14 it wrote:\nerror 5",
        "I mailed sam@x.example on 12.10.2026 and he wrote nothing.\nWhat now?",
        "Please fill in\nA: the tray\nDo: the time",
        "See the list of 12.10.2026:\nSam wrote:\nline one\n",
        "Sent from the scanner nothing arrives, see below:\nline one",
    ],
)
def test_sentences_that_only_resemble_a_head_are_new_words(text: str) -> None:
    assert quotations(text) == []


@pytest.mark.parametrize(
    "above", ["I mailed on 12.10.2026.\nSam wrote:", "On Tuesday I tried.\nOn 12.10. Sam wrote:"]
)
def test_a_sentence_above_an_attribution_is_no_part_of_it(above: str) -> None:
    text = f"{above}\n> The badge printer jams."
    assert without(text, quotations(text)) == above.split("\n", maxsplit=1)[0]


def test_words_below_a_marked_quotation_are_new() -> None:
    text = f"On 12 Oct 2026, at 08:14, P <p@x.example> wrote:\n> The badge printer jams.\n\n{NEW}"
    assert without(text, quotations(text)) == NEW


@pytest.mark.parametrize("piece", ["on ", "> ", "a@b ", "wrote:", "12:30 ", "-", "_", "From: x\n"])
def test_a_long_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    lines = [piece * 20_000, (piece + "\n") * 2_000]
    for text in lines:
        for each in (*quotations(text), *repeated(text, frozenset())):
            assert 0 <= each.start < each.end <= len(text)
