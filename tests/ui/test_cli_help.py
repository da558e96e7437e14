"""Help is quick and complete, and its usage lines are correct."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from tests.ui.cli_fixtures import COMMAND
from ui.cli.app import app
from ui.operations.lines import LINES

HEAVY = "torch spacy chromadb gradio langchain langchain_core sqlalchemy presidio_analyzer numpy"
COMMANDS = [
    "serve",
    "ingest",
    "reindex",
    "ask",
    "gaps",
    "redact",
    "summarise",
    "draft",
    "tenant add",
    "tenant list",
    "tenant show",
    "tenant set",
    "library ingest",
    "library reindex",
    "library show",
    "library forget",
    "library audience",
    "documents list",
    "documents audience",
    "people import",
    "people opt-in",
    "people opt-out",
    "people opt-outs",
    "reply write",
    "explain",
    "audit sample",
    "audit list",
    "audit judge",
    "audit stats",
    "challenge open",
    "challenge decide",
    "challenge list",
    "register add",
    "register list",
    "register show",
    "register renew",
    "register end",
    "training export",
    "tickets redact",
    "terms add",
    "terms remove",
    "terms list",
    "user add",
    "user link",
    "user list",
    "user reset-factor",
    "user show",
    "user remove",
    "user password",
    "user own-password",
    "user end-sessions",
    "member add",
    "member remove",
    "tickets import",
    "tickets list",
    "tickets show",
    "forget document",
    "forget ticket",
    "frames show",
    "frames set",
    "review list",
    "review seen",
    "review stats",
    "review show",
    "review approve",
    "review edit",
    "review reject",
    "review release",
    "injection honest",
    "injection list",
    "injection remove",
    "outbox list",
    "outbox export",
    "outbox deliver",
    "outbox retry",
    "model add",
    "model check",
    "model list",
    "model remove",
    "model usage",
    "model use",
    "policy attest",
    "policy attestations",
    "policy apply",
    "policy clauses",
    "policy controls",
    "policy diff",
    "policy history",
    "policy lint",
    "policy list",
    "policy schema",
    "policy show",
    "policy trust-clock",
    "ledger show",
    "ledger verify",
    "ledger export",
    "ledger anchor",
    "ledger key",
    "eval answers",
    "eval drafts",
    "eval leakage",
    "eval injection",
    "evidence verify",
    "eval privacy",
    "eval retrieval",
]
WITHOUT_OPERATION = {
    *("serve", "outbox export"),
    *(f"policy {each}" for each in ("clauses", "controls", "lint", "list", "schema")),
    *(each for each in COMMANDS if each.startswith("eval ")),
    "evidence verify",
}


def test_help_takes_less_than_half_a_second() -> None:
    assert min(_help_seconds() for _ in range(5)) < 0.5


def test_help_loads_no_model_no_database_and_no_page() -> None:
    code = f"""
import sys
from ui.cli.failure import run
run(["--help"])
loaded = [name for name in {HEAVY!r}.split() if name in sys.modules]
sys.exit(repr(loaded) if loaded else 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    shown = CliRunner().invoke(app, [*command.split(), "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    assert "Usage:" in shown.output
    if command != "serve":
        assert "--json" in shown.output
    if command not in WITHOUT_OPERATION:
        said = " ".join(shown.output.split())
        assert any(line in said for line in LINES.values())


def test_the_list_of_commands_here_is_the_whole_list() -> None:
    groups = {group.name: group.typer_instance for group in app.registered_groups}
    named = [command.name for command in app.registered_commands]
    assert groups
    for name, group in groups.items():
        assert group is not None
        named += [f"{name} {command.name}" for command in group.registered_commands]
    assert sorted(map(str, named)) == sorted(COMMANDS)


def test_a_wrong_usage_gets_one_message_and_two() -> None:
    done = _run("ask")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "Missing argument 'question'.",
        "See `quietdesk ask --help`.",
    ]


def test_a_wrong_usage_is_json_for_whoever_wants_json() -> None:
    done = _run("ask", "--json")
    error = json.loads(done.stderr)["error"]
    assert (done.returncode, error["exit_code"], error["kind"]) == (2, 2, "Usage")


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False)


def _help_seconds() -> float:
    """Return the processor time of one run, as the clock depends on what else runs."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert _run("--help").returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
