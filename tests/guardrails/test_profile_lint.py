"""What a profile may not say: each fault is one line with its clause or rule."""

from __future__ import annotations

from importlib import resources

import pytest

from guardrails.policy.lint import faults, unread
from guardrails.policy.profile import parse

_PATH = resources.files("guardrails.policy") / "profiles" / "netwise-pro-msp.toml"
TEXT = _PATH.read_text("utf-8")


def with_clause(clause: str, body: str) -> str:
    """Return the text of a shipped profile with another body of one clause."""
    lines = TEXT.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(f'"{clause}" = '))
    lines[at] = f'"{clause}" = {{ {body} }}'
    return "\n".join(lines)


def faults_of(text: str) -> list[str]:
    return faults(parse("p.toml", text.encode()))


def instead(old: str, new: str) -> str:
    assert TEXT.count(old) == 1, old
    return TEXT.replace(old, new)


def test_the_shipped_text_has_no_fault() -> None:
    assert faults_of(TEXT) == []


@pytest.mark.parametrize(
    ("clause", "body", "fault"),
    [
        ("NW-1.1", 'says = "x", by = ["inventroy"]', "there is no control “inventroy”."),
        (
            "NW-1.1",
            'says = "x", by = ["inventory"], with = { days = 3 }',
            "inventory takes no parameter “days”.",
        ),
        (
            "NW-4.1",
            'says = "no sale", vouch = "officer", with = { days = 3 }',
            "`with` is for controls, and the clause has none.",
        ),
        (
            "NW-5.4b",
            'says = "access in 20 days", by = ["rights.clock"], with = { days = 20 }',
            "it promises days = 20, and the rule rights.days is 30.",
        ),
        (
            "NW-6.2",
            'says = "kept", by = ["retention.class"], with = { after = "1 year" }',
            "“after” needs `class`.",
        ),
        (
            "NW-6.2",
            'says = "x", by = ["retention.class"], with = { class = ["gaps"], after = "1 day" }',
            "it promises after = 1 day, and the rule retention.gaps.after is 6 months.",
        ),
        (
            "NW-6.2",
            'says = "x", by = ["retention.class"], with = { class = ["gaps"], at_least = "1 day" }',
            "it promises at_least = 1 day, and the rule retention.gaps.at_least is not set.",
        ),
        ("NW-1.1", 'says = "x"', "it needs `by`, `vouch`, or `why` with `better`."),
        ("NW-1.2", 'says = "x", why = "no outcome"', "`why` and `better` belong together."),
        (
            "NW-1.1",
            'says = "x", by = ["inventory"], why = "a", better = "b"',
            "`why` and `better` are for a clause that cannot be tested; this one is kept.",
        ),
        ("NW-1.1", 'says = "x", by = ["inventory"], renew = "1 year"', "`renew` needs `vouch`."),
        (
            "NW-4.1",
            'says = "no sale", vouch = "officer", ours = true',
            "`ours` is for a clause that controls alone enforce.",
        ),
        (
            "NW-1.1",
            'says = "x", by = ["inventory", "inventory"]',
            "a control is named twice.",
        ),
        (
            "NW-2.3",
            'says = "also from vendors", vouch = "officer", not_by = { "egres" = "typo" }',
            "there is no control “egres”.",
        ),
    ],
)
def test_a_clause_that_cannot_mean_anything_is_named(clause: str, body: str, fault: str) -> None:
    assert f"{clause}: {fault}" in faults_of(with_clause(clause, body))


def test_a_promise_under_our_number_needs_a_rule_that_is_marked_as_ours() -> None:
    assert faults_of(instead('"notice", "security"', '"security"')) == [
        "NW-1.4: it is under a number of ours, and `ours` names no rule that its controls read."
    ]


def test_a_clause_that_was_enforced_may_not_become_an_attestation() -> None:
    text = with_clause("NW-2.5.3a", 'says = "people are told", vouch = "officer"')
    assert faults_of(text) == [
        "NW-2.5.3a: it must stay enforced (enforced.toml), and no control is named."
    ]


def test_a_clause_that_was_enforced_may_not_be_left_out() -> None:
    lines = [line for line in TEXT.splitlines() if not line.startswith('"NW-6.1c"')]
    assert faults_of("\n".join(lines)) == [
        "NW-6.1c: the clause is missing, and enforced.toml lists it as enforced."
    ]


@pytest.mark.parametrize("kept", ['vouch = "officer"', 'why = "vague", better = "a number"'])
def test_a_topic_of_a_control_is_left_to_a_person_only_with_a_reason(kept: str) -> None:
    says = 'says = "customers are told when they talk to an AI"'
    text = TEXT + f'"NW-15.1" = {{ {says}, {kept} }}\n'
    (fault,) = faults_of(text)
    assert fault.startswith("NW-15.1: the control ai.notice is about this")
    reason = 'not_by = { "ai.notice" = "it is about the telephone" }'
    assert faults_of(TEXT + f'"NW-15.1" = {{ {says}, {kept}, {reason} }}\n') == []


def test_a_floor_above_its_ceiling_is_named_with_both() -> None:
    text = instead('ledger = { at_least = "24 months"', 'ledger = { at_least = "4 years"')
    assert faults_of(text) == [
        "rules.retention.ledger: kept at least 48 months, and deleted after 36 months."
    ]


def test_a_class_of_data_without_a_period_is_named() -> None:
    text = instead('gaps = { after = "6 months", anchor = "created" }\n', "")
    assert faults_of(text) == ["rules.retention.gaps: this class of data has no period."]


@pytest.mark.parametrize("left", ["erase = []\n", ""])
def test_somebody_must_be_able_to_erase(left: str) -> None:
    text = instead('erase = ["officer"]\n', left)
    assert faults_of(text) == [
        "rules.access.erase: it is empty, and somebody must be able to erase."
    ]


def test_nobody_has_to_be_allowed_to_restore() -> None:
    assert (
        faults_of(instead('restore = ["agent", "reviewer", "officer"]\n', "restore = []\n")) == []
    )


def test_a_number_of_ours_is_a_rule_that_exists() -> None:
    assert faults_of(instead('ours = ["purposes",', 'ours = ["purpose", "purposes",')) == [
        "ours: there is no rule “purpose”."
    ]


def test_a_rule_that_no_control_reads_is_named() -> None:
    assert unread(["notice.weaker_days", "wishes.of_the_vendor"]) == ["wishes.of_the_vendor"]


def test_a_new_class_of_data_or_control_is_no_word_that_a_clause_may_invent() -> None:
    from guardrails.errors import BadInput

    with pytest.raises(BadInput, match="there is no class of data “ticket”"):
        faults_of(
            with_clause("NW-1.1", 'says = "x", by = ["inventory"], with = { class = ["ticket"] }')
        )
