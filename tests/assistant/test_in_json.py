"""Answers in JSON: asked for where it is set, read within bounds, checked like any other answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.model import Outcome, Written
from assistant.writers.in_json import LONGEST, MOST, in_words, schema_of
from guardrails import RawText, RedactedText
from guardrails.text import unwrap
from tests.assistant.test_model_writer import GOOD, Bench, QuotesNothing, fell_back, open_bench
from tests.fakes.plain import redacted
from tests.guardrails.gate_bench import MAIL, Tenant
from tests.model_server import ModelServer, say
from tests.server_modes import obeying, refusing, text

ASKED = redacted("What when printing stops?")
RESTART = {"text": "1. Restart the Print Spooler service.", "passages": [1]}
WAIT = {"text": "2. Wait 30 seconds, then print a test page.", "passages": [1]}
STEPS = "1. Restart the Print Spooler service. [1]\n2. Wait 30 seconds, then print a test page. [1]"


def answer_of(*sentences: object) -> dict[str, object]:
    return {"sentences": list(sentences)}


@pytest.fixture
def bench() -> Iterator[Bench]:
    with ModelServer() as server:
        yield open_bench(server, Tenant(), fallback=QuotesNothing(), json_schema=True)


def ask(bench: Bench, way: str, asked: RedactedText = ASKED) -> Written:
    if way == "whole":
        return bench.writer.answer(asked, bench.passages())
    return list(bench.writer.answering(asked, bench.passages()))[-1]


def format_asked(bench: Bench) -> list[Any]:
    return [each.json.get("response_format") for each in bench.server.received]


@pytest.mark.parametrize("way", ["whole", "streamed"])
def test_sentences_in_json_become_the_same_draft_as_words(bench: Bench, way: str) -> None:
    bench.server.will(obeying(answer_of(RESTART, WAIT)))
    written = ask(bench, way)
    assert (written.outcome, written.body.reveal()) == (Outcome.USED, STEPS)
    assert [(each.number, each.title.reveal()) for each in written.citations] == [(1, "Printing")]
    (asked,) = format_asked(bench)
    assert asked["json_schema"]["schema"] == schema_of(2)


def test_a_streamed_answer_in_json_grows_in_words(bench: Bench) -> None:
    bench.server.will(obeying(answer_of(RESTART, WAIT, RESTART)))
    shown = [each.body.reveal() for each in bench.writer.answering(ASKED, bench.passages())]
    assert "1. Restart the Print Spooler service. [1]" in shown[:-1]
    assert not [each for each in shown if "{" in each or "passages" in each]


def test_a_reply_and_a_summary_are_asked_for_in_json_too(bench: Bench) -> None:
    greeting: dict[str, object] = {"text": "Hello <PERSON_1>,", "passages": list[int]()}
    bench.server.will(obeying(answer_of(greeting, RESTART)))
    written = bench.writer.reply(bench.ticket(), bench.passages())
    assert written.body.reveal() == "Hello <PERSON_1>,\n1. Restart the Print Spooler service. [1]"
    said = {"text": "<PERSON_1> reports that the PC <HOSTNAME_1> prints nothing."}
    bench.server.will(obeying(answer_of(said)))
    assert bench.writer.summarise(bench.ticket()).body.reveal() == said["text"]
    assert format_asked(bench)[1]["json_schema"]["schema"] == schema_of(0)


@pytest.mark.parametrize("way", ["whole", "streamed"])
def test_a_server_that_refuses_a_schema_is_asked_for_words(bench: Bench, way: str) -> None:
    words = {"error": {"message": "response_format is not supported"}}
    refuses = refusing(lambda body: "response_format" in body, 400, words, text(STEPS))
    bench.server.will(refuses, refuses, refuses)
    assert ask(bench, way).body.reveal() == STEPS
    assert ask(bench, way).body.reveal() == STEPS
    assert [bool(each) for each in format_asked(bench)] == [True, False, False]


def test_a_server_that_ignores_a_schema_is_read_in_words(bench: Bench) -> None:
    written = bench.reply(say(GOOD))
    assert written.body.reveal().split() == GOOD.split()


@pytest.mark.parametrize("way", ["whole", "streamed"])
@pytest.mark.parametrize(
    "broken",
    [
        json.dumps(answer_of(RESTART, WAIT))[:-9],
        '{"sentences": [' + json.dumps(RESTART) + " " + json.dumps(WAIT) + "]}",
        json.dumps(answer_of({"text": {"text": RESTART["text"]}})),
        json.dumps({"sentences": RESTART["text"]}),
    ],
)
def test_broken_json_is_not_used(bench: Bench, way: str, broken: str) -> None:
    bench.server.will(text(broken))
    assert "support too little" in fell_back(ask(bench, way))


@pytest.mark.parametrize("way", ["whole", "streamed"])
def test_json_that_is_cut_off_at_the_limit_keeps_whole_sentences(bench: Bench, way: str) -> None:
    begun = json.dumps(answer_of(RESTART, WAIT))
    bench.server.will(say(begun[: begun.index(" test page")], "length"))
    written = ask(bench, way)
    assert written.body.reveal() == "1. Restart the Print Spooler service. [1]"
    assert any("cut off" in note for note in written.notes)


@pytest.mark.parametrize(
    "hostile",
    [
        answer_of(*[RESTART] * 10_000),
        answer_of({"text": "Restart the Print Spooler service. " * 30_000, "passages": [1]}),
        answer_of({"text": "x" * (LONGEST + 1)}),
        answer_of(*[{"text": str(at)} for at in range(MOST + 1)]),
    ],
)
def test_json_out_of_bounds_leaves_nothing_to_read(hostile: object) -> None:
    assert unwrap(in_words(RawText(json.dumps(hostile)), whole=True)) == ""


def test_nested_json_is_not_read_deep_and_numbers_are_few_and_short() -> None:
    nested = '{"sentences": [' * 5_000
    assert unwrap(in_words(RawText(nested), whole=True)) == nested
    numbers = [0, -1, 10, 10**30, 2.5, True, "[1]", None, [1], 1, 2, 3, 4]
    many = answer_of({"text": "Restart it.", "passages": numbers})
    assert unwrap(in_words(RawText(json.dumps(many)), whole=True)) == "Restart it.\n[1, 2, 3]\n"


@pytest.mark.parametrize("way", ["whole", "streamed"])
@pytest.mark.parametrize("wrong", [[2], [7], [2, 9], []])
def test_a_wrong_number_does_not_become_a_citation(
    bench: Bench, way: str, wrong: list[int]
) -> None:
    bench.server.will(obeying(answer_of({**RESTART, "passages": wrong})))
    written = ask(bench, way)
    assert written.body.reveal() == "1. Restart the Print Spooler service. [1]"
    bench.server.will(obeying(answer_of({"text": "Buy a new printer in June.", "passages": [1]})))
    assert ask(bench, way).outcome is Outcome.UNSUPPORTED


def test_what_json_escapes_is_checked_as_it_reads(bench: Bench) -> None:
    """A personal value that is spelled in escapes is found all the same."""
    spelled = "".join(f"\\u{ord(each):04x}" for each in f"Mail {MAIL} for help.")
    bench.server.will(say('{"sentences": [{"text": "' + spelled + '", "passages": [1]}]}'))
    written = ask(bench, "whole")
    assert written.outcome is Outcome.REFUSED
    assert MAIL not in written.said.reveal()


def test_a_text_that_ends_in_code_keeps_its_fence() -> None:
    coded = {"text": "```\nnet stop spooler\n```", "passages": [1]}
    words = unwrap(in_words(RawText(json.dumps(answer_of(coded))), whole=True))
    assert words.splitlines()[2] == "```"


def test_unless_it_is_set_a_model_is_asked_for_words() -> None:
    with ModelServer() as server:
        plain = open_bench(server, Tenant())
        plain.reply(say(GOOD))
        assert format_asked(plain) == [None]
