"""``policy lint``, ``list``, ``clauses``, ``controls`` and ``schema``: what needs no home."""

from __future__ import annotations

import json as to_json
from typing import TYPE_CHECKING, Annotated, cast

import typer

from ui.cli import screen
from ui.cli.options import Json

if TYPE_CHECKING:
    from ui.operations.profiles import ClauseView

_FAULTY = 2
_PROFILE = Annotated[
    str, typer.Option("--profile", metavar="PROFILE", help="Its id, or the path of a .toml file.")
]


def lint(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="Profiles; without any, all that are shipped."),
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Check profiles: unknown controls and rules, contradictions, clauses that went unenforced.

    The exit code is 2 if there is a fault.
    """
    from ui.operations.profiles import lint as checked

    found = checked(files or ())
    if json:
        screen.as_json(found)
    for each in () if json else found.files:
        for fault in each.faults:
            screen.say(f"{each.name}: {fault}")
        if not each.faults:
            screen.say(f"{each.name}: {each.clauses} clauses, no fault.")
    if not found.clean:
        raise typer.Exit(_FAULTY)


def list_all(*, json: Json = False) -> None:
    """List the policies that are shipped, with their clauses by kind."""
    from ui.operations.profiles import listed

    found = listed()
    kinds = ("enforced", "our number", "part vouched", "attested", "not testable")
    screen.listed(
        found,
        ("profile", "title", "dated", "role", "clauses", *kinds, "narrowed"),
        (
            (
                each.id,
                each.title,
                each.dated,
                each.role,
                each.clauses,
                *each.by_kind.values(),
                each.narrowed,
            )
            for each in found.profiles
        ),
        json=json,
    )


def clauses(*, profile: _PROFILE, json: Json = False) -> None:
    """Show each clause of a policy: how it is kept, by what, and under which numbers."""
    from ui.operations.profiles import clauses as found_of

    found = found_of(profile)
    screen.listed(
        found,
        ("clause", "says", "kind", "by", "note"),
        ((each.id, each.says, each.kind, _by(each), _note(each)) for each in found.clauses),
        json=json,
    )


def controls(*, json: Json = False) -> None:
    """List the controls: what each proves, which rules it reads, and whether it is built."""
    from ui.operations.profiles import controls as table

    found = table()
    screen.listed(
        found,
        ("control", "proves", "reads", "built"),
        (
            (each.id, each.says, ", ".join(each.reads), "yes" if each.built else "no")
            for each in found.controls
        ),
        json=json,
    )


def schema(*, json: Json = False) -> None:  # noqa: ARG001 - a schema is always JSON
    """Print the JSON schema of a profile's file, for editors."""
    from ui.operations.profiles import schema as made

    typer.echo(to_json.dumps(made(), indent=2))


def _by(clause: ClauseView) -> str:
    vouched = [f"{clause.vouch}, for {clause.renew}" if clause.renew else str(clause.vouch)]
    return "; ".join([*clause.by, *(vouched if clause.vouch else ())])


def _note(clause: ClauseView) -> str:
    stated = ", ".join(f"{name} {_words(value)}" for name, value in clause.states.items())
    narrowed = f"narrowed: {clause.narrowed}" if clause.narrowed else ""
    why = f"{clause.why}; better: {clause.better}" if clause.why else ""
    return "; ".join(part for part in (stated, narrowed, why) if part)


def _words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in cast("list[object]", value))
    return str(value)
