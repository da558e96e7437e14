"""Which rules are in force at a moment, whatever was published before, and whenever."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from guardrails.policy import Policy, Purpose, Rules
from guardrails.policy.layers import Layers, ProfileLayer, choices_of
from guardrails.policy.order import meet, weaker
from guardrails.policy.policy import CLOSED, Destination
from guardrails.policy.versions import Version, in_force, pending, publication
from guardrails.policy.words import Training
from tests.fakes.rules import SOME_RULES

DAY = timedelta(days=1)
START = datetime(2026, 10, 1, tzinfo=UTC)
STEPS = st.lists(
    st.tuples(st.integers(0, 40), st.one_of(st.none(), SOME_RULES)), min_size=1, max_size=8
)
"""Days that pass, and what is then published, if anything."""


def published(versions: list[Version], rules: Rules, now: datetime) -> Version:
    """Return the version of ``rules`` that is published now."""
    made = publication(in_force(versions, now).rules, rules, now)
    return Version(len(versions) + 1, rules, "", now, made.holds_from, loosens=made.loosens)


def first(rules: Rules) -> Version:
    return Version(1, rules, "", START, START)


def promising(days: int, **rules: object) -> Rules:
    """Return rules that promise so many days of notice."""
    return replace(Rules(notice=replace(Rules().notice, weaker_days=days)), **rules)  # pyright: ignore[reportArgumentType] - names of rules


@given(SOME_RULES, STEPS)
def test_nothing_gets_weaker_before_its_notice_is_over(
    rules: Rules, steps: list[tuple[int, Rules | None]]
) -> None:
    versions, now = [first(rules)], START
    for days, new in steps:
        before, promised = in_force(versions, now).rules, now
        now += days * DAY
        reached = [each.rules for each in versions if promised < each.holds_from <= now]
        after = in_force(versions, now).rules
        if not reached:
            assert weaker(before, after) == ()
        assert all(
            any(path in weaker(before, one) for one in reached) for path in weaker(before, after)
        )
        if new is not None:
            made = published(versions, new, now)
            versions.append(made)
            assert weaker(after, in_force(versions, now).rules) == ()
            wait = max(after.notice.weaker_days, new.notice.weaker_days) if made.loosens else 0
            assert made.holds_from == made.published_at + wait * DAY


@given(SOME_RULES, STEPS)
def test_what_is_published_holds_in_the_end_unless_something_follows(
    rules: Rules, steps: list[tuple[int, Rules | None]]
) -> None:
    versions, now = [first(rules)], START
    for days, new in steps:
        now += days * DAY
        if new is not None:
            versions.append(published(versions, new, now))
    assert in_force(versions, now + 1000 * DAY).rules == versions[-1].rules
    assert pending(versions, now + 1000 * DAY) == []


@given(SOME_RULES, SOME_RULES)
def test_the_stricter_parts_hold_at_once(old: Rules, new: Rules) -> None:
    versions = [first(old)]
    versions.append(published(versions, new, START))
    force = in_force(versions, START)
    if versions[1].holds_from > START:
        assert force == Policy(1, meet(old, new))
        assert pending(versions, START) == [versions[1]]
    else:
        assert force == Policy(2, new)


def test_of_two_pending_versions_each_waits_for_its_own_notice() -> None:
    versions = [first(promising(30))]
    versions.append(published(versions, promising(30, training=Training.REDACTED), START))
    later = START + 10 * DAY
    both = promising(30, training=Training.REDACTED, library=True)
    versions.append(published(versions, both, later))
    assert len(pending(versions, later)) == 2
    at = {day: in_force(versions, START + day * DAY) for day in (29, 30, 39, 40)}
    assert at[29].rules == versions[0].rules
    assert at[30] == Policy(2, versions[1].rules)
    assert at[39] == at[30]
    assert at[40] == Policy(3, both)


def test_a_weaker_version_that_is_taken_back_never_holds() -> None:
    versions = [first(promising(30))]
    versions.append(published(versions, promising(30, training=Training.ALLOWED), START))
    versions.append(published(versions, promising(30), START + DAY))
    assert in_force(versions, START + DAY) == Policy(3, versions[0].rules)
    assert in_force(versions, START + 300 * DAY).rules.training is Training.NEVER


def test_shorter_notice_is_weaker_itself_and_shortens_no_notice_that_runs() -> None:
    versions = [first(promising(30))]
    versions.append(published(versions, promising(0), START))
    assert versions[1].loosens == ("notice.weaker_days",)
    hurried = promising(0, training=Training.ALLOWED)
    versions.append(published(versions, hurried, START + DAY))
    assert versions[2].holds_from == START + 31 * DAY


def test_before_the_first_version_the_strictest_of_all_holds() -> None:
    versions = [first(Rules()), replace(first(Rules(training=Training.ALLOWED)), number=2)]
    assert in_force(versions, START - DAY).rules == Rules()


@given(SOME_RULES, SOME_RULES)
def test_own_choices_never_loosen_a_profile(profile: Rules, chosen: Rules) -> None:
    layers = Layers(ProfileLayer.of("p", 1, profile), choices_of(chosen))
    assert weaker(profile, layers.rules) == ()


@given(SOME_RULES)
def test_without_a_profile_own_choices_are_the_rules(chosen: Rules) -> None:
    assert Layers(None, choices_of(chosen)).rules == chosen


@given(SOME_RULES)
def test_a_profile_imposes_all_but_what_a_tenant_must_choose_itself(profile: Rules) -> None:
    asked = replace(profile, library=False, resolved_tickets=False)
    assert Layers(ProfileLayer.of("p", 1, profile)).rules == asked


def test_a_choice_without_effect_is_named() -> None:
    us = replace(Rules(), regions=replace(Rules().regions, destinations=frozenset({"us"})))
    chosen = choices_of(replace(us, training=Training.ALLOWED, library=True))
    layers = Layers(ProfileLayer.of("p", 1, us), chosen)
    assert layers.without_effect == ("training", "library")
    assert layers.rules == us


def test_where_no_policy_is_trusted_nothing_is_sent() -> None:
    own = Destination("model", "http://127.0.0.1:1", own=True)
    assert all(CLOSED.refusal(own, purpose, date(2026, 11, 2)) for purpose in (None, *Purpose))
    assert weaker(Rules(), CLOSED.rules) == ()
