"""Generated rules: every field takes any value of its type."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

from hypothesis import strategies as st

from guardrails.policy.length import Length
from guardrails.policy.rules import Rules

_LENGTHS = st.builds(Length, months=st.integers(0, 60), days=st.integers(0, 400))
_WORDS = st.sampled_from(("local", "eu", "us", "ca"))
_PLAIN: dict[type, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(0, 400),
    float: st.sampled_from((0.0, 0.05, 0.5, 1.0)),
    str: _WORDS,
    Length: _LENGTHS,
    type(None): st.none(),
}


def of(kind: Any) -> st.SearchStrategy[Any]:
    """Return values of the type of a rule, or of a group of rules."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        parts = {each.name: of(hints[each.name]) for each in fields(kind)}
        return st.builds(kind, **parts)  # pyright: ignore[reportArgumentType] - a class
    arguments = get_args(kind)
    if getattr(kind, "__origin__", None) is frozenset:
        return st.frozensets(of(arguments[0]), max_size=4)
    if arguments:
        return st.one_of(*map(of, arguments))
    return st.sampled_from(list(kind))


SOME_RULES: st.SearchStrategy[Rules] = of(Rules)
