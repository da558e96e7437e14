"""The five shipped policies, and how a profile's file becomes rules."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from guardrails.errors import BadInput, NotFound
from guardrails.policy.controls import CONTROLS, PARAMETERS
from guardrails.policy.form import schema
from guardrails.policy.length import Length
from guardrails.policy.lint import must_stay_enforced, rule_paths, unread
from guardrails.policy.order import meet
from guardrails.policy.profile import Kind, load_profile, parse, read_profile, shipped
from guardrails.policy.rules import Period
from guardrails.policy.words import (
    Anchor,
    Disposal,
    PhiRule,
    RightKind,
    SecondLook,
    Training,
)

COUNTS = {  # clauses: enforced, under our number, with a vouched part, attested, not testable
    "netzen-ai": (21, 8, 2, 3, 1),
    "chatzee": (19, 3, 4, 5, 0),
    "netwise-pro-msp": (19, 13, 7, 9, 4),
    "nejix": (22, 2, 4, 5, 2),
    "z3-os": (28, 10, 3, 5, 2),
}
NARROWED = {"CZ-4.1", "CZ-8.1", "NW-2.1b", "NW-2.5.2a", "Z3-8.3", "Z3-8.4"}
LEAST = """
schema = 1
[profile]
id = "own"
version = 1
title = "Own"
role = "processor"
source = {{ title = "A policy", dated = "undated", sha256 = "{sha}" }}
[rules]
{rules}
[clauses]
"OW-1" = {{ says = "no sale", vouch = "officer" }}
"""


def own(rules: str = "") -> bytes:
    return LEAST.format(sha="0" * 64, rules=rules).encode()


def test_the_five_policies_have_201_clauses_of_the_kinds_that_reading_them_found() -> None:
    found = {each: tuple(load_profile(each).counts().values()) for each in shipped()}
    assert found == COUNTS
    assert sum(map(sum, found.values())) == 201


def test_165_clauses_are_enforceable_and_exactly_these_six_promises_are_narrowed() -> None:
    clauses = [clause for each in shipped() for clause in load_profile(each).clauses]
    assert sum(each.kind.enforceable for each in clauses) == 165
    assert {each.id for each in clauses if each.narrowed} == NARROWED


def test_the_committed_list_holds_exactly_the_clauses_that_controls_enforce() -> None:
    enforced = {
        each: tuple(clause.id for clause in load_profile(each).clauses if clause.by)
        for each in shipped()
    }
    assert must_stay_enforced() == enforced


def test_no_clause_id_occurs_in_two_profiles() -> None:
    ids = [clause.id for each in shipped() for clause in load_profile(each).clauses]
    assert len(set(ids)) == len(ids)


def test_every_rule_is_read_by_a_control_and_every_control_reads_rules_that_exist() -> None:
    assert unread() == []
    paths = rule_paths()
    for line in CONTROLS.values():
        for read in line.reads:
            assert any(each == read or each.startswith(f"{read}.") for each in paths), read


def test_there_are_35_controls_and_a_parameter_has_one_type_in_all_of_them() -> None:
    assert len(CONTROLS) == 35
    for line in CONTROLS.values():
        for name, parameter in line.parameters.items():
            assert parameter.type == PARAMETERS[name].type


def test_the_topics_of_controls_recognise_nearly_every_clause_that_is_enforced() -> None:
    missed = [
        clause.id
        for each in shipped()
        for clause in load_profile(each).clauses
        if clause.by
        and not any(
            re.search(topic, clause.says, re.IGNORECASE)
            for control in clause.by
            for topic in CONTROLS[control].topics
        )
    ]
    assert len(missed) <= 165 * 0.1, missed


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_under_no_profile_is_anything_trained_or_a_reply_sent_without_a_person(name: str) -> None:
    rules = load_profile(name).rules
    assert rules.training is Training.NEVER
    assert rules.review.reply.always
    assert "SECRET" in rules.redaction.destroy


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_the_numbers_that_a_policy_names_are_compared_with_its_rules(name: str) -> None:
    stated = {
        "chatzee": ("CZ-16.1", "notice.weaker_days"),
        "nejix": ("NX-11.1", "notice.weaker_days"),
        "netwise-pro-msp": ("NW-5.4b", "rights.days"),
        "netzen-ai": ("NZ-12.1", "minors.under"),
        "z3-os": ("Z3-8.5", "least_count"),
    }
    clause, path = stated[name]
    assert path in {
        CONTROLS[each].parameters[parameter].rule
        for each in load_profile(name).clause(clause).by
        for parameter in load_profile(name).clause(clause).parameters
    }


def test_the_periods_that_two_policies_name_are_the_rules() -> None:
    chatzee, z3 = load_profile("chatzee").rules.retention, load_profile("z3-os").rules.retention
    assert chatzee.logs.after == Length(12)
    assert (chatzee.account.at_least, chatzee.account.after) == (Length(60), Length(60))
    assert z3.messages.after == Length(12)
    assert (z3.usage.at_least, z3.usage.after) == (Length(12), Length(24))


def test_a_rule_that_is_left_out_has_its_strictest_value() -> None:
    rules = parse("own.toml", own()).rules
    assert rules.phi.allowed is PhiRule.FORBIDDEN
    assert rules.regions.destinations == frozenset()
    assert rules.regions.people == frozenset()
    assert rules.ai.features == frozenset()
    assert rules.review.triage.always
    assert rules.review.second_look is SecondLook.ANOTHER_PERSON
    assert rules.rights.kinds == frozenset(RightKind)
    assert not rules.library
    assert rules.security.tls


def test_a_number_that_is_left_out_has_the_default_of_the_product() -> None:
    rules = parse("own.toml", own()).rules
    assert (rules.rights.days, rules.audit.least, rules.ai.notices) == (
        30,
        20,
        load_profile("nejix").rules.ai.notices,
    )


def test_no_profile_that_says_less_is_weaker_than_one_that_says_more() -> None:
    said = load_profile("netwise-pro-msp").rules
    unsaid = parse("own.toml", own()).rules
    assert meet(said, unsaid).regions.destinations == unsaid.regions.destinations
    assert meet(said, unsaid).security == replace(said.security, backup_keep_days=35)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ('{ after = "never" }', Period(None, Anchor.ACCOUNT_CLOSED, Disposal.DELETE)),
        ('{ after = "source" }', Period(None, Anchor.SOURCE, Disposal.DELETE)),
        ('{ after = "account_closed" }', Period(Length(), Anchor.ACCOUNT_CLOSED, Disposal.DELETE)),
        ('{ after = "2 years" }', Period(Length(24), Anchor.CREATED, Disposal.DELETE)),
        (
            '{ at_least = "90 days", after = "6 months", anchor = "closed", how = "anonymise" }',
            Period(Length(6), Anchor.CLOSED, Disposal.ANONYMISE, Length(days=90)),
        ),
    ],
)
def test_a_period_is_written_in_words(text: str, period: Period) -> None:
    assert parse("own.toml", own(f"retention.gaps = {text}")).rules.retention.gaps == period


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ('training = "sometimes"', "rules.training: input should be 'never', 'redacted'"),
        ("review.reply.allways = true", "rules.review.reply has no “allways”."),
        ('retention.gaps = { after = "soon" }', "rules.retention.gaps.after"),
        ("rights.days = -1", "rules.rights.days: input should be greater than or equal to 0"),
        ('rights.days = "30"', "rules.rights.days: input should be a valid integer"),
        ("audit.sample = 5.0", "rules.audit.sample: input should be less than or equal to 1"),
        ('library = "no"', "rules.library: input should be a valid boolean"),
        ("training = ", "own.toml is no TOML"),
    ],
)
def test_a_value_that_is_none_is_refused_with_its_file_and_place(rules: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse("own.toml", own(rules))
    assert str(refused.value).startswith("own.toml")
    assert said in str(refused.value)


def test_bytes_that_are_no_text_and_a_file_without_end_are_refused() -> None:
    for body in (b"\xff\xfe", b"#" * 1_000_001):
        with pytest.raises(BadInput, match=r"own\.toml is"):
            parse("own.toml", body)


def test_a_profile_of_one_s_own_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(own())
    assert read_profile(str(path)).id == "own"


def test_an_unknown_profile_an_unknown_file_and_an_unknown_clause_are_named() -> None:
    with pytest.raises(NotFound, match="nowhere"):
        load_profile("nowhere")
    with pytest.raises(BadInput, match=r"gone\.toml cannot be read"):
        load_profile("gone.toml")
    with pytest.raises(NotFound, match="NW-99"):
        load_profile("netwise-pro-msp").clause("NW-99")


def test_a_profile_with_a_fault_is_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(own())
    with pytest.raises(BadInput, match=r"There are \d+ more faults"):
        load_profile(str(path))


def test_the_digest_is_that_of_the_file_and_changes_with_a_letter() -> None:
    assert parse("a.toml", own()).digest != parse("a.toml", own("# a remark")).digest


def test_the_json_schema_knows_every_rule_and_accepts_every_shipped_profile() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    import tomllib

    made = json.loads(json.dumps(schema()))
    for each in shipped():
        path = resources.files("guardrails.policy") / "profiles" / f"{each}.toml"
        document = json.loads(json.dumps(tomllib.loads(path.read_text("utf-8")), default=str))
        jsonschema.validate(document, made)
    document["rules"]["traning"] = "never"  # pyright: ignore[reportPossiblyUnboundVariable]
    with pytest.raises(jsonschema.ValidationError, match="traning"):
        jsonschema.validate(document, made)  # pyright: ignore[reportPossiblyUnboundVariable]


def test_the_profiles_hold_one_clause_a_line() -> None:
    for each in shipped():
        path = resources.files("guardrails.policy") / "profiles" / f"{each}.toml"
        lines = path.read_text("utf-8").partition("[clauses]\n")[2].splitlines()
        assert len(lines) == len(load_profile(each).clauses)


def test_kinds_say_which_clauses_can_fail_and_which_need_an_officer() -> None:
    assert [each for each in Kind if each.enforceable] == [Kind.ENFORCED, Kind.OURS, Kind.MIXED]
    assert [each for each in Kind if each.vouched] == [Kind.MIXED, Kind.ATTESTED]
