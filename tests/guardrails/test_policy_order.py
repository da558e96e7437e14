"""The orders of rules, over generated sets of rules."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from guardrails.errors import BadInput
from guardrails.policy import Rules, codec
from guardrails.policy.order import changed, meet, weaker
from tests.fakes.rules import SOME_RULES


@given(SOME_RULES, SOME_RULES)
def test_the_stricter_of_two_is_the_same_in_either_order(one: Rules, two: Rules) -> None:
    assert meet(one, two) == meet(two, one)


@given(SOME_RULES, SOME_RULES, SOME_RULES)
def test_the_stricter_of_three_is_the_same_however_they_are_paired(
    one: Rules, two: Rules, three: Rules
) -> None:
    assert meet(meet(one, two), three) == meet(one, meet(two, three))


@given(SOME_RULES)
def test_the_stricter_of_rules_and_themselves_are_these_rules(rules: Rules) -> None:
    assert meet(rules, rules) == rules
    assert weaker(rules, rules) == ()
    assert changed(rules, rules) == ()


@given(SOME_RULES, SOME_RULES)
def test_the_stricter_of_two_loosens_neither(one: Rules, two: Rules) -> None:
    both = meet(one, two)
    assert weaker(one, both) == ()
    assert weaker(two, both) == ()


@given(SOME_RULES, SOME_RULES)
def test_rules_that_loosen_nothing_are_the_stricter_of_both(one: Rules, two: Rules) -> None:
    assert (weaker(one, two) == ()) == (meet(one, two) == two)


@given(SOME_RULES, SOME_RULES)
def test_what_loosens_is_among_what_changes(one: Rules, two: Rules) -> None:
    assert set(weaker(one, two)) <= {path for path, _, _ in changed(one, two)}


@given(SOME_RULES)
def test_rules_are_the_same_after_they_were_stored(rules: Rules) -> None:
    body = codec.dump(rules)
    assert codec.load(body) == rules
    assert codec.dump(codec.load(body)) == body
    assert codec.digest_of(rules) == codec.hash_of(body)


@given(SOME_RULES, SOME_RULES)
def test_different_rules_have_different_hashes(one: Rules, two: Rules) -> None:
    assert (one == two) == (codec.digest_of(one) == codec.digest_of(two))


def test_a_body_without_a_rule_has_the_default_of_it() -> None:
    body = json.loads(codec.dump(Rules()))
    del body["minors"]
    del body["ai"]["notices"]
    assert codec.load(json.dumps(body)) == Rules()


@pytest.mark.parametrize("where", ["", "ai"])
def test_a_rule_that_this_version_does_not_know_is_named_and_refused(where: str) -> None:
    body = json.loads(codec.dump(Rules()))
    (body[where] if where else body)["never_heard_of"] = 1
    with pytest.raises(BadInput, match=r"never_heard_of"):
        codec.load(json.dumps(body))
