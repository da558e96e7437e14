"""The life of a ticket by commands: follow-ups, stale drafts, mail that wants no reply."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.ui.cli_fixtures import PASSWORD, Ran, quietdesk

ACME = ("--tenant", "acme")
RITA = (*ACME, "--as", "rita")
ASKED = {"author": "Theodora Quillfeather", "role": "requester", "text": "The VPN shows code 812."}
AGAIN = {**ASKED, "text": "Never mind the VPN. My question now: the labels are blank."}
AWAY = {**ASKED, "text": "I am out of the office until 12 October."}


def ticket(reference: str, *turns: dict[str, str]) -> dict[str, Any]:
    return {"id": reference, "subject": "VPN code 812", "turns": turns}


class Commands:
    """Commands on one home, with a reviewer's password."""

    def __init__(self, home: Path, folder: Path) -> None:
        self._home, self._file = home, folder / "t.jsonl"
        user = ("user", "add", "rita", *ACME, "--role", "reviewer")
        assert self(*user).code == 0

    def __call__(self, *arguments: str) -> Ran:
        return quietdesk(self._home, *arguments, password=PASSWORD)

    def file(self, *tickets: dict[str, Any]) -> str:
        self._file.write_text("".join(json.dumps(each) + "\n" for each in tickets))
        return str(self._file)

    def bring(self, *tickets: dict[str, Any]) -> None:
        done = self("tickets", "import", self.file(*tickets), *ACME)
        assert done.code == 0, done.err


def test_a_draft_goes_out_only_after_a_person_has_seen_the_new_message(
    bare: Path, tmp_path: Path
) -> None:
    run = Commands(bare, tmp_path)
    run.bring(ticket("C-1", ASKED))
    draft = run("draft", "C-1", *ACME, "--json").json["written"][0]["id"]
    assert run("review", "approve", draft, *RITA).code == 0
    run.bring(ticket("C-1", ASKED, AGAIN))
    (waiting,) = run("review", "list", *RITA, "--json").json["drafts"]
    assert (waiting["id"], waiting["stale"]) == (draft, 1)
    refused = run("review", "release", draft, *RITA)
    assert refused.code == 4
    assert "1 new message came after this draft was made" in refused.err
    shown = run("review", "show", draft, *RITA)
    assert "the labels are blank" in shown.out
    assert "--seen 2-" in shown.err
    assert run("review", "release", draft, *RITA, "--seen", "1").code == 4
    assert run("review", "seen", draft, "2", *RITA).code == 0
    assert run("review", "release", draft, *RITA).code == 0


def test_a_newer_draft_takes_the_place_of_a_stale_one(bare: Path, tmp_path: Path) -> None:
    run = Commands(bare, tmp_path)
    run.bring(ticket("C-1", ASKED))
    old = run("draft", "--all", *ACME, "--json").json["written"][0]["id"]
    assert run("draft", "--all", *ACME, "--json").json["written"] == []
    run.bring(ticket("C-1", ASKED, AGAIN))
    new = run("draft", "--all", *ACME, "--json").json["written"][0]["id"]
    (waiting,) = run("review", "list", *RITA, "--json").json["drafts"]
    assert (waiting["id"], waiting["stale"]) == (new, 0)
    assert run("review", "show", old, *RITA, "--json").json["draft"]["state"] == "superseded"
    assert run("review", "release", old, *RITA).code == 4


def test_mail_that_wants_no_reply_is_not_drafted_to_and_the_reason_is_told(
    bare: Path, tmp_path: Path
) -> None:
    run = Commands(bare, tmp_path)
    run.bring(ticket("O-1", AWAY), ticket("C-1", ASKED))
    done = run("draft", "--all", *ACME, "--json").json
    assert [each["reference"] for each in done["written"]] == ["C-1"]
    assert done["skipped"] == [{"reference": "O-1", "why": "an out-of-office reply"}]
    alone = run("draft", "O-1", *ACME)
    assert alone.code == 4
    assert "O-1 wants no reply: an out-of-office reply" in alone.err
    assert run("draft", "O-1", "--anyway", *ACME).code == 0
    assert run("summarise", "O-1", *ACME).code == 0


def test_a_batch_drafts_a_follow_up_and_names_what_it_leaves_out(
    bare: Path, tmp_path: Path
) -> None:
    run = Commands(bare, tmp_path)
    out = tmp_path / "out.jsonl"

    def batch(*tickets: dict[str, Any]) -> dict[str, Any]:
        file = run.file(*tickets)
        done = run("draft", "--file", file, "--out", str(out), *ACME, "--json")
        assert done.code == 0, done.err
        return done.json

    first = batch(ticket("C-1", ASKED), ticket("O-1", AWAY))
    assert (first["written"], first["known"]) == (1, 0)
    assert [each["reference"] for each in first["skipped"]] == ["O-1"]
    again = batch(ticket("C-1", ASKED), ticket("O-1", AWAY))
    assert (again["written"], again["known"]) == (0, 1)
    after = batch(ticket("C-1", ASKED, AGAIN))
    assert (after["written"], after["known"]) == (1, 0)
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["reference"] for line in lines] == ["C-1", "C-1"]
    assert lines[0]["id"] != lines[1]["id"]


def test_a_tenant_s_frames_are_shown_and_set(bare: Path, tmp_path: Path) -> None:
    run = Commands(bare, tmp_path)
    words = "Liebe Grüße sendet die Technik."
    assert run("frames", "set", "de", "close", words, *ACME).code == 0
    shown = run("frames", "show", *ACME, "--json").json["frames"]
    assert [each["text"] for each in shown if each["own"]] == [words]
    assert run("frames", "set", "de", "nothing", words, *ACME).code == 2
    assert run("frames", "set", "de", "close", *ACME).code == 0
    assert not [
        each for each in run("frames", "show", *ACME, "--json").json["frames"] if each["own"]
    ]


def test_figures_are_shown(bare: Path, tmp_path: Path) -> None:
    run = Commands(bare, tmp_path)
    run.bring(ticket("C-1", ASKED))
    draft = run("draft", "C-1", *ACME, "--json").json["written"][0]["id"]
    assert run("review", "reject", draft, *RITA).code == 0
    figures = run("review", "stats", *ACME, "--json").json["figures"]
    assert {(each["by"], each["rejected"]) for each in figures} == {
        ("reviewer", 1),
        ("writer", 1),
        ("topic", 1),
    }
    assert "rita" in run("review", "stats", *ACME).out
