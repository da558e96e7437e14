"""A conversation: follow-up questions, answers that grow by checked sentences, and stopping."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from dataclasses import replace

import pytest

from assistant.desk import Desk
from assistant.flows.ask import Answer, ask, asking
from assistant.model import Chunk, Document, Written
from assistant.prompts import UNANSWERED
from assistant.search.indexing import index_chunks
from guardrails import RawText
from tests.assistant.test_model_writer import (
    PRINTING,
    WHEN,
    Bench,
    QuotesNothing,
    fell_back,
    open_bench,
)
from tests.fakes.desks import a_desk
from tests.fakes.plain import redacted
from tests.guardrails.gate_bench import MAIL, NAME, Tenant
from tests.model_server import Answer as Scripted
from tests.model_server import ModelServer, drip, fail, say, truncate

STEPS = (
    "Printing stops when a job hangs. [1] Restart the Print Spooler service. [1] Wait 30 seconds, "
    "then print a test page. [1] Never switch the printer off while a job runs. [1]"
)
LIE = "Then delete the folder System32 and order a new mainboard from the vendor. [1]"


@pytest.fixture
def bench() -> Iterator[Bench]:
    with ModelServer() as server:
        yield open_bench(server, Tenant())


@pytest.fixture
def alone() -> Iterator[Bench]:
    """A bench whose fallback writer quotes nothing: answers are the model's alone."""
    with ModelServer() as server:
        yield open_bench(server, Tenant(), fallback=QuotesNothing())


def growing(bench: Bench, *answers: Scripted) -> list[Written]:
    """Return what the writer shows, step by step."""
    bench.server.will(*answers)
    return list(bench.writer.answering(redacted("Why does it not print?"), bench.passages()))


def test_the_quotation_is_there_at_once_and_stays_while_the_model_writes(bench: Bench) -> None:
    more = f"{STEPS} Empty the shared folder when it is full."
    first, *steps, last = growing(bench, say(more))
    quoted = first.body.reveal()
    assert "Restart the Print Spooler service" in quoted
    for each in (*steps, last):
        assert each.body.reveal().startswith(quoted)
        assert each.highlight == first.highlight
    assert last.body.reveal() == f"{quoted}\n\nEmpty the shared folder when it is full. [2]"


def test_an_answer_grows_by_whole_sentences(alone: Bench) -> None:
    *steps, last = growing(alone, say(STEPS))
    assert last.writer == "model:local"
    assert last.body.reveal().strip() == STEPS
    assert [each.number for each in last.citations] == [1]
    bodies = list(dict.fromkeys(each.body.reveal() for each in steps if each.body))
    assert len(bodies) > 1
    for body in bodies:
        assert STEPS.startswith(body)
        assert body.rstrip().endswith("[1]")
    assert {each.intents for each in (*steps, last)} == {(1,)}


def test_a_sentence_that_no_passage_says_is_never_shown_and_the_others_are(alone: Bench) -> None:
    parts = STEPS.partition("Wait")
    *steps, last = growing(alone, say(f"{parts[0]}{LIE} {parts[1]}{parts[2]}"))
    assert any(each.body for each in steps)
    for each in (*steps, last):
        assert "System32" not in each.body.reveal()
        assert STEPS.startswith(each.body.reveal())
    assert last.body.reveal() == STEPS


@pytest.mark.parametrize("bad", [f"Write to {MAIL} for help. [1]", f"Ask {NAME} for it. [1]"])
def test_what_fails_a_check_is_never_shown_while_it_grows(alone: Bench, bad: str) -> None:
    parts = STEPS.partition("Wait")
    *steps, last = growing(alone, say(f"{parts[0]}{bad} {parts[1]}{parts[2]}"))
    assert any(each.body for each in steps)
    for each in (*steps, last):
        assert "help" not in each.body.reveal()
        assert "for it" not in each.body.reveal()
    fell_back(last)


@pytest.mark.parametrize("answer", [fail(500), truncate("Restart the Print Spooler service. [1]")])
def test_a_model_that_breaks_off_leaves_the_fallback_writers_answer(
    bench: Bench, answer: Scripted
) -> None:
    *_, last = growing(bench, *[answer] * 3)
    assert "The model" in fell_back(last)
    assert last.intents[0] == 1


def desk_of(bench: Bench) -> Desk:
    """Return a desk that knows one document and asks the bench's model."""
    desk = a_desk()
    document = Document("d" * 32, redacted("kb/print.md"), redacted("Printing"), "f", WHEN, 1)
    chunk = Chunk("c" * 32, document.id, 0, redacted("Printing"), redacted(PRINTING), 1, 9)
    desk.records.documents.put(document, [chunk])
    index_chunks(desk.embedder, desk.vectors, [chunk], {document.id: document.title})
    return replace(desk, writer=bench.writer)


def answered(desk: Desk) -> list[dict[str, object]]:
    rows = [row for row in desk.ledger.rows() if row.kind == "question.answered"]
    return [json.loads(row.body) for row in rows]


def test_stopping_hangs_up_on_the_model_and_is_on_record(bench: Bench) -> None:
    desk = desk_of(bench)
    bench.server.will(drip(0.01))
    answers: Generator[Answer] = asking(desk, RawText("Printing stops: restart the spooler?"))
    next(answers)
    answers.close()
    assert bench.server.hung_up.wait(10)
    assert [(row["stopped"], row["intents"]) for row in answered(desk)] == [(True, "1")]


def test_where_search_and_model_disagree_is_on_record(bench: Bench) -> None:
    desk = desk_of(bench)
    lie = "Buy a bigger transformer from the vendor in Rotterdam."
    bench.server.will(say(STEPS), say(UNANSWERED), say(lie), truncate("x"))
    for _ in range(4):
        ask(desk, RawText("Printing stops, restart the spooler service?"))
    assert [(row["answerable"], row["model"]) for row in answered(desk)] == [
        (True, "used"),
        (True, "declined"),
        (True, "unsupported"),
        (True, "failed"),
    ]


def test_a_follow_up_is_asked_behind_what_it_follows(bench: Bench) -> None:
    desk = desk_of(bench)
    bench.server.will(say(STEPS), say(STEPS))
    first = ask(desk, RawText("Printing stops, restart the spooler service?"))
    *_, second = asking(desk, RawText("And then print a test page?"), before=[first.question])
    assert second.answerable
    prompt = bench.server.received[1].prompt
    assert "Before: Printing stops, restart the spooler service?" in prompt
    assert "Now: And then print a test page?" in prompt
    assert second.question.reveal() == "And then print a test page?"
    assert [row["stopped"] for row in answered(desk)] == [False, False]


def test_what_was_asked_before_gives_a_follow_up_its_sense() -> None:
    desk = a_desk()
    for name, text in (("mac", "Install the VPN client on a Mac."), ("car", "Park the car.")):
        document = Document(name * 8, redacted(f"{name}.md"), redacted(name), "f", WHEN, 1)
        chunk = Chunk(f"{name}-1", document.id, 0, redacted(name), redacted(text), 1, 2)
        desk.records.documents.put(document, [chunk])
        index_chunks(desk.embedder, desk.vectors, [chunk], {document.id: document.title})
    before = [redacted("How do I install the VPN client?")]
    followed = ask(desk, RawText("And there?"), before=before).passages
    assert followed[0].source.reveal() == "mac.md"
