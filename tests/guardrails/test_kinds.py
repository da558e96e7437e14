from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from guardrails.detect.kinds import KINDS, Form
from guardrails.detect.tagger.plausible import plausible
from guardrails.identity.vault import normalise
from guardrails.spans import EntityType

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("guardrails", "assistant", "ingestion", "ui")
EXCEPT = {"guardrails/detect/kinds.py", "guardrails/detect/engine/presidio.py"}
"""The table itself, and the one that turns Presidio's names into ours."""


def test_every_entity_type_has_a_kind() -> None:
    assert KINDS.keys() == set(EntityType)


def types_in(node: ast.AST) -> set[str]:
    """Return the members of `EntityType` that an expression names."""
    return {
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and each.attr in EntityType.__members__
    }


def tables(path: Path) -> Iterator[str]:
    """Yield the constants of a module with three entity types or more."""
    for statement in ast.parse(path.read_text("utf-8")).body:
        constant = isinstance(statement, ast.Assign | ast.AnnAssign)
        if constant and statement.value and len(types_in(statement.value)) > 2:
            yield f"{path.relative_to(ROOT).as_posix()}:{statement.lineno}"


def test_no_other_module_keeps_a_table_of_entity_types() -> None:
    paths = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    found = [each for path in paths for each in tables(path)]
    assert {each.rpartition(":")[0] for each in found} <= EXCEPT, found


@pytest.mark.parametrize("kind", EntityType)
def test_a_guess_of_every_type_can_be_weighed(kind: EntityType) -> None:
    assert plausible(kind, "nothing here says ???", 18, 21) is False


@pytest.mark.parametrize(
    ("form", "one", "other"),
    [
        (Form.FOLDED, "Priya  Nair", "priya nair"),
        (Form.ALPHANUMERIC, "+44 (0)20-7946 0958", "4402079460958"),
        (Form.HEXADECIMAL, "3C-52-82-1F-9A-0B", "3c:52:82:1f:9a:0b"),
        (Form.EXACT, "<PERSON_1>", "<PERSON_1>"),
    ],
)
def test_two_spellings_of_one_value_have_one_normal_form(form: Form, one: str, other: str) -> None:
    for kind in (kind for kind in EntityType if KINDS[kind].form is form):
        assert normalise(kind, one) == normalise(kind, other)


def test_a_literal_of_another_case_is_another_value() -> None:
    assert normalise(EntityType.LITERAL, "<Person_1>") != normalise(
        EntityType.LITERAL, "<person_1>"
    )


def test_only_secrets_are_destroyed() -> None:
    assert [kind for kind in EntityType if KINDS[kind].destroyed] == [EntityType.SECRET]
