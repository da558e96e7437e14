"""Every mistake in the input gives one clear message and its exit code, and changes nothing."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.ui.cli_fixtures import COMMAND, PASSWORD, Ran, Served, environment, quietdesk

ACME = ("--tenant", "acme")


@pytest.mark.parametrize(
    "command",
    [
        ("tenant", "show", "nobody"),
        ("ingest", "/", "--tenant", "nobody"),
        ("ask", "why", "--tenant", "nobody"),
        ("tickets", "list", "--tenant", "nobody"),
        ("summarise", "--all", "--tenant", "nobody"),
        ("ledger", "verify", "--tenant", "nobody"),
        ("user", "add", "eve", "--role", "agent", "--tenant", "nobody"),
    ],
)
def test_an_unknown_tenant_is_named(served: Served, command: tuple[str, ...]) -> None:
    said(served.run(*command), 2, "no tenant “nobody”")


def test_an_unknown_role_is_answered_with_the_roles(served: Served) -> None:
    said(
        served.run("user", "add", "eve", *ACME, "--role", "boss"),
        2,
        "agent, reviewer, knowledge, officer, admin",
    )


@pytest.mark.parametrize("command", [("ingest", *ACME), ("library", "ingest")])
def test_a_folder_without_a_document_is_a_mistake(
    served: Served, tmp_path: Path, command: tuple[str, ...]
) -> None:
    said(served.run(*command, str(tmp_path)), 2, "no document")


def test_a_password_is_never_guessed_or_made_up(served: Served) -> None:
    said(quietdesk(served.home, "user", "add", "eve", *ACME, "--role", "agent"), 2, "no password")


@pytest.mark.parametrize("command", ["summarise", "draft"])
def test_an_unknown_ticket_is_named(served: Served, command: str) -> None:
    said(served.run(command, "AC-404", *ACME), 2, "no ticket AC-404")


def test_an_unknown_draft_is_named(served: Served) -> None:
    said(served.run("review", "approve", "f00d", *ACME, "--as", "rita"), 2, "no draft f00d")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\x7fELF\0\0\0", "is a binary file"),
        (b'{"id": "AC-9"}\ncaf\xe9', "line 2 is not UTF-8 text"),
        (b'{"id": "AC-9"}\nnot json', "line 2 is not valid JSON"),
        (b'{"id": "AC-9"}\n{"id": "two words"}', "line 2: the field “id”"),
        (b'{"id": "AC-9", "status": "lost"}', "line 1: the field “status”"),
    ],
)
def test_an_export_that_cannot_be_read_leaves_no_ticket(
    served: Served, tmp_path: Path, body: bytes, why: str
) -> None:
    export = tmp_path / "export.jsonl"
    export.write_bytes(body)
    said(served.run("tickets", "import", str(export), *ACME), 2, why)
    assert "AC-9" not in served.run("tickets", "list", *ACME).out


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nickname\nBob\n", "the first line must name its columns"),
        ("name,email\nBob\n", "line 2 has 1 cells"),
        ('name\n"Bob\n', "not valid CSV"),
        ("name\n\n", "lists no people"),
    ],
)
def test_a_directory_that_cannot_be_read_adds_nobody(served: Served, text: str, why: str) -> None:
    said(served.run("people", "import", "-", *ACME, stdin=text), 2, why)


def test_a_file_that_is_too_large_is_refused_before_it_is_read_whole(bare: Path) -> None:
    done = quietdesk(bare, "tickets", "import", "-", *ACME, stdin="x" * 1_100_000, max_file_mb="1")
    said(done, 2, "larger than 1 MiB")


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_without_documents_is_refused(
    served: Served, tmp_path: Path, *, there: bool
) -> None:
    folder = tmp_path / "docs"
    if there:
        folder.mkdir()
    said(served.run("ingest", str(folder), *ACME), 2, str(folder))


def test_files_that_cannot_be_used_are_named_and_the_rest_is_read(
    served: Served, tmp_path: Path
) -> None:
    (tmp_path / "good.md").write_text("# Good\n\nA good page about hold music.\n")
    (tmp_path / "empty.md").write_text("")
    (tmp_path / "binary.txt").write_bytes(b"\x7fELF\0\1\2\3")
    done = served.run("ingest", str(tmp_path), *ACME)
    assert done.code == 1
    assert done.out.startswith("1 added")
    assert "empty.md" in done.err
    assert "binary.txt" in done.err


def test_a_setting_that_does_not_exist_is_named(bare: Path) -> None:
    said(quietdesk(bare, "tenant", "list", coulour="blue"), 2, "QUIETDESK_COULOUR")


def test_a_setting_that_cannot_be_used_is_named(bare: Path) -> None:
    said(quietdesk(bare, "tenant", "list", session_hours="0"), 2, "QUIETDESK_SESSION_HOURS")


def test_a_home_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    said(quietdesk(tmp_path / "home", "tenant", "list"), 2, "There is no home in")
    assert not (tmp_path / "home").exists()


def test_data_without_its_master_key_is_left_alone(bare: Path) -> None:
    (bare / "master.key").unlink()
    said(quietdesk(bare, "tenant", "list"), 6, "master key")
    said(quietdesk(bare, "tenant", "add", "other"), 6, "master key")
    assert not (bare / "master.key").exists()


def test_another_master_key_opens_nothing(bare: Path) -> None:
    (bare / "master.key").write_text("A" * 43 + "=\n")
    said(quietdesk(bare, "tickets", "list", *ACME), 6, "master key")


def test_a_ledger_row_changed_by_hand_is_found(bare: Path) -> None:
    people = "name\nTheodora Quillfeather\n"
    assert quietdesk(bare, "people", "import", "-", *ACME, stdin=people).code == 0
    assert quietdesk(bare, "ledger", "verify", *ACME).code == 0
    with sqlite3.connect(bare / "quietdesk.db") as database:
        database.execute("UPDATE ledger_rows SET body = replace(body, '1', '2')")
    database.close()
    done = quietdesk(bare, "ledger", "verify", *ACME, "--json")
    assert (done.code, done.json["holds"], done.json["broken"]) == (1, False, 1)
    assert "Row 1: its content was changed." in quietdesk(bare, "ledger", "verify", *ACME).err


def test_a_dead_model_server_costs_no_reply(bare: Path) -> None:
    ticket = {"id": "AC-1", "subject": "Printer", "turns": [{"text": "It prints nothing."}]}
    stdin = json.dumps(ticket)
    model = {"writer": "model", "model_url": "http://127.0.0.1:9/v1"}
    assert quietdesk(bare, "tickets", "import", "-", *ACME, stdin=stdin).code == 0
    done = quietdesk(bare, "summarise", "AC-1", *ACME, "--json", **model)
    assert done.code == 0, done.err
    (written,) = done.json["written"]
    assert written["writer"] == "extractive"
    assert any("cannot be reached" in note for note in written["notes"])


def test_a_model_writer_without_a_server_is_refused(bare: Path) -> None:
    said(quietdesk(bare, "ask", "why", *ACME, writer="model"), 2, "QUIETDESK_MODEL_URL")


def test_a_full_disk_under_the_output_is_called_by_its_name(bare: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "tenant", "list", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(bare),
            check=False,
        )
    error = json.loads(done.stderr)["error"]
    assert (done.returncode, error["kind"], error["happened"]) == (
        5,
        "StorageTrouble",
        "The disk is full.",
    )


def test_labelled_data_that_cannot_be_read_is_named_by_line(tmp_path: Path) -> None:
    data = tmp_path / "rows.jsonl.gz"
    data.write_bytes(gzip.compress(b'{"text": "a", "spans": []}\n{"text": 1}\n'))
    said(quietdesk(tmp_path, "eval", "privacy", "--data", str(data)), 2, "rows.jsonl.gz:2")
    data.write_bytes(b"not gzip")
    said(quietdesk(tmp_path, "eval", "privacy", "--data", str(data)), 2, "cannot be read")


def said(done: Ran, code: int, words: str) -> None:
    """Assert the code, and one message of at most three lines that contains ``words``."""
    assert (done.code, done.out) == (code, ""), done.err
    lines = done.err.strip().splitlines()
    assert words in done.err
    assert 1 <= len(lines) <= 3, done.err
    assert PASSWORD not in done.err
