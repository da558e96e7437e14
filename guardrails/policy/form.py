"""The TOML form of a profile: models made from `Rules` and the table of controls.

Rules have the names of `guardrails.policy.rules`. Lengths are words (``24 months``), and a period
is ``{ after = "24 months", anchor = "created", how = "delete" }``, where ``after`` may also be
``never``, ``source`` (with what the record was made from) or ``account_closed`` (on that day).
``any`` stands for a set that names nothing and allows everything.

A rule that a profile leaves out has its strictest value. Where there is none (a number, a length, a
list that can always be longer) it has the default of `Rules`.
"""

from __future__ import annotations

import types
from dataclasses import fields
from datetime import date
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, create_model

from guardrails.policy.controls import CLASSES, CONTROLS
from guardrails.policy.length import Length
from guardrails.policy.order import TOGETHER, Order, order_of
from guardrails.policy.rules import Period, Rules
from guardrails.policy.words import Anchor, Disposal

_LENGTH = Annotated[str, Field(pattern=r"^\d{1,4} (day|month|year)s?$", examples=["24 months"])]
_SHORT = Annotated[str, Field(min_length=1, max_length=300)]


def _known_class(name: str) -> str:
    if name not in CLASSES:
        raise ValueError(f"there is no class of data “{name}”")
    return name


_CLASS = Annotated[str, AfterValidator(_known_class), Field(json_schema_extra={"enum": [*CLASSES]})]
_CONTROL = Annotated[str, Field(json_schema_extra={"enum": [*CONTROLS]})]
_ID = r"^[A-Z][A-Z0-9]{1,3}-[0-9]+(\.[0-9]+)*[a-z]?$"
_FORBID = ConfigDict(extra="forbid", frozen=True)
_OUT_OF = {"never": Anchor.ACCOUNT_CLOSED, "source": Anchor.SOURCE}
"""Anchors of periods without a length of their own."""


class _Form(BaseModel):
    model_config = _FORBID


class SourceForm(_Form):
    """The policy that was read. Its text is not shipped; ``sha256`` is its hash."""

    title: _SHORT
    dated: date | Annotated[str, Field(pattern=r"^(\d{4}-\d{2}|undated)$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class HeadForm(_Form):
    """What the profile is, and the paths of rules whose numbers are ours and not the source's."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=63)]
    version: Annotated[int, Field(ge=1), Strict()]
    title: _SHORT
    role: Literal["processor", "controller"]
    source: SourceForm
    ours: tuple[str, ...] = ()


class PeriodForm(_Form):
    """How long records of a class are kept: at least, until when, from when; how they end."""

    after: Literal["never", "source", "account_closed"] | _LENGTH
    anchor: Anchor = Anchor.CREATED
    how: Disposal = Disposal.DELETE
    at_least: _LENGTH | None = None


class ClauseForm(_Form):
    """One clause of the policy, in our own words.

    ``by`` names the controls that enforce it; ``ours`` says that they do so under a number of ours;
    ``vouch`` says who attests it, and ``renew`` for how long. A clause with neither says ``why`` it
    cannot be tested as worded, and which wording would be ``better``. ``narrowed`` says how much
    less the product does than the clause allows. ``not_by`` names controls of the clause's topic
    that cannot enforce it, each with the reason. ``with`` is what the clause states.
    """

    says: _SHORT
    by: tuple[_CONTROL, ...] = ()
    ours: bool = False
    vouch: Literal["officer"] | None = None
    renew: _LENGTH | None = None
    why: _SHORT | None = None
    better: _SHORT | None = None
    narrowed: _SHORT | None = None
    not_by: dict[str, _SHORT] = {}


@cache
def profile_form() -> type[BaseModel]:
    """Return the model of a whole profile."""
    stated: Any = _parameters_form()
    extra: dict[str, Any] = {"with_": (stated | None, Field(None, alias="with"))}
    clause: Any = create_model("Clause", __base__=ClauseForm, __doc__=ClauseForm.__doc__, **extra)
    version = Field(alias="schema", description="The version of this format.")
    made: dict[str, Any] = {
        "schema_": (Literal[1], version),
        "profile": (HeadForm, ...),
        "rules": (rules_form(), ...),
        "clauses": (dict[Annotated[str, Field(pattern=_ID)], clause], ...),
    }
    doc = "A vendor's privacy policy as rules and clauses."
    return create_model("Profile", __config__=_FORBID, __doc__=doc, **made)


@cache
def rules_form(group: type = Rules) -> type[BaseModel]:
    """Return the model of the rules of ``group``, whose rules and groups are all optional."""
    if group is Period:
        return PeriodForm
    hints = get_type_hints(group)
    made: dict[str, Any] = {}
    for each in fields(group):
        order = order_of(each)
        kind = rules_form(hints[each.name]) if order is None else _form_of(hints[each.name])
        about = order and _about(order, hints[each.name])
        made[each.name] = (kind | None, Field(None, description=about))
    doc = (group.__doc__ or "").split("\n\n", maxsplit=1)[0].replace("``", "`")
    return create_model(group.__name__, __config__=_FORBID, __doc__=doc, **made)


def schema() -> dict[str, Any]:
    """Return the JSON schema of a profile, for editors."""
    found = profile_form().model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_without_nulls(found)}


def rules_of(form: BaseModel | None, group: type = Rules) -> Any:
    """Return the rules of ``form``; what it leaves out is the strictest, or the default."""
    hints, found = get_type_hints(group), dict[str, Any]()
    for each in fields(group):
        given = getattr(form, each.name, None)
        order, kind = order_of(each), hints[each.name]
        if order is None:
            found[each.name] = _period(given) if kind is Period else rules_of(given, kind)
        elif given is None:
            found[each.name] = strictest(order, kind, each.default)
        else:
            found[each.name] = None if given == "any" else given
    return group(**found)


def strictest(order: Order[Any], kind: Any, default: Any) -> Any:
    """Return the strictest value of a rule of type ``kind``, or ``default`` where there is none."""
    if order is TOGETHER:
        (member,) = get_args(kind)
        return frozenset(member) if issubclass(member, Enum) else default
    return order.strictest[0] if order.strictest else default


def _period(form: PeriodForm | None) -> Period:
    if form is None:
        return Period()
    at_least = Length.of(form.at_least) if form.at_least else None
    if form.after == "account_closed":
        return Period(Length(), Anchor.ACCOUNT_CLOSED, form.how, at_least)
    if form.after in _OUT_OF:
        return Period(None, _OUT_OF[form.after], form.how, at_least)
    return Period(Length.of(form.after), form.anchor, form.how, at_least)


def _parameters_form() -> type[BaseModel]:
    """Return the model of all parameters of all controls."""
    made: dict[str, Any] = {}
    for line in CONTROLS.values():
        for name, parameter in line.parameters.items():
            kind = _form_of(parameter.type) if name != "class" else frozenset[_CLASS]
            made[f"{name}_"] = (kind | None, Field(None, alias=name))
    return create_model("With", __config__=_FORBID, __doc__="What a clause states.", **made)


def _form_of(kind: Any) -> Any:
    """Return the type of a rule as a profile writes it."""
    if kind is bool:
        return Annotated[bool, Strict()]
    if kind is int:
        return Annotated[int, Field(ge=0), Strict()]
    if kind is float:
        return Annotated[float, Field(ge=0, le=1), Strict()]
    if kind is Length:
        return _LENGTH
    if get_origin(kind) in {Union, types.UnionType}:
        return Union[(*(each for each in get_args(kind) if each is not type(None)), Literal["any"])]
    return kind


def _about(order: Order[Any], kind: Any) -> str:
    stated = strictest(order, kind, None) is None
    left_out = "the product's default" if stated else "the strictest value"
    return f"Of two values this counts: {order.name}. Left out, it is {left_out}."


def _without_nulls(found: Any) -> Any:
    """Return a schema without ``null``, which TOML has no word for, and without titles."""
    if isinstance(found, list):
        return [_without_nulls(each) for each in cast("list[Any]", found)]
    if not isinstance(found, dict):
        return found
    kept = {
        k: v
        for k, v in cast("dict[str, Any]", found).items()
        if not (k == "title" and isinstance(v, str))
    }
    options = kept.get("anyOf")
    if options and {"type": "null"} in options:
        rest = [each for each in options if each != {"type": "null"}]
        kept.pop("default", None)
        if len(rest) == 1:
            kept.pop("anyOf")
            kept = {**rest[0], **kept}
        else:
            kept["anyOf"] = rest
    return {key: _without_nulls(each) for key, each in kept.items()}
