"""A ticket's way from an export to a released reply, by commands alone, beside a running page."""

from __future__ import annotations

import json
import shlex
import subprocess
import threading
from pathlib import Path

import httpx
import pytest

from assistant.errors import NotPermitted
from tests.ui.cli_fixtures import COMMAND, PASSWORD, Served, begin, ended, quietdesk
from ui.cli import client
from ui.operations.base import Credential, TenantArgs
from ui.operations.registry import OPERATIONS

ACME = ("--tenant", "acme")
RITA = (*ACME, "--as", "rita")
NAMES = ("Theodora", "Quillfeather", "Raghunathan", "Oakenshield", "theo@acme.example")


def test_an_answer_cites_source_heading_and_lines(served: Served) -> None:
    answer = served.run("ask", "printer", "prints", "blank", "pages", *ACME, "--json").json
    assert answer["answerable"]
    assert "spooler" in answer["text"]
    cited = answer["citations"][0]
    assert cited["source"].endswith("printer.md")
    assert 1 <= cited["first_line"] <= cited["last_line"] <= 7
    shown = served.run("ask", "printer prints blank pages", *ACME).out
    assert "printer.md, line" in shown


def test_a_question_that_nothing_answers_is_told_so(served: Served) -> None:
    done = served.run("ask", "When is the canteen open on Whit Monday?", *ACME)
    assert done.code == 0
    assert done.out.startswith("No document answers this for certain")


def test_lists_and_drafts_show_nobody(served: Served) -> None:
    shown = [
        served.run("tickets", "list", *ACME, "--json"),
        served.run("summarise", "AC-1", "AC-2", *ACME, "--json"),
        served.run("draft", "AC-1", "AC-2", *ACME, "--json"),
        served.run("ledger", "show", *ACME, "--json"),
    ]
    for done in shown:
        assert done.code == 0, done.err
        assert done.json
        assert not [name for name in NAMES if name in done.out + done.err]


def test_a_reply_goes_out_through_a_person(served: Served, tmp_path: Path) -> None:
    draft = served.run("draft", "AC-1", *ACME, "--json").json["written"][0]["id"]
    assert served.run("review", "release", draft, *RITA).code == 4
    shown = served.run("review", "show", draft, *RITA, "--json").json
    assert "Theodora" not in shown["saw"]
    edited = served.run(
        "review", "edit", draft[:12], *RITA, "--file", "-", stdin="Dear Theodora, restart it."
    )
    assert (edited.code, edited.err) == (0, "")
    assert served.run("review", "approve", draft, *RITA, "--json").json["state"] == "approved"
    assert served.run("review", "release", draft, *RITA).code == 0

    out = tmp_path / "replies.jsonl"
    assert served.run("outbox", "export", *RITA, "--out", str(out)).code == 0
    assert out.stat().st_mode & 0o777 == 0o600
    texts = [json.loads(line)["text"] for line in out.read_text().splitlines()]
    assert [
        text for text in texts if text.startswith("Dear Theodora, restart it.\n\nThis text was")
    ]
    again = served.run("outbox", "export", *RITA, "--out", str(out))
    assert (again.code, len(out.read_text().splitlines())) == (2, len(texts))


def test_an_agent_sees_a_ticket_and_decides_nothing(served: Served) -> None:
    aron = (*ACME, "--as", "aron")
    shown = served.run("tickets", "show", "AC-1", *aron)
    assert "Theodora Quillfeather" in shown.out
    draft = served.run("draft", "AC-2", *ACME, "--json").json["written"][0]["id"]
    for decision in ("approve", "reject", "release"):
        assert served.run("review", decision, draft, *aron).code == 3


def test_another_reviewer_decides_what_a_person_concerned_challenges(served: Served) -> None:
    aron, olaf = (*ACME, "--as", "aron"), (*ACME, "--as", "olaf")
    assert served.run("user", "add", "olaf", *ACME, "--role", "reviewer").code == 0
    made = served.run("draft", "AC-1", *ACME, "--json").json["written"][0]["id"]
    assert served.run("review", "reject", made, *RITA).code == 0
    opened = served.run("challenge", "open", "--draft", made[:12], "--reason", "wrong", *aron)
    assert "of AC-1 is open; due on" in opened.out, opened.err
    challenge = opened.out.split()[1]
    assert served.run("challenge", "decide", challenge, "--upheld", *RITA).code == 4
    assert served.run("challenge", "decide", challenge, *olaf).code == 2
    both = ("--upheld", "--changed")
    assert served.run("challenge", "decide", challenge, *both, *olaf).code == 2
    assert challenge in served.run("challenge", "list", *ACME).out
    done = served.run("challenge", "decide", challenge, "--changed", *olaf)
    assert done.out.endswith("of AC-1 is decided: changed.\n"), done.err
    assert challenge not in served.run("challenge", "list", *aron).out
    assert "changed by olaf" in served.run("challenge", "list", "--all", *aron).out


@pytest.mark.parametrize("who", ["rita", "nobody"])
def test_a_wrong_password_and_an_unknown_login_sound_the_same(served: Served, who: str) -> None:
    done = served.run(
        "tickets", "show", "AC-1", *ACME, "--as", who, "--json", password="wrong-password"
    )
    assert done.code == 3
    assert done.error["happened"] == "The login or the password is wrong."


def test_a_text_from_outside_does_not_steer_the_terminal(served: Served) -> None:
    shown = served.run("tickets", "show", "AC-2", *RITA)
    assert "red" in shown.out
    assert "\x1b" not in shown.out


def test_a_nightly_batch_runs_beside_the_page(served: Served) -> None:
    codes: list[int] = []
    done = threading.Event()

    def visit() -> None:
        with httpx.Client(trust_env=False, timeout=30) as browser:
            while not done.is_set():
                codes.append(browser.get(f"{served.url}/login").status_code)

    visitor = threading.Thread(target=visit)
    visitor.start()
    batch = [
        begin(served.home, *command, *ACME, "--json", password=PASSWORD)
        for command in (
            ("summarise", "AC-1", "AC-2"),
            ("summarise", "--all"),
            ("draft", "--all"),
            ("ask", "vpn 98 percent"),
            ("tickets", "list"),
        )
    ]
    ends = [ended(each) for each in batch]
    done.set()
    visitor.join()
    assert [each.code for each in ends] == [0] * len(ends), [each.err for each in ends]
    assert set(codes) == {200}
    assert served.run("ledger", "verify", *ACME).code == 0


def test_redact_masks_and_counts_without_a_home(tmp_path: Path) -> None:
    text = "Priya Raghunathan, priya@acme.example"
    done = quietdesk(tmp_path / "none", "redact", "--json", stdin=text)
    assert done.code == 0, done.err
    assert "Raghunathan" not in done.out
    for mask in done.json["masks"]:
        assert set(mask) == {"start", "end", "type", "placeholder", "recognizer"}
    assert done.json["counts"]["EMAIL_ADDRESS"] == 1
    assert not (tmp_path / "none").exists()


def test_redact_with_a_tenant_adds_nothing_to_its_vault(served: Served) -> None:
    def placeholders() -> int:
        return served.run("tenant", "show", "acme", "--json").json["counts"]["placeholders"]

    before = placeholders()
    done = served.run("redact", *ACME, stdin="Ask Theodora Quillfeather or Ulrike Meinhardt.\n")
    assert "<PERSON_" in done.out
    assert "Theodora" not in done.out
    assert placeholders() == before


def test_a_reader_that_leaves_early_is_no_failure(served: Served) -> None:
    script = f"{shlex.join([*COMMAND, 'ledger', 'show', *ACME])} | head -0"
    done = subprocess.run(
        ["bash", "-c", script],
        env={"QUIETDESK_HOME": str(served.home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


def test_a_credential_travels_beside_the_arguments(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUIETDESK_HOME", str(served.home))
    listed = OPERATIONS["review.list"]
    who = Credential(login="rita", password=PASSWORD)
    assert client.perform(listed, TenantArgs(tenant="acme"), credential=who)
    with pytest.raises(NotPermitted, match="needs a logged-in person"):
        client.perform(listed, TenantArgs(tenant="acme"))
