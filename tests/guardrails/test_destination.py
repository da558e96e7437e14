"""What a policy and the register say about a destination, on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from guardrails.policy import Destination, Policy, Purpose, Rules, SubprocessorKind
from guardrails.policy.rules import Subprocessors
from guardrails.policy.words import Term

DAY = date(2026, 11, 2)
FOREIGN = Destination(
    "anthropic-eu",
    "https://api.example",
    region="eu",
    no_training=True,
    operator="Anthropic",
    contract=True,
    announced_on=date(2026, 1, 5),
    reviewed_on=date(2026, 1, 5),
    review_by=date(2027, 1, 5),
)
OWN = Destination("model", "http://127.0.0.1:8080", own=True)


def refused(rules: dict[str, Any], day: date = DAY, **changes: Any) -> str:
    policy = Policy(1, replace(Rules(), subprocessors=Subprocessors(**rules)))
    return policy.refusal(replace(FOREIGN, **changes), Purpose.REPLY, day)


def test_an_entry_with_every_term_is_allowed_under_the_strictest_need() -> None:
    assert refused({"need": frozenset(Term)}, baa=True) == ""


@pytest.mark.parametrize(
    ("rules", "changes", "words"),
    [
        ({}, {"ended": True}, "anthropic-eu has ended"),
        ({}, {"announced_on": None}, "not enabled for this tenant"),
        ({"names": frozenset({"Twilio"})}, {}, "does not name Anthropic"),
        ({"need": frozenset({Term.CONTRACT})}, {"contract": False}, "lacks.*contract"),
        ({"need": frozenset({Term.REVIEW_BY})}, {"review_by": None}, "lacks.*review"),
        ({"need": frozenset({Term.BAA})}, {}, "lacks.*business associate"),
        ({"need": frozenset({Term.REGION})}, {"region": ""}, "lacks.*region"),
        ({"need": frozenset[Term]()}, {"region": ""}, "region of anthropic-eu is not known"),
        ({}, {"no_training": False}, "out of training"),
        ({}, {"reviewed_on": None}, "lapsed"),
        ({}, {"purposes": frozenset({Purpose.DELIVER})}, "not registered for the purpose “reply”"),
    ],
)
def test_each_reason_has_words(rules: dict[str, Any], changes: dict[str, Any], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(refused(rules, **changes))


def test_names_of_the_policy_are_compared_without_regard_to_case() -> None:
    assert refused({"names": frozenset({"ANTHROPIC"})}) == ""


@pytest.mark.parametrize(
    ("day", "usable"),
    [
        (date(2026, 1, 18), False),
        (date(2026, 1, 19), True),
        (date(2026, 7, 5), True),
        (date(2026, 7, 6), False),
    ],
)
def test_an_entry_waits_for_its_notice_and_lapses_after_so_many_months(
    day: date, usable: bool
) -> None:
    assert (refused({"notice_days": 14, "lapse_months": 6}, day) == "") is usable


def test_an_entry_may_be_used_on_the_day_of_its_review_and_not_after() -> None:
    assert refused({}, date(2027, 1, 5)) == ""
    assert "lapsed" in refused({}, date(2027, 1, 6))


def test_of_a_server_on_this_machine_neither_terms_nor_notice_are_asked() -> None:
    rules = Subprocessors(need=frozenset(Term), names=frozenset({"Twilio"}), notice_days=90)
    policy = Policy(1, replace(Rules(), subprocessors=rules))
    assert policy.refusal(OWN, Purpose.REPLY, DAY) == ""
    assert "has ended" in policy.refusal(replace(OWN, ended=True), Purpose.REPLY, DAY)


def test_a_purpose_that_the_policy_leaves_out_is_refused_wherever_it_goes() -> None:
    policy = Policy(1, replace(Rules(), purposes=frozenset({Purpose.ANSWER})))
    assert policy.refusal(OWN, Purpose.ANSWER, DAY) == ""
    assert "the purpose “reply”" in policy.refusal(OWN, Purpose.REPLY, DAY)


def test_ai_that_is_off_closes_no_webhook() -> None:
    rules = replace(Rules(), ai=replace(Rules().ai, features=frozenset()))
    hook = replace(OWN, kind=SubprocessorKind.WEBHOOK)
    assert Policy(1, rules).refusal(hook, Purpose.DELIVER, DAY) == ""
    assert "AI is switched off" in Policy(1, rules).refusal(OWN, Purpose.REPLY, DAY)
