"""The sample of the monthly audit is computed from the ledger alone, and judged once by another."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.desk import Desk
from assistant.errors import BadInput, NotFound, Refused
from assistant.flows import audits, by_hand, forget, review
from assistant.flows.draft import draft_reply
from assistant.model import Audit, Judgement
from guardrails import RawText
from guardrails.audit.ledger import Ledger
from guardrails.identity.permissions import Person
from guardrails.policy import Policy, Rules
from guardrails.policy.rules import AuditRules, ReviewRules
from guardrails.policy.words import SecondLook
from tests.fakes.desks import KEY, a_desk
from tests.fakes.records import FakeRecords
from tests.fakes.tickets import import_tickets

RITA = Person("r@x", "harbour", may_read=True, may_release=True, id="rita")
OLGA = Person("o@x", "harbour", may_read=True, id="olga")
GOOD = Judgement(correct=True, complete=True, cited=True, leak=False, tone=True)
BAD = replace(GOOD, correct=False)
MONTH = "2026-11"


class Movable:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 3, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Movable:
    return Movable()


def made(clock: Movable, rules: Rules | None = None) -> Desk:
    records, policy = FakeRecords(), Policy(rules=rules or Rules())
    desk = a_desk(records=records, policy=policy)
    ledger = Ledger(records.ledger, KEY, lambda: policy, clock=clock)
    return replace(desk, clock=clock, ledger=ledger)


def rejected(desk: Desk, count: int, start: int = 0) -> list[str]:
    return [_rejected(desk, f"T-{start + at}") for at in range(count)]


def _rejected(desk: Desk, reference: str) -> str:
    ticket = {"id": reference, "turns": [{"text": "The printer jams."}]}
    import_tickets(desk, RawText(json.dumps(ticket)), "t.jsonl")
    draft = draft_reply(desk, reference).id
    review.reject(desk, RITA, draft)
    return draft


def over(clock: Movable) -> None:
    clock.now = datetime(2026, 12, 1, tzinfo=UTC)


def forms(desk: Desk) -> list[Audit]:
    return list(audits.agenda(desk).forms)


def kinds(desk: Desk, kind: str) -> list[dict[str, object]]:
    return [json.loads(row.body) for row in desk.ledger.rows() if row.kind == kind]


@pytest.mark.parametrize(
    ("share", "least", "count", "size"),
    [
        (0.05, 20, 3, 3),
        (0.05, 20, 100, 20),
        (0.05, 20, 401, 21),
        (0.07, 1, 100, 7),
        (0.0, 0, 9, 0),
        (1.0, 1, 9, 9),
    ],
)
def test_the_size_is_the_share_or_at_least_so_many_or_all(
    share: float, least: int, count: int, size: int
) -> None:
    rules = Rules(audit=AuditRules(sample=share, least=least))
    assert audits.size_of(rules, count) == size


def test_the_ledger_alone_gives_the_sample(clock: Movable) -> None:
    desk = made(clock, Rules(audit=AuditRules(least=3)))
    outputs = rejected(desk, 8)
    last = list(desk.ledger.rows())[-1].hash
    over(clock)
    desk.ledger.append("model.intent")  # of the next month: it changes nothing
    done = audits.sample(desk, MONTH, "olga")
    ordered = sorted(
        outputs,
        key=lambda each: hmac.new(last.encode(), each.encode(), hashlib.sha256).hexdigest(),
    )
    assert list(done.chosen) == ordered[:3]
    assert {each.draft_id for each in forms(desk)} == set(ordered[:3])
    (row,) = kinds(desk, "audit.drawn")
    assert (row["month"], row["count"], row["outputs"]) == (MONTH, 3, 8)
    assert (row["seed"], row["by"]) == (last, "olga")


def test_a_running_month_has_no_sample_yet(clock: Movable) -> None:
    desk = made(clock)
    rejected(desk, 1)
    clock.now = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    with pytest.raises(Refused, match=r"is not over.*2026-12-01"):
        audits.sample(desk, MONTH, "olga")
    assert forms(desk) == []
    assert kinds(desk, "audit.drawn") == []


@pytest.mark.parametrize("month", ["", "2026-13", "2026-1", "november", "2026-11-01"])
def test_what_is_no_month_is_refused(clock: Movable, month: str) -> None:
    with pytest.raises(BadInput):
        audits.sample(made(clock), month, "olga")


def test_a_month_without_output_has_nothing_to_audit(clock: Movable) -> None:
    desk = made(clock)
    over(clock)
    with pytest.raises(Refused, match="nothing to audit"):
        audits.sample(desk, MONTH, "olga")


def test_a_reply_that_a_person_wrote_is_no_output_of_ai(clock: Movable) -> None:
    desk = made(clock)
    (output,) = rejected(desk, 1)
    mine = by_hand.write_reply(desk, RITA, "T-0", RawText("Please restart it."))
    review.approve(desk, RITA, mine.id)
    review.release(desk, RITA, mine.id)
    over(clock)
    assert audits.sample(desk, MONTH, "olga").chosen == (output,)


def test_a_sample_that_was_killed_half_way_is_drawn_whole_and_once(
    clock: Movable, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = made(clock)
    rejected(desk, 3)
    over(clock)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("guardrails.audit.ledger.Ledger.append", die)
        with pytest.raises(KeyboardInterrupt):
            audits.sample(desk, MONTH, "olga")
    assert forms(desk) == []
    first = audits.sample(desk, MONTH, "olga")
    assert audits.sample(desk, MONTH, "rita") == first
    assert len(forms(desk)) == 3
    assert len(kinds(desk, "audit.drawn")) == 1


def test_computing_a_sample_writes_nothing(clock: Movable) -> None:
    desk = made(clock)
    rejected(desk, 2)
    over(clock)
    found = audits.recomputed(desk, MONTH)
    assert (len(found.chosen), found.drawn) == (2, False)
    assert forms(desk) == []
    assert kinds(desk, "audit.drawn") == []


def test_a_form_that_the_ledger_does_not_give_is_noticed(clock: Movable) -> None:
    desk = made(clock, Rules(audit=AuditRules(least=1)))
    outputs = rejected(desk, 3)
    over(clock)
    done = audits.sample(desk, MONTH, "olga")
    assert done.holds
    other = next(each for each in outputs if each not in done.chosen)
    desk.records.audits.add(replace(forms(desk)[0], id="f" * 32, draft_id=other))
    assert not audits.recomputed(desk, MONTH).holds


def test_later_rules_do_not_change_a_sample_that_was_drawn(clock: Movable) -> None:
    desk = made(clock, Rules(audit=AuditRules(least=1)))
    rejected(desk, 3)
    over(clock)
    done = audits.sample(desk, MONTH, "olga")
    stricter = Policy(rules=Rules())
    now = replace(desk, tenant=replace(desk.tenant, policy=stricter))
    assert audits.recomputed(now, MONTH).chosen == done.chosen
    assert audits.recomputed(now, MONTH).holds


def test_a_form_goes_with_its_erased_ticket_and_the_sample_still_holds(clock: Movable) -> None:
    desk = made(clock)
    rejected(desk, 2)
    over(clock)
    audits.sample(desk, MONTH, "olga")
    forget.forget_ticket(desk, "T-0")
    found = audits.recomputed(desk, MONTH)
    assert (len(forms(desk)), found.gone, found.holds) == (1, 1, True)


def test_what_is_overdue_is_listed_first_and_judged_forms_last(clock: Movable) -> None:
    desk = made(clock, Rules(audit=AuditRules(done_in_days=14)))
    rejected(desk, 2)
    over(clock)
    audits.sample(desk, MONTH, "olga")
    judged, left = forms(desk)
    audits.judge(desk, OLGA, judged.id, GOOD)
    assert [each.id for each in forms(desk)] == [left.id, judged.id]
    clock.now = left.due_at - timedelta(seconds=1)
    assert audits.agenda(desk).overdue(clock()) == 0
    clock.now = left.due_at
    assert left.due_at == datetime(2026, 12, 15, tzinfo=UTC)
    assert audits.agenda(desk).overdue(clock()) == 1
    assert forms(desk)[0].overdue(clock())


def test_a_month_whose_sample_nobody_drew_becomes_overdue(clock: Movable) -> None:
    desk = made(clock)
    rejected(desk, 2)
    assert audits.agenda(desk).undrawn == ()
    over(clock)
    (due,) = audits.agenda(desk).undrawn
    assert (due.month, due.outputs, due.overdue) == (MONTH, 2, False)
    clock.now += timedelta(days=14)
    assert audits.agenda(desk).overdue(clock()) == 1


def test_another_person_than_those_who_decided_judges_a_form_once(clock: Movable) -> None:
    desk = made(clock)
    rejected(desk, 1)
    over(clock)
    audits.sample(desk, MONTH, "olga")
    (form,) = forms(desk)
    with pytest.raises(Refused, match="another person"):
        audits.judge(desk, RITA, form.id, GOOD)
    done = audits.judge(desk, OLGA, form.id[:8], BAD)
    assert (done.judgement, done.judged_by, done.judged_at) == (BAD, "olga", clock())
    with pytest.raises(Refused, match="already"):
        audits.judge(desk, OLGA, form.id, GOOD)
    (row,) = kinds(desk, "audit.judged")
    assert (row["audit"], row["by"]) == (form.id, "olga")
    assert forms(desk)[0].judgement == BAD


def test_where_the_policy_asks_for_nobody_else_a_reviewer_judges_their_own(clock: Movable) -> None:
    desk = made(clock, Rules(review=ReviewRules(second_look=SecondLook.ANYBODY)))
    rejected(desk, 1)
    over(clock)
    audits.sample(desk, MONTH, "rita")
    assert audits.judge(desk, RITA, forms(desk)[0].id, GOOD).judged_by == "rita"


def test_an_unknown_form_is_not_found(clock: Movable) -> None:
    for start in ("", "abc"):
        with pytest.raises(NotFound):
            audits.judge(made(clock), OLGA, start, GOOD)


def test_answers_are_counted_by_month_and_small_counts_are_left_out(clock: Movable) -> None:
    desk = made(clock, Rules(least_count=2))
    rejected(desk, 4)
    over(clock)
    audits.sample(desk, MONTH, "olga")
    first, *rest = forms(desk)
    audits.judge(desk, OLGA, first.id, BAD)
    assert audits.figures(desk) == []
    for each in rest:
        audits.judge(desk, OLGA, each.id, GOOD)
    (found,) = audits.figures(desk)
    assert (found.month, found.judged) == (MONTH, 4)
    assert "correct" not in found.answers  # one form says no
    assert (found.answers["complete"], found.answers["leak"]) == ((4, 0), (0, 4))
