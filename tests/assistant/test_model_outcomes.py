"""What became of the texts of models is counted by feature and model, from the ledger alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.desk import Desk
from assistant.flows.ask import ask
from assistant.flows.draft import draft_reply
from assistant.flows.model_outcomes import NOT_SENT, model_outcomes
from assistant.flows.summarise import summarise
from assistant.model import Feature, Outcome, Ticket, Written
from assistant.writers.extractive import ExtractiveWriter
from guardrails import RawText, RedactedText
from guardrails.audit.ledger import Ledger
from guardrails.policy import Policy
from tests.fakes.desks import KEY, a_desk
from tests.fakes.records import FakeLedger, FakeRecords
from tests.fakes.tickets import import_tickets

TICKET = '{"id": "T-1", "turns": [{"text": "The Quincewort printer jams."}]}'


class Asked(ExtractiveWriter):
    """Writes as the fallback writer does, after a model was asked with an outcome."""

    def __init__(self, ledger: Ledger, model: str, outcome: Outcome | None) -> None:
        super().__init__()
        self._ledger, self._model, self._outcome = ledger, model, outcome

    def summarise(self, ticket: Ticket) -> Written:
        return self._with(super().summarise(ticket))

    def reply(self, ticket: Ticket, passages: object) -> Written:
        return self._with(super().reply(ticket, ()))

    def answer(self, question: RedactedText, passages: object) -> Written:
        return self._with(super().answer(question, ()))

    def _with(self, written: Written) -> Written:
        intents = (self._ledger.append("model.intent", destination=self._model).number,)
        sent = intents if self._model else ()
        return replace(written, outcome=self._outcome, intents=sent)


def write(desk: Desk, outcome: Outcome | None, *, model: str = "small", times: int = 1) -> None:
    """Draft a reply, summarise and answer, each ``times`` times, with one outcome."""
    asked = replace(desk, writer=Asked(desk.ledger, model, outcome))
    for _ in range(times):
        draft_reply(asked, "T-1")
        summarise(asked, "T-1")
        ask(asked, RawText("Why does the Quincewort printer jam?"))


@pytest.fixture
def desk() -> Desk:
    desk = a_desk()
    import_tickets(desk, RawText(TICKET), "t.jsonl")
    return desk


def test_every_outcome_is_counted_for_replies_summaries_and_questions(desk: Desk) -> None:
    for times, outcome in enumerate(Outcome, start=1):
        write(desk, outcome, times=times)
    found = model_outcomes(desk)
    assert [(each.feature, each.model) for each in found] == [
        (Feature.ANSWER, "small"),
        (Feature.REPLY, "small"),
        (Feature.SUMMARY, "small"),
    ]
    wanted = {outcome: times for times, outcome in enumerate(Outcome, start=1)}
    assert [each.counts for each in found] == [wanted] * 3


def test_each_model_is_counted_under_its_own_name_also_when_the_fallback_writer_wrote(
    desk: Desk,
) -> None:
    write(desk, Outcome.DECLINED)
    write(desk, Outcome.UNSUPPORTED, model="large")
    write(desk, Outcome.FAILED, model="")
    replies = {
        each.model: each.counts for each in model_outcomes(desk) if each.feature is Feature.REPLY
    }
    assert replies == {
        "small": {Outcome.DECLINED: 1},
        "large": {Outcome.UNSUPPORTED: 1},
        NOT_SENT: {Outcome.FAILED: 1},
    }


def test_texts_for_which_no_model_was_asked_are_not_counted(desk: Desk) -> None:
    write(desk, None)
    assert model_outcomes(desk) == []


def test_only_the_days_asked_for_are_counted(desk: Desk) -> None:
    write(desk, Outcome.USED)
    today = datetime.now(UTC).date()
    assert len(model_outcomes(desk, today.isoformat())) == 3
    assert model_outcomes(desk, (today + timedelta(days=1)).isoformat()) == []


def test_rows_of_earlier_versions_count_as_no_model_asked() -> None:
    desk = replace(a_desk(), ledger=Ledger(FakeLedger(), KEY, Policy))
    desk.ledger.append("draft.queued", draft_kind="reply", writer="extractive", intents="")
    assert model_outcomes(desk) == []


def test_the_ledger_alone_is_read_so_no_text_is_opened(desk: Desk) -> None:
    write(desk, Outcome.REFUSED)
    without_texts = replace(desk, records=FakeRecords())
    assert model_outcomes(without_texts) == model_outcomes(desk)
    assert len(model_outcomes(without_texts)) == 3
