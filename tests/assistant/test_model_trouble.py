"""A writer whose model's server misbehaves: the fallback writer answers, and the note says why."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.errors import ModelBusy
from assistant.flows.ask import ask
from assistant.writers.extractive import ExtractiveWriter
from assistant.writers.model import ModelWriter
from guardrails import RawText
from tests.assistant.test_asking import desk_of
from tests.assistant.test_model_writer import GOOD, Bench, fell_back, open_bench
from tests.fakes.desks import no_suspects
from tests.guardrails.gate_bench import Tenant
from tests.model_server import Answer, ModelServer
from tests.server_modes import error, message, text

EMPTY: dict[str, tuple[Answer, str]] = {
    "null": (message(None), "sent an empty answer"),
    "empty": (message(""), "sent an empty answer"),
    "blank": (message(" \n"), "sent an empty answer"),
    "reasoning beside": (message("", reasoning_content="Hm"), "sent its reasoning, but no answer"),
    "reasoning inside": (text("<think>Hm"), "sent its reasoning, but no answer"),
}
empty = pytest.mark.parametrize("mode", EMPTY)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with ModelServer() as server:
        yield open_bench(server, Tenant())


@empty
def test_a_model_without_an_answer_does_not_mean_that_the_documentation_has_none(
    mode: str, bench: Bench
) -> None:
    answer, why = EMPTY[mode]
    bench.server.will(*[answer] * 3)
    reply = bench.writer.reply(bench.ticket(), bench.passages())
    summary = bench.writer.summarise(bench.ticket())
    *_, told = bench.writer.answering(bench.redact("Why does it not print?"), bench.passages())
    for written in (reply, summary, told):
        assert why in fell_back(written)
        assert written.body


@empty
def test_a_model_without_an_answer_leaves_no_gap(mode: str, bench: Bench) -> None:
    desk = desk_of(bench)
    bench.server.will(EMPTY[mode][0])
    answer = ask(desk, RawText("Printing stops: restart the spooler?"))
    assert answer.answerable
    assert not answer.noted
    assert desk.records.gaps.list() == []


def test_reasoning_is_in_nothing_that_a_person_reads(bench: Bench) -> None:
    written = bench.reply(text(f"<think>The customer is angry.</think>{GOOD}"))
    assert written.writer == "model:local"
    assert "angry" not in written.said.reveal() + written.body.reveal()


def test_a_stream_that_turned_out_to_be_reasoning_is_replaced_by_its_answer(bench: Bench) -> None:
    said = "The user is angry.\n</think>\n" + "Restart the Print Spooler service. [1]"
    bench.server.will(text(said))
    *_, last = bench.writer.answering(bench.redact("Why does it not print?"), bench.passages())
    assert last.writer == "model:local"
    assert "angry" not in last.said.reveal() + last.body.reveal()


def test_an_answer_that_was_cut_off_is_kept_and_says_so(bench: Bench) -> None:
    said = "Restart the Print Spooler service. [1] Then wai"
    bench.server.will(*[message(said, "length")] * 2)
    reply = bench.writer.reply(bench.ticket(), bench.passages())
    *_, told = bench.writer.answering(bench.redact("Why does it not print?"), bench.passages())
    for written in (reply, told):
        assert written.writer == "model:local"
        assert "wai" not in written.body.reveal()
        assert [note for note in written.notes if "cut off at its token limit" in note]


def test_a_busy_server_is_waited_for_twice_before_the_fallback_writer_answers(
    bench: Bench,
) -> None:
    busy = [error(429, "busy", retry_after="2")]
    assert bench.reply(*busy * 2, text(GOOD)).writer == "model:local"
    assert "too busy" in fell_back(bench.reply(*busy * 3))


def test_a_batch_leaves_a_ticket_for_its_next_run_when_the_server_is_busy(bench: Bench) -> None:
    tenant, chat = bench.tenant, bench.writer._chat
    parts = chat, tenant.redactor, tenant.scanner, ExtractiveWriter(), no_suspects
    writer = ModelWriter(*parts, asks_again=True)
    bench.server.will(*[error(503, "busy")] * 3)
    with pytest.raises(ModelBusy):
        writer.reply(bench.ticket(), bench.passages())
