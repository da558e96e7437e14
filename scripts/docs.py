"""Generates the docs that are made from code, or with ``--check`` reports which are out of date.

``docs/settings.md`` comes from the settings model, ``docs/commands.md`` from the command line,
``docs/roles.md`` from the operations.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

os.environ["TYPER_USE_RICH"] = (
    "0"  # boxes and colours change with the terminal, plain help does not
)

import typer
from pydantic.fields import FieldInfo

from assistant.settings import PREFIX, Settings
from ui.cli.app import build

DOCS = Path(__file__).resolve().parent.parent / "docs"
ROLES = """\
Who may call which operation. The owner is the account of this machine that owns the home. A user
may have several roles at a tenant, and none of them counts at another tenant. A rule in the last
column is one of the tenant's policy: of the roles of the line, only those that it names may call.

An **agent** reads tickets, asks and drafts. A **reviewer** does that and decides on drafts, terms
and imports. A **knowledge manager** manages documents and reads no ticket. An **officer** is
responsible for privacy: policy, evidence, ledger, erasure; an officer reads and decides nothing.
An **admin** manages the tenant's people and settings, and reads no ticket.

Two more rules narrow what is shown, whatever is called: `access.read_raw` names the roles that
see unredacted tickets and replies, `access.restore` those that see names in place of
placeholders. Others see the redacted text. Each view of unredacted text is a row `raw.viewed` of
the ledger, and each view with restored values a row `identity.restored`: the user's id, the
operation, the id of the ticket or draft, and how many values. The row is written before the text
is given.
"""
MADE = "<!-- Made by `make format` from {}; do not edit. -->\n\n"


def main() -> None:
    made = {
        "settings.md": settings_page(),
        "commands.md": commands_page(),
        "roles.md": roles_page(),
    }
    drifted = [name for name, text in made.items() if _read(DOCS / name) != text]
    if "--check" in sys.argv and drifted:
        sys.exit(f"These docs are out of date: {', '.join(drifted)}. Run `make format`.")
    for name in drifted:
        (DOCS / name).write_text(made[name], encoding="utf-8")


def settings_page() -> str:
    """Return the settings as one table."""
    lines = [MADE.format("assistant/settings.py") + "# Settings\n"]
    lines += [
        (
            "Every setting is an environment variable. An unknown name that begins with "
            f"`{PREFIX}` is refused, numbers are bounded, and secrets never print.\n"
        ),
        "| variable | what it is | default |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{PREFIX}{name.upper()}` | {field.description} | {_default(field)} |"
        for name, field in Settings.model_fields.items()
    ]
    lines += [
        "",
        (
            "`QUIETDESK_PASSWORD` is read where a command asks for a person's password "
            "(`user add`, `review`, `tickets show`, `outbox`), and `QUIETDESK_NEW_PASSWORD` where "
            "one asks for a new password (`user password`, `user own-password`), so that scripts "
            "need no terminal.\n"
        ),
    ]
    return "\n".join(lines)


def commands_page() -> str:
    """Return the help of every command."""
    root = typer.main.get_command(build())
    parts = [MADE.format("ui/cli") + "# Commands\n"]
    parts += [f"## `{path}`\n\n```\n{text}\n```\n" for path, text in _helps(root, "quietdesk")]
    return "\n".join(parts)


def roles_page() -> str:
    """Return who may call which operation, as one table."""
    from assistant.model import Role
    from ui.operations.registry import OPERATIONS

    heads = ("operation", "owner", *Role, "rule")
    lines = [MADE.format("ui/operations") + "# Roles\n", ROLES]
    lines += [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for name, operation in sorted(OPERATIONS.items()):
        needs = operation.needs
        held = (any(_has(role, each) for each in needs.roles) for role in Role)
        marks = ("yes" if each else "" for each in (needs.owner, *held))
        rule = f"`access.{needs.right}`" if needs.right else ""
        lines.append(f"| `{name}` | {' | '.join((*marks, rule))} |")
    return "\n".join((*lines, ""))


def _has(role: Any, wanted: Any) -> bool:
    from assistant.model import Membership, User

    return Membership(User("", ""), "", frozenset({role})).may(wanted)


def _helps(command: Any, path: str) -> list[tuple[str, str]]:
    context = command.make_context(path, [], resilient_parsing=True)
    context.terminal_width = context.max_content_width = 88
    found = [(path, command.get_help(context).strip())]
    for name, child in sorted(getattr(command, "commands", {}).items()):
        found += _helps(child, f"{path} {name}")
    return found


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "the user's data folder"
    return "–" if field.default is None else f"`{field.default}`"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    main()
