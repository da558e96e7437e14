"""Generates the docs that are made from code, or with ``--check`` reports which are out of date.

``docs/settings.md`` comes from the settings model, ``docs/commands.md`` from the command line,
``docs/roles.md`` from the operations, ``docs/promises.md`` from the profiles, and the JSON schema
beside the profiles from the rules.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ["TYPER_USE_RICH"] = (
    "0"  # boxes and colours change with the terminal, plain help does not
)

import promises
import roles
import typer
from pydantic.fields import FieldInfo

from assistant.settings import PREFIX, Settings
from eval.evidence import report
from guardrails.policy.form import schema
from ui.cli.app import build, operation_of
from ui.operations.emits import EMITS

ROOT = Path(__file__).resolve().parent.parent
MADE = "<!-- Made by `make format` from {}; do not edit. -->\n\n"


def main() -> None:
    made = {
        "docs/settings.md": settings_page(),
        "docs/commands.md": commands_page(),
        "docs/roles.md": roles.page(MADE),
        "docs/promises.md": promises.page(MADE),
        "guardrails/policy/profiles/profile.schema.json": json.dumps(schema(), indent=2) + "\n",
        "eval/evidence/report.schema.json": json.dumps(report.schema(), indent=2) + "\n",
    }
    drifted = [name for name, text in made.items() if _read(ROOT / name) != text]
    if "--check" in sys.argv and drifted:
        sys.exit(f"These files are out of date: {', '.join(drifted)}. Run `make format`.")
    for name in drifted:
        (ROOT / name).write_text(made[name], encoding="utf-8")


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
            "one asks for a new password (`user password`, `user own-password`), and "
            "`QUIETDESK_CODE` where a person has a second factor, so that scripts need no "
            "terminal.\n"
        ),
    ]
    return "\n".join(lines)


def commands_page() -> str:
    """Return the help of every command."""
    root = typer.main.get_command(build())
    parts = [MADE.format("ui/cli") + "# Commands\n"]
    parts += [f"## `{path}`\n\n```\n{text}\n```\n" for path, text in _helps(root, "quietdesk")]
    return "\n".join(parts)


def _helps(command: Any, path: str) -> list[tuple[str, str]]:
    context = command.make_context(path, [], resilient_parsing=True)
    context.terminal_width = context.max_content_width = 88
    found = [(path, command.get_help(context).strip() + _emitted(path))]
    for name, child in sorted(getattr(command, "commands", {}).items()):
        found += _helps(child, f"{path} {name}")
    return found


def _emitted(path: str) -> str:
    """Return what the operation of a command emits, if the command has one."""
    emits = EMITS.get(operation_of(path.removeprefix("quietdesk ")))
    return f"\n\nEmits {emits}." if emits else ""


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "the user's data folder"
    return "–" if field.default is None else f"`{field.default}`"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    main()
