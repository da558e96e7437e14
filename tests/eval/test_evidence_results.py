"""What counts as a pass, and what does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext

import pytest

from eval.evidence import results
from eval.evidence.assess import assessed
from eval.evidence.control import Control, Off, Outcome, Seen, same
from eval.evidence.report import AttestationView
from eval.evidence.results import Result, judge
from eval.evidence.trial import Trial
from eval.evidence.twin import Twin
from guardrails.policy import Rules
from guardrails.policy.clauses import Clause, DataRole, Profile, Source
from guardrails.policy.words import Training

_GOOD, _BAD = same("the door is shut", 1, 1), same("the door is shut", 1, 0)
_OTHER = same("the light is on", 1, 0)
_CONTROL = "tenant.walls"


def _nothing(_twin: Twin) -> Iterable[Seen]:
    return ()


@pytest.fixture(autouse=True)
def a_control(monkeypatch: pytest.MonkeyPatch) -> None:
    off = {"door": Off(nullcontext, "the door is shut")}
    control = Control(_CONTROL, "A door is shut.", _nothing, None, off)
    monkeypatch.setattr(results, "CONTROLS", {_CONTROL: control})


def _judged(
    probe: Trial, off: Trial | None = None, watch: Trial | None = None
) -> tuple[Outcome, str]:
    found = judge(_CONTROL, {"": probe, "door": off or Trial((_BAD,))}, watch)
    return found.outcome, found.why


def test_a_control_holds_if_it_fails_at_the_named_observation_without_its_guard() -> None:
    assert _judged(Trial((_GOOD,))) == (Outcome.HOLDS, "")


def test_a_control_that_cannot_fail_is_not_measured() -> None:
    assert _judged(Trial((_GOOD,)), Trial((_GOOD,)))[0] is Outcome.NOT_MEASURED


def test_failing_elsewhere_than_named_is_no_measurement() -> None:
    assert _judged(Trial((_GOOD,)), Trial((_GOOD, _OTHER)))[0] is Outcome.NOT_MEASURED


def test_a_crash_without_the_guard_is_no_measurement() -> None:
    outcome = _judged(Trial((_GOOD,)), Trial((_BAD,), "KeyError"))
    assert outcome == (Outcome.NOT_MEASURED, "it does not fail without door (KeyError)")


def test_a_probe_that_crashed_is_not_measured_although_what_it_saw_was_right() -> None:
    assert _judged(Trial((_GOOD,), "KeyError")) == (Outcome.NOT_MEASURED, "probe: KeyError")


def test_one_wrong_observation_on_the_tenant_itself_fails_the_control() -> None:
    outcome = _judged(Trial((_GOOD,)), watch=Trial((_GOOD, _BAD)))
    assert outcome == (Outcome.FAILS, "watch: the door is shut")


def test_a_control_that_is_not_built_is_not_measured() -> None:
    assert judge("minors.rule", None, None).outcome is Outcome.NOT_MEASURED


def test_a_control_that_tries_nothing_is_no_pass() -> None:
    assert _judged(Trial(()))[0] is Outcome.NOT_APPLICABLE


def _profile(*clauses: Clause, rules: Rules | None = None) -> Profile:
    source = Source("A policy", "2026-01-01", "0" * 64)
    return Profile("p", 1, "P", DataRole.PROCESSOR, source, (), rules or Rules(), clauses, "1" * 64)


def _result(outcome: Outcome) -> Mapping[str, Result]:
    return {_CONTROL: Result(_CONTROL, outcome, "it is shut" if outcome != "holds" else "")}


def test_a_clause_holds_with_its_control_and_its_missing_attestation_is_open() -> None:
    clause = Clause("X-1", "says", by=(_CONTROL,), vouch="officer")
    counts = assessed(_profile(clause), Rules(), _result(Outcome.HOLDS), {}).counts
    assert (counts.enforceable, counts.hold, counts.open) == (1, 1, 1)


def test_a_vouched_clause_is_open_until_somebody_vouches_and_when_that_has_lapsed() -> None:
    profile = _profile(Clause("X-1", "says", vouch="officer"))
    states = {None: "open", "vouched": "vouched", "lapsed": "open"}
    for given, expected in states.items():
        view = AttestationView(state=given, role="officer") if given else None  # pyright: ignore[reportArgumentType]
        attested = {("p", "X-1"): view} if view else {}
        assert assessed(profile, Rules(), {}, attested).clauses[0].state == expected


@pytest.mark.parametrize("outcome", [Outcome.NOT_MEASURED, Outcome.NOT_APPLICABLE])
def test_a_clause_whose_control_was_not_measured_is_no_pass(outcome: Outcome) -> None:
    view = assessed(_profile(Clause("X-1", "says", by=(_CONTROL,))), Rules(), _result(outcome), {})
    assert (view.counts.hold, view.counts.not_measured) == (0, 1)


def test_a_clause_fails_under_rules_that_are_weaker_than_its_policy() -> None:
    clause = Clause("X-1", "says", by=("training.none",))
    held = Rules(training=Training.ALLOWED)
    found = {"training.none": Result("training.none", Outcome.HOLDS)}
    view = assessed(_profile(clause), held, found, {}).clauses[0]
    assert view.state == "fail"
    assert "training" in view.why


def test_a_clause_without_control_or_attestation_is_not_testable() -> None:
    view = assessed(_profile(Clause("X-1", "says", why="vague")), Rules(), {}, {})
    assert (view.counts.untestable, view.counts.enforceable) == (1, 0)
