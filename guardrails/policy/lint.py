"""Faults of a profile: what its file may say and its content may not.

Each fault is one line that begins with the clause or the rule. A profile with a fault is never
applied.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import Field, fields
from functools import cache
from importlib import resources
from operator import attrgetter
from typing import Any, cast

from guardrails.policy.clauses import Clause, Profile
from guardrails.policy.controls import CLASSES, CONTROLS, ControlLine, read_by
from guardrails.policy.length import Length
from guardrails.policy.order import order_of
from guardrails.policy.rules import Rules

_NOT_EMPTY = {
    "purposes": "nothing could be sent or answered for any purpose",
    "access.erase": "somebody must be able to erase",
    "access.policy": "somebody must be able to change the policy",
    "access.read_raw": "nobody could read a ticket",
    "access.release": "nobody could release a reply",
    "regions.destinations": 'not even this machine could be a destination: write ["local"]',
}
"""Sets that a profile may not leave empty, or leave out, which means empty."""


def faults(profile: Profile) -> list[str]:
    """Return every fault of ``profile``, clauses first."""
    return [
        *(f"{each.id}: {fault}" for each in profile.clauses for fault in _of_clause(each, profile)),
        *_enforced_no_more(profile),
        *_of_rules(profile),
    ]


def unread(paths: Iterable[str] | None = None) -> list[str]:
    """Return the rules (``review.reply.always``) of ``paths``, or of all, that no control reads."""
    return [path for path in (rule_paths() if paths is None else paths) if not read_by(path)]


@cache
def rule_paths(group: type = Rules, path: str = "") -> tuple[str, ...]:
    """Return the path of each rule, in the order of `Rules`."""
    found: list[str] = []
    for each in fields(group):
        here = f"{path}.{each.name}" if path else each.name
        inner = _group(each)
        found += [here] if inner is None else rule_paths(inner, here)
    return tuple(found)


@cache
def must_stay_enforced() -> Mapping[str, tuple[str, ...]]:
    """Return the committed list: by profile, the clauses that may not become attestations."""
    text = (resources.files("guardrails.policy") / "enforced.toml").read_text("utf-8")
    return {name: tuple(clauses) for name, clauses in tomllib.loads(text).items()}


def _of_clause(clause: Clause, profile: Profile) -> Iterable[str]:
    yield from _of_form(clause)
    known = [CONTROLS[each] for each in clause.by if each in CONTROLS]
    yield from (f"there is no control “{each}”." for each in clause.by if each not in CONTROLS)
    yield from (f"there is no control “{each}”." for each in clause.not_by if each not in CONTROLS)
    yield from _of_parameters(clause, known, profile.rules)
    if clause.ours and known and not _has_number_of_ours(known, profile.ours):
        yield "it is under a number of ours, and `ours` names no rule that its controls read."
    if not clause.by:
        yield from _left_to_a_person(clause)


def _of_form(clause: Clause) -> Iterable[str]:
    if not clause.by and not clause.vouch and not clause.why:
        yield "it needs `by`, `vouch`, or `why` with `better`."
    if (clause.why or clause.better) and (clause.by or clause.vouch):
        yield "`why` and `better` are for a clause that cannot be tested; this one is kept."
    if bool(clause.why) != bool(clause.better):
        yield "`why` and `better` belong together."
    if clause.renew and not clause.vouch:
        yield "`renew` needs `vouch`."
    if clause.ours and (clause.vouch or not clause.by):
        yield "`ours` is for a clause that controls alone enforce."
    if len(set(clause.by)) < len(clause.by):
        yield "a control is named twice."


def _of_parameters(clause: Clause, known: list[ControlLine], rules: Rules) -> Iterable[str]:
    if clause.parameters and not clause.by:
        yield "`with` is for controls, and the clause has none."
        return
    classes = sorted(clause.parameters.get("class", ()))
    for name, stated in clause.parameters.items():
        takers = [each for each in known if name in each.parameters]
        if not takers and len(known) == len(clause.by):
            yield f"{_and(clause.by)} takes no parameter “{name}”."
        for path in {each.parameters[name].rule for each in takers} - {""}:
            for place in [path.format(each) for each in classes] if "{}" in path else [path]:
                yield from _weaker_than_stated(place, name, stated, rules)
        if any("{}" in each.parameters[name].rule for each in takers) and not classes:
            yield f"“{name}” needs `class`."


def _weaker_than_stated(path: str, name: str, stated: object, rules: Rules) -> Iterable[str]:
    """Say that the rule of ``path`` is weaker than the clause states, if it is."""
    order, held = order_of(_field(path)), attrgetter(path)(rules)
    assert order is not None
    value = Length(days=held) if isinstance(stated, Length) and isinstance(held, int) else held
    if order.weaker(stated, value):
        yield f"it promises {name} = {_said(stated)}, and the rule {path} is {_said(held)}."


def _has_number_of_ours(known: list[ControlLine], ours: tuple[str, ...]) -> bool:
    reads = [path for each in known for path in each.reads]
    return not reads or any(
        _within(one, path) or _within(path, one) for one in ours for path in reads
    )


def _left_to_a_person(clause: Clause) -> Iterable[str]:
    for line in CONTROLS.values():
        if line.id in clause.not_by:
            continue
        if any(re.search(topic, clause.says, re.IGNORECASE) for topic in line.topics):
            yield (
                f"the control {line.id} is about this; name it in `by`, or say in `not_by` why it "
                "cannot enforce the clause."
            )


def _enforced_no_more(profile: Profile) -> Iterable[str]:
    clauses = {each.id: each for each in profile.clauses}
    for each in must_stay_enforced().get(profile.id, ()):
        if each not in clauses:
            yield f"{each}: the clause is missing, and enforced.toml lists it as enforced."
        elif not clauses[each].by:
            yield f"{each}: it must stay enforced (enforced.toml), and no control is named."


def _of_rules(profile: Profile) -> Iterable[str]:
    rules = profile.rules
    for path in profile.ours:
        if not any(_within(each, path) for each in rule_paths()):
            yield f"ours: there is no rule “{path}”."
    for path, reason in _NOT_EMPTY.items():
        if not attrgetter(path)(rules):
            yield f"rules.{path}: it is empty, and {reason}."
    for name in CLASSES:
        if name not in profile.periods:
            yield f"rules.retention.{name}: this class of data has no period."
        period = getattr(rules.retention, name)
        if period.at_least and period.after and period.at_least > period.after:
            yield (
                f"rules.retention.{name}: kept at least {period.at_least}, "
                f"and deleted after {period.after}."
            )
    yield from (f"rules.{path}: no control reads this rule." for path in unread())


def _field(path: str) -> Field[Any]:
    group: type = Rules
    *above, last = path.split(".")
    for name in above:
        inner = _group(next(each for each in fields(group) if each.name == name))
        assert inner is not None
        group = inner
    return next(each for each in fields(group) if each.name == last)


def _group(rule_field: Field[Any]) -> type[Any] | None:
    """Return the type of a group of rules; None for a rule."""
    if order_of(rule_field):
        return None
    made: Any = cast("Any", rule_field.default_factory)()
    return made.__class__


def _within(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}.")


def _said(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, frozenset):
        found = cast("frozenset[object]", value)
        return ", ".join(sorted(str(each) for each in found)) or "empty"
    return str(value)


def _and(names: Iterable[str]) -> str:
    return " and ".join(names)
