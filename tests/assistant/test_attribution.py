"""Attribution: whatever a model writes, only what a source says stays, with our citation."""

from __future__ import annotations

import pytest

from assistant.writers.attribution import Attributed, attribute
from assistant.writers.composing import compose
from assistant.writers.pieces import finished, pieces_of
from assistant.writers.sources import GIST, Source, Sources
from guardrails.findings import Finding, FindingKind
from tests.fakes.plain import redacted

KILN = Source(
    "Kiln controller\n\nKiln does not heat",
    "The kiln refuses to heat while its door contact reads open. Press the contact twice, then "
    "wait 40 seconds. Restart the controller with `kilnctl restart --bay 3`. Never open the door "
    "above 200 degrees. Only if the lamp stays red, call the workshop.\n\n"
    "1. Turn the key to OFF.\n2. Lift the contact with the yellow tool.\n3. Clean the contact with "
    "alcohol.\n4. Turn the key to ON.\n",
)
GLAZE = Source(
    "Glazes\n\nOrdering",
    "Glazes are ordered on Tuesdays through the supplies portal. Store opened buckets below 25 "
    "degrees. <PERSON_2> keeps the list of colours.",
)
ASKED = "The kiln in my studio does not heat since Monday, <PERSON_1> tried everything"


@pytest.fixture(scope="module")
def sources() -> Sources:
    return Sources([KILN, GLAZE], ASKED)


def shown(text: str, sources: Sources) -> str:
    texts = [redacted(KILN.text), redacted(GLAZE.text)]
    return compose(redacted(text), attribute(text, sources).kept, texts).body.reveal()


def left_out(text: str, found: Attributed) -> dict[str, str]:
    return {text[each.start : each.end]: each.note for each in found.dropped}


def test_each_sentence_is_cited_by_us_whatever_the_model_cites(sources: Sources) -> None:
    text = (
        "Press the contact twice [2], then wait 40 seconds. Order glazes on Tuesdays. [7] (see [1])"
    )
    assert shown(text, sources) == (
        "Press the contact twice, then wait 40 seconds. [1] Order glazes on Tuesdays. [2]"
    )


def test_a_sentence_in_other_forms_of_the_words_is_supported(sources: Sources) -> None:
    assert shown("Pressing the contact twice and waiting for 40 seconds helps.", sources).endswith(
        "[1]"
    )


PRESS = " Press the contact twice, then wait 40 seconds. [1]"
RESTART = " Restart the controller with `kilnctl restart --bay 3`. [1]"


@pytest.mark.parametrize(
    ("changed", "why", "quoted"),
    [
        ("Press the contact twice, then wait 90 seconds.", "number", PRESS),
        ("Press the contact three times, then wait 40 seconds.", "number", PRESS),
        ("Press the contact twice, then wait 40 minutes.", "number", PRESS),
        (
            "Open the door above 200 degrees.",
            "opposite",
            " Never open the door above 200 degrees. [1]",
        ),
        ("Do not press the contact twice, and do not wait 40 seconds.", "opposite", PRESS),
        (
            "The kiln refuses to heat while its door contact does not read open.",
            "opposite",
            " The kiln refuses to heat while its door contact reads open. [1]",
        ),
        (
            "Never open the door above 3 degrees.",  # 3 stands in the sentence before
            "number",
            " Never open the door above 200 degrees. [1]",
        ),
        (
            "Lift the contact with the yellow tool of Arkwright.",
            "name",
            " Lift the contact with the yellow tool. [1]",
        ),
        ("Restart the controller with `kilnctl restart --bay 4`.", "number", RESTART),
        ("Restart the controller with `kilnctl reset --bay 3`.", "command", RESTART),
        ("Restart the controller with kilnctl restart --force.", "command", RESTART),
        ("Ask <PERSON_9> to press the contact twice.", "placeholder", PRESS),
        (
            "If the lamp is red, call the workshop.",
            "condition",
            " Only if the lamp stays red, call the workshop. [1]",
        ),
        ("Buy a new kiln from the vendor, then clean the grill with petrol.", "says this", ""),
    ],
)
def test_what_may_not_differ_is_left_out_and_the_passage_quoted_in_its_place(
    changed: str, why: str, quoted: str, sources: Sources
) -> None:
    text = f"Glazes are ordered on Tuesdays. {changed}"
    found = attribute(text, sources)
    assert why in left_out(text, found)[changed]
    assert shown(text, sources) == f"Glazes are ordered on Tuesdays. [2]{quoted}"


def test_what_is_quoted_in_place_of_a_sentence_is_quoted_once(sources: Sources) -> None:
    text = "Wait 90 seconds for the kiln contact. Press the contact twice, then wait 50 seconds."
    assert shown(text, sources) == PRESS.strip()


def test_a_text_that_only_quotations_would_be_left_of_is_not_enough(sources: Sources) -> None:
    assert not attribute("Press the contact twice, then wait 90 seconds.", sources).enough


def test_a_warning_stays_a_warning(sources: Sources) -> None:
    text = "Never open the door above 200 degrees. Do not open the door above 200 degrees."
    assert shown(text, sources).count("[1]") == 2


def test_a_sentence_that_merges_two_passages_is_read_in_two_parts(sources: Sources) -> None:
    text = "Clean the contact with alcohol, and order glazes on Tuesdays."
    assert shown(text, sources) == f"{text} [1][2]"
    mixed = "Clean the contact with glazes from the supplies portal."
    assert not attribute(mixed, sources).enough
    half = "Clean the contact with alcohol, and order alcohol on Fridays from the mill."
    assert not attribute(half, sources).enough


def test_a_step_that_no_passage_says_is_marked_and_nothing_is_numbered_again(
    sources: Sources,
) -> None:
    text = (
        "Do this:\n\n1. Turn the key to OFF.\n2. Hit the controller hard.\n3. Clean the contact "
        "with alcohol.\n4. Buy a new kiln."
    )
    assert shown(text, sources) == (
        "Do this:\n\n1. Turn the key to OFF. [1]\n2. (a step is left out here: no passage says it)"
        "\n3. Clean the contact with alcohol. [1]"
    )


def test_an_introduction_of_nothing_goes_with_what_it_introduced(sources: Sources) -> None:
    text = "Turn the key to OFF.\n\nThen do this:\n- Hit the controller hard."
    assert shown(text, sources) == "Turn the key to OFF. [1]"


def test_courtesies_stay_uncited_and_may_repeat_the_ticket_only(sources: Sources) -> None:
    text = (
        "Hello <PERSON_1>,\n\nI am sorry that your kiln does not heat. Press the contact twice.\n\n"
        "If you have any questions, please let us know.\n\nKind regards,\n[Your Name]"
    )
    assert shown(text, sources) == (
        "Hello <PERSON_1>,\n\nI am sorry that your kiln does not heat. Press the contact twice. [1]"
        "\n\nIf you have any questions, please let us know.\n\nKind regards,"
    )
    claims = (
        "Thank you, your invoice is cancelled. Press the contact twice. This should resolve the "
        "kiln that does not heat. If this does not help, "
        "call extension 4411. I hope the refund arrives soon."
    )
    assert shown(claims, sources) == "Press the contact twice. [1]"


def test_code_is_kept_word_for_word_or_not_at_all(sources: Sources) -> None:
    kiln = Sources([Source("", "Restart it:\n\n```\nkilnctl stop\nkilnctl start\n```\n")])
    text = "Restart it:\n```\nkilnctl stop\nkilnctl start\n```"
    assert shown(text, kiln) == f"{text}\n[1]"
    assert shown(text.replace("start\n```", "purge\n```"), kiln) == ""
    places = Sources([Source("", "The bay is read from `bays[1]` at the start.")])
    assert shown("Read the bay from `bays[1]`.", places) == "Read the bay from `bays[1]`. [1]"


def test_too_little_left_is_not_enough_and_a_courtesy_alone_is_nothing(sources: Sources) -> None:
    kept = attribute("Press the contact twice. Hit the kiln.", sources)
    assert kept.enough
    lost = attribute(
        "Press the contact twice. Buy a bigger transformer from the vendor in Rotterdam and let an "
        "electrician move every cable to the attic.",
        sources,
    )
    assert not lost.enough
    assert not attribute("Hello! We hope this helps.", sources).enough


@pytest.mark.parametrize(
    "declining",
    [
        "The documentation does not answer this.",
        "The passages do not contain any information about that.",
        "There is no information provided about roof tiles in the passages.",
    ],
)
def test_a_model_that_declines_is_known_and_its_other_words_stay(
    declining: str, sources: Sources
) -> None:
    alone = attribute(declining, sources)
    assert alone.declined
    assert not alone.enough
    both = attribute(f"Press the contact twice. {declining}", sources)
    assert both.declined
    assert both.enough
    assert shown(f"Press the contact twice. {declining}", sources) == "Press the contact twice. [1]"


def test_a_span_that_the_output_checks_refuse_takes_its_sentence_along(sources: Sources) -> None:
    text = "Press the contact twice. Turn the key to OFF."
    refused = Finding(FindingKind.EXFILTRATION, 30, 34, "No source holds this.", blocks=True)
    found = attribute(text, sources, [refused])
    assert left_out(text, found) == {"Turn the key to OFF.": "No source holds this."}
    assert shown(text, sources) == "Press the contact twice. [1] Turn the key to OFF. [1]"
    made = compose(redacted(text), found.kept, [redacted(KILN.text)])
    assert made.body.reveal() == "Press the contact twice. [1]"


def test_findings_move_with_the_words_that_they_are_about(sources: Sources) -> None:
    text = "Hit the kiln. Press the contact twice [2]. Turn the key to OFF."
    about = [
        Finding(
            FindingKind.PERSONAL_DATA, text.index(word), text.index(word) + len(word), "", False
        )
        for word in ("key", "Hit")
    ]
    made = compose(redacted(text), attribute(text, sources).kept)
    (moved,) = made.placed(about)
    assert made.body.reveal()[moved.start : moved.end] == "key"


def test_a_summary_rests_on_the_messages(sources: Sources) -> None:
    del sources
    turns = (
        "Kiln\n\nNia (requester):\nThe kiln in bay 3 stays cold since Monday. I pressed the "
        "contact twice. He is on a flight until noon.\n\nBo (support agent):\n"
        "I restarted the controller, it did not help. The workshop comes on Thursday."
    )
    nia, bo = turns.split("Bo (support agent)")
    said = [Source("", nia), Source("", f"Kiln\n\nBo (support agent){bo}"), Source("", "Kiln")]
    thread = Sources(said, least=GIST, quoted=False, speakers=True)
    good = "The kiln in bay 3 has stayed cold since Monday. Restarting the controller did not help."
    assert attribute(good, thread).share == 1.0
    for wrong in (
        "The kiln in bay 4 stays cold.",
        "Restarting the controller helped.",
        "The customer wants a refund for the glazes.",
        "The support agent pressed the contact twice.",
        "The customer restarted the controller.",
        "I pressed the contact twice.",
        "The customer is on a flight until noon.",
    ):
        assert not attribute(wrong, thread).enough, wrong


def test_an_unfinished_text_ends_behind_its_last_whole_piece() -> None:
    text = "Turn the key. [1] Then wait. [1] Press"
    assert text[: finished(text)] == "Turn the key. [1] Then wait. [1]"
    assert finished("1. Turn the key.\n2. Pre") == len("1. Turn the key.")
    assert finished("Turn the key. 2.") == len("Turn the key.")
    assert finished("Run this:\n```\nkilnctl stop\nkil") == len("Run this:")


def test_pieces_cover_steps_within_a_line_and_keep_their_numbers() -> None:
    steps = pieces_of("Steps: 1. Do it. 2. Do that.\n3) Rest.")
    assert [each.words for each in steps] == ["Steps: 1. Do it.", "2. Do that.", "Rest."]
    assert steps[-1].step == 3
