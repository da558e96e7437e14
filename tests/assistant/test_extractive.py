"""The writer without a model quotes, cites, and never invents."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from assistant.model import Chunk, Passage, Ticket, TicketStatus, Turn, TurnRole
from assistant.writers.extractive import NOTHING_FOUND, ExtractiveWriter
from guardrails import RedactedText
from tests.fakes.plain import redacted

WRITER = ExtractiveWriter()
MORNING = datetime(2026, 10, 12, 8, 14, tzinfo=UTC)
STEPS = """The label printer stops with a red light when the head is dirty.

1. Switch the printer off.
2. Clean the print head with a swab:

   ```
   lpadmin -p LABEL -o clean
   ```
3. Switch it on and print a test label."""
SYMPTOMS = "The label printer shows a red light and prints half a label, the label printer stops."


def a_passage(
    text: str, *, title: str = "Label printer", heading: str = "Fix", rank: int = 0
) -> Passage:
    chunk = Chunk(f"c{rank}", f"d{title}", 0, redacted(heading), redacted(text), 1, 9)
    return Passage(
        chunk, redacted(f"kb/{title}.md"), redacted(title), 0.03 - rank * 0.001, ("terms",)
    )


def a_ticket(*turns: tuple[TurnRole, str], requester: str = "<PERSON_1>") -> Ticket:
    return Ticket(
        id="t1",
        reference="HD-1",
        subject=redacted("Label printer red light"),
        requester=redacted(requester),
        status=TicketStatus.OPEN,
        priority="normal",
        created_at=MORNING,
        turns=tuple(
            Turn(MORNING, redacted(requester), role, redacted(text)) for role, text in turns
        ),
    )


TICKET = a_ticket(
    (TurnRole.REQUESTER, "Hi,\n\nthe label printer has a red light and stops.\n\nThanks")
)


def quoted(body: RedactedText) -> list[str]:
    """Return the lines of a reply between its lead and its close, citation marks left out."""
    inner = body.reveal().split("\n\n", 2)[2].rsplit("\n\n", 1)[0]
    return [re.sub(r" ?\[\d\]$", "", line) for line in inner.splitlines() if line.strip()]


def test_every_line_of_a_reply_is_in_a_passage() -> None:
    written = WRITER.reply(TICKET, [a_passage(STEPS)])
    lines = quoted(written.body)
    assert lines
    assert all(not line or line in STEPS for line in lines)


def test_steps_come_in_their_order_with_their_code_and_a_citation() -> None:
    body = WRITER.reply(TICKET, [a_passage(STEPS)]).body.reveal()
    assert body.index("1. Switch") < body.index("lpadmin -p LABEL") < body.index("3. Switch")
    assert "[1]" in body


def test_the_fix_is_quoted_rather_than_the_symptoms_that_repeat_the_question() -> None:
    symptoms = a_passage(SYMPTOMS, heading="Symptoms")
    body = WRITER.reply(TICKET, [symptoms, a_passage(STEPS, rank=1)]).body.reveal()
    assert "Clean the print head" in body


def test_each_citation_names_the_passage_that_it_numbers() -> None:
    written = WRITER.reply(TICKET, [a_passage(STEPS)])
    (citation,) = written.citations
    assert (citation.number, citation.source.reveal()) == (1, "kb/Label printer.md")
    numbers = {int(number) for number in re.findall(r"\[(\d)\]", written.body.reveal())}
    assert numbers == {each.number for each in written.citations}


def test_nothing_is_said_twice() -> None:
    duplicate = a_passage(STEPS, title="Label printer (old)", rank=1)
    body = WRITER.reply(TICKET, [a_passage(STEPS), duplicate]).body.reveal()
    assert body.count("Clean the print head") == 1


def test_a_passage_that_held_a_secret_is_not_quoted_in_a_reply() -> None:
    body = WRITER.reply(TICKET, [a_passage("The printer password is <SECRET> on each floor.")])
    assert "<SECRET>" not in body.body.reveal()


def test_an_agent_sees_a_step_that_held_a_secret() -> None:
    steps = "1. Type <SECRET> at the panel.\n2. Clean the label printer."
    body = WRITER.answer(redacted("label printer stops"), [a_passage(steps)]).body.reveal()
    assert body.startswith("1. Type <SECRET>")


def test_without_passages_the_reply_says_that_a_colleague_will_look() -> None:
    written = WRITER.reply(TICKET, [])
    assert written.notes == (NOTHING_FOUND,)
    assert "no answer" in written.body.reveal()
    assert not written.citations


def test_without_passages_an_answer_is_empty_and_says_so() -> None:
    written = WRITER.answer(redacted("what now?"), [])
    assert not written.body
    assert written.notes == (NOTHING_FOUND,)


def test_the_same_input_gives_the_same_words() -> None:
    passages = [a_passage(STEPS), a_passage(SYMPTOMS, heading="Symptoms", rank=1)]
    first, second = (WRITER.reply(TICKET, passages).body for _ in range(2))
    assert first == second


def test_a_summary_quotes_both_sides_and_says_who_spoke_last() -> None:
    ticket = a_ticket(
        (TurnRole.REQUESTER, "Hello,\nthe label printer in room 4 has a red light."),
        (TurnRole.AGENT, "Please clean the print head with a swab."),
    )
    body = WRITER.summarise(ticket).body.reveal()
    assert "red light" in body.split("So far:")[0]
    assert "print head" in body.split("So far:")[1]
    assert body.endswith("Status: open, we spoke last")


def test_quoted_mail_and_greetings_are_not_part_of_a_summary() -> None:
    thread = (
        "Hi team,\nit jams again.\n> On Monday Olga wrote:\n> the scanner broke entirely\nThanks"
    )
    body = WRITER.summarise(a_ticket((TurnRole.REQUESTER, thread))).body.reveal()
    assert "jams again" in body
    assert "scanner" not in body
    assert "Hi team" not in body


def test_an_empty_thread_has_a_summary_too() -> None:
    assert "no words of the requester" in WRITER.summarise(a_ticket()).body.reveal()


def test_a_requester_without_a_name_is_greeted_without_one() -> None:
    ticket = a_ticket((TurnRole.REQUESTER, "red light"), requester="")
    assert WRITER.reply(ticket, []).body.reveal().startswith("Hello,\n")


def test_a_yes_stands_after_the_question_that_it_answers() -> None:
    says = "Yes, you can. It is even wanted, so that the figures are right."
    passage = a_passage(says, heading="Accounts › May I change my address?")
    body = ExtractiveWriter().answer(redacted("may I keep my old address"), [passage]).body
    assert body.reveal().startswith("**May I change my address?**\n\nYes, you can.")
    plain = a_passage("Yesterday's copy of the address book is kept.", heading="Copies")
    assert "**" not in ExtractiveWriter().answer(redacted("address book"), [plain]).body.reveal()
