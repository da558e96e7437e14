"""A brief is short: what to do, whom to involve, how sure; a part without content is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.model import Audience, Citation, Passage, Ticket, TicketStatus, Turn, TurnRole
from assistant.ports import Case
from assistant.questions import Fact, missing, question
from assistant.search.audience import for_customer, known_to
from assistant.writers.brief import write_brief
from tests.fakes.plain import redacted
from tests.fakes.samples import MORNING, a_document, chunks_of

STEPS = (
    "1. Open the flap of the printer and pull the paper out.\n"
    "2. Close the flap and print a page.\n"
    "3. Escalate to the vendor with the number on the lid if it jams again."
)


def test_the_whole_procedure_stands_under_the_next_step_with_its_citation() -> None:
    text, citations = _brief(_case([_passage(STEPS)]))
    assert STEPS in text
    assert "From “Wi-Fi”, “Heading” [1]:" in text
    assert [each.number for each in citations] == [1]


def test_it_begins_at_the_step_that_the_ticket_does_not_speak_of() -> None:
    said = "I did open the flap of the printer and pull the paper out, still jammed."
    text, _ = _brief(_case([_passage(STEPS)], said=said))
    assert "Begin at step 2" in text
    assert "Begin at" not in _brief(_case([_passage(STEPS)]))[0]


def test_whom_to_involve_is_quoted_from_the_document() -> None:
    text, _ = _brief(_case([_passage(STEPS)]))
    assert "## Involve\n\n- Escalate to the vendor" in text


FORWARDED = (
    "-----Original Message-----\nFrom: <PERSON_4>\nSent: Monday\nTo: <PERSON_1>\nSubject: Lamp\n\n"
    "The lamp of the scanner in the archive flickers green."
)


def test_the_problem_is_told_in_the_words_of_the_requester_and_not_of_a_forwarded_message() -> None:
    text, _ = _brief(_case([], said=f"Roller three squeaks when it pulls.\n\n{FORWARDED}"))
    assert "Roller three squeaks" in text
    assert "flickers" not in text
    assert "flickers green" in _brief(_case([], said=FORWARDED))[0]


@pytest.mark.parametrize(
    "line",
    [
        "Run the second line above.",
        "Ring the service desk on <PHONE_NUMBER_4> before noon.",
        "Tell the desk right away about it.",
        "Desk <PHONE_NUMBER_4>, at any hour.",
        "Show the message “<ORGANIZATION_2>, please call <PHONE_NUMBER_3>” on it.",
        "For PJ-441 ring the vendor of the rollers.",
    ],
)
def test_what_is_no_escalation_of_this_ticket_involves_nobody(line: str) -> None:
    text, _ = _brief(_case([_passage(f"1. Open the flap.\n2. {line}")]))
    assert "## Involve" not in text


def test_a_line_of_the_document_that_is_wrapped_is_quoted_whole() -> None:
    text, _ = _brief(_case([_passage("Open the flap. Then tell\n<PERSON_9> in the print\nroom.")]))
    assert "## Involve\n\n- Then tell <PERSON_9> in the print room. [1]" in text


def test_the_section_about_people_says_first_whom_to_involve_its_table_too() -> None:
    rows = (
        "| Case | Who |\n| --- | --- |\n| toner is empty | <PERSON_8> |\n| it jams | <PERSON_7> |"
    )
    document = _sections(
        ("Fix", "1. Open the flap.\n2. Ask the vendor for a new lamp.", 1.0),
        ("Who must know", rows, 0.1),
    )
    text, _ = _brief(replace(_case([document[0]]), document=document))
    assert "it jams: <PERSON_7> [2]" in text
    assert "- Ask the vendor" not in text


def test_of_a_section_about_people_only_lines_that_name_one_are_quoted() -> None:
    people = "Jams need nobody in most weeks.\n\n<PERSON_7> looks after the rollers."
    document = _sections(("Fix", "1. Open the flap.\n2. Close it.", 1.0), ("People", people, 0.1))
    text, _ = _brief(replace(_case([document[0]]), document=document))
    assert "## Involve\n\n- <PERSON_7> looks after the rollers. [2]\n\n" in text


def test_parts_without_content_are_left_out() -> None:
    text, _ = _brief(_case([_passage("1. Open the flap.\n2. Close it.")]))
    for part in ("## Ask", "## Involve", "## Similar resolved tickets"):
        assert part not in text
    assert text.startswith("## Problem")


def test_where_nothing_answers_it_says_so_and_names_what_is_near() -> None:
    text, citations = _brief(replace(_case([_passage(STEPS)]), answerable=False))
    assert "**Nothing in the documents answers this.** Nearest: “Wi-Fi”." in text
    assert "## Next step" not in text
    assert citations == ()


@pytest.mark.parametrize(
    ("confidence", "word"), [(0.9, "**Sure**"), (0.5, "**Likely**"), (0.35, "**Unsure**")]
)
def test_how_sure_it_is_stands_in_words(confidence: float, word: str) -> None:
    text, _ = _brief(replace(_case([_passage(STEPS)]), confidence=confidence))
    assert word in text
    assert ("Perhaps" in text) == (word == "**Unsure**")


def test_of_a_section_that_is_hardly_near_only_the_nearest_sentence_is_shown() -> None:
    far = "The lamp in the yard is grey.\n\nThe printer in the yard jams in winter.\n\n" + STEPS
    text, _ = _brief(replace(_case([_passage(far)]), confidence=0.3, near=False))
    assert "Perhaps; this is only what is nearest." in text
    assert "The printer in the yard jams in winter." in text
    assert "lamp in the yard" not in text
    assert "Open the flap" not in text
    assert "## Involve" not in text


def test_how_similar_tickets_ended_is_told_with_their_numbers() -> None:
    similar = replace(_passage("We sent a new roller."), source=redacted("ticket #77"))
    text, _ = _brief(replace(_case([_passage(STEPS)]), similar=(similar,)))
    assert "- ticket #77: “We sent a new roller.” [2]" in text


BULLETS = "- Open the tray.\n- Turn the green wheel to the left."
CODE = "Run it as administrator:\n\n```\nunjam --tray 2\n```"


@pytest.mark.parametrize("best", [BULLETS, CODE, "Turn the green wheel until it clicks."])
def test_the_section_that_answers_best_is_shown_though_another_has_numbered_steps(
    best: str,
) -> None:
    sections = _sections(("Tray two", best, 1.0), ("Tray full", STEPS, 0.9))
    text, _ = _brief(_case(sections))
    assert best in text
    assert STEPS not in text


@pytest.mark.parametrize("heading", ["Symptoms", "What they see", "Why", "Wi-Fi", ""])
def test_where_the_best_section_only_describes_the_near_one_with_steps_is_shown(
    heading: str,
) -> None:
    seen = "- The paper sticks.\n- The lamp blinks."
    text, _ = _brief(_case(_sections((heading, seen, 1.0), ("Tray two", STEPS, 0.85))))
    assert STEPS in text


@pytest.mark.parametrize(
    "fault",
    [
        "The green wheel refuses to turn.",
        "The panel shows “wheel two”.",
        "The green wheel at PJ-441 turns.",
        "It jams near the green wheel.",
    ],
)
def test_the_problem_is_the_sentence_of_the_fault_and_no_guess(fault: str) -> None:
    talk = "Coffee arrived early in the large kitchen beside our archive this morning."
    guess = "Maybe Helena bought unusual envelopes for the archive in August."
    other = "Visitors walk through the corridor with umbrellas and suitcases today."
    text, _ = _brief(_case([], said=f"{talk} {guess} {other} {fault}"))
    assert fault in text
    assert guess not in text


@pytest.mark.parametrize("greeting", ["Hello,", "Hi <PERSON_3>,", "Good morning team,"])
def test_a_problem_that_is_told_after_a_greeting_is_told_without_it(greeting: str) -> None:
    fault = "the green wheel shows PJ-441 since noon."
    text, _ = _brief(_case([], said=f"{greeting} {fault} Coffee is here."))
    assert f"**Printer jams**: {fault}" in text
    assert "## Problem\n\n**Printer jams**\n" in _brief(_case([], said="Hello <PERSON_3>,"))[0]


def test_a_sentence_that_is_cut_says_so() -> None:
    text, _ = _brief(_case([], said=f"The wheel is stuck {'and it squeaks ' * 30}."))
    assert " …\n" in text


def test_where_the_best_section_only_describes_the_next_fix_of_its_document_is_shown() -> None:
    document = _sections(
        ("Before", "1. Buy paper.\n2. Buy toner.", 0.0),
        ("Symptom", "- The paper sticks.\n- The lamp blinks.", 1.0),
        ("Verify", "1. Print a page.\n2. Print another.", 0.0),
        ("Cause", "The wheel is worn.", 0.0),
        ("At the device", STEPS, 0.0),
        ("Toner is empty", "1. Shake it.\n2. Replace it.", 0.0),
    )
    text, _ = _brief(replace(_case([document[1]]), document=document))
    assert "“At the device” [1]:" in text
    assert STEPS in text


def test_where_no_section_has_steps_the_near_one_that_does_not_describe_is_shown() -> None:
    prose = "Turn the wheel to the left until it clicks."
    document = _sections(("Symptoms", "- It sticks.\n- It blinks.", 1.0), ("Tray", prose, 0.9))
    text, _ = _brief(replace(_case(document), document=document))
    assert f"“Tray” [1]:\n\n{prose}" in text


def test_steps_that_answer_far_worse_never_stand_in_for_a_description() -> None:
    seen = "The paper sticks and the lamp blinks."
    text, _ = _brief(_case(_sections(("Symptoms", seen, 1.0), ("Toner is empty", STEPS, 0.3))))
    assert seen in text
    assert STEPS not in text


def test_of_a_fault_that_is_told_in_a_few_words_what_every_fault_needs_is_asked() -> None:
    assert missing("The app crashes.", "") == (Fact.ERROR, Fact.DEVICE)
    told = "Since Monday the laptop says “disk not found” and everyone has it."
    assert missing(told, "") == ()
    assert missing("How do I share a folder?", "Which laptop is it? Note the serial.") == ()


LONG = (
    "The gate in the yard does not open any more for the vans that come in from the north, and the "
    "drivers stand in the rain and wait for the guard with the key."
)


@pytest.mark.parametrize(
    ("steps", "facts"),
    [
        ("1. Push the lever.\n2. The screen shows a message and says nothing else.", ()),
        ("1. Ask since when, and what changed.\n2. Push the lever.", (Fact.SINCE,)),
        ("1. Note the serial number.\n2. Ask how many people wait.", (Fact.DEVICE,)),
        ("1. Update to 4.2.\n2. Check that it is for one user or everyone.", ()),
    ],
)
def test_only_what_the_steps_need_is_asked(steps: str, facts: tuple[Fact, ...]) -> None:
    assert missing(LONG, steps) == facts


@pytest.mark.parametrize("said", ["my portal", "portal at <LOCATION_3>", "portal, nothing works"])
def test_who_is_affected_is_told_by_the_words_of_one_or_of_a_place(said: str) -> None:
    steps = "Is it one user, or the whole site?"
    assert missing(f"{LONG} The portal is down.", steps) == (Fact.AFFECTED,)
    assert missing(f"{LONG} The {said} is down.", steps) == ()


def test_the_brief_asks_what_the_section_it_shows_needs_and_no_other() -> None:
    other = _passage("Note the serial number.\nAsk since when.")
    text, _ = _brief(_case([_passage(STEPS), other], said=LONG))
    assert "## Ask" not in text
    text, _ = _brief(_case([other, _passage(STEPS)], said=LONG))
    assert "- Since when does it happen" in text


def test_questions_are_asked_in_the_language_of_the_ticket() -> None:
    assert question(Fact.SINCE, "de").reveal().startswith("Seit wann")
    assert question(Fact.SINCE, "pl") == question(Fact.SINCE, "en")


def test_a_step_with_a_contact_of_another_person_is_left_out_of_what_customers_read() -> None:
    text = "1. Open it.\n2. Call <PERSON_7> on <PHONE_NUMBER_8>.\n3. Go to <HOSTNAME_9>."
    ticket = _case([]).ticket
    (passage,) = for_customer([_passage(text, Audience.CUSTOMER)], known_to(ticket))
    assert passage.chunk.text.reveal() == (
        "1. Open it.\n2. Please ask us about this step.\n3. Go to <HOSTNAME_9>."
    )


def test_the_requester_and_those_of_the_public_thread_may_be_named() -> None:
    text = "Ask <PERSON_1> or <PERSON_2>."
    ticket = _case([], said="<PERSON_2> saw it too.").ticket
    (passage,) = for_customer([_passage(text, Audience.CUSTOMER)], known_to(ticket))
    assert passage.chunk.text.reveal() == text


def _brief(case: Case) -> tuple[str, tuple[Citation, ...]]:
    made = write_brief(case)
    return made.text.reveal(), made.citations


def _case(passages: list[Passage], said: str = "Since today the printer jams: “tray two”.") -> Case:
    turn = Turn(MORNING, redacted("<PERSON_1>"), TurnRole.REQUESTER, redacted(said))
    ticket = Ticket(
        "t",
        "HD-1",
        redacted("Printer jams"),
        redacted("<PERSON_1>"),
        TicketStatus.OPEN,
        "normal",
        MORNING,
        (turn,),
    )
    return Case(ticket, passages, answerable=True, confidence=0.9)


def _sections(*sections: tuple[str, str, float]) -> list[Passage]:
    """Return sections of one document: the heading, the text and the score of each."""
    made = [_passage(text) for _, text, _ in sections]
    return [
        replace(
            each,
            score=score,
            chunk=replace(
                each.chunk, id=f"c{at}", document_id="d", ordinal=at, heading=redacted(heading)
            ),
        )
        for at, (each, (heading, _, score)) in enumerate(zip(made, sections, strict=True))
    ]


def _passage(text: str, audience: Audience = Audience.AGENT) -> Passage:
    document = a_document()
    (chunk,) = chunks_of(document, [text])
    return Passage(
        replace(chunk, audience=audience), document.source, document.title, 1.0, ("terms",)
    )
