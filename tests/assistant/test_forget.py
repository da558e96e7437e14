"""Forgetting takes the bytes off the disk: each is found there before, and not after."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.bootstrap import Home
from assistant.errors import NotFound
from assistant.flows.ask import ask
from assistant.flows.draft import draft_reply
from assistant.flows.forget import forget_documents, forget_ticket
from assistant.settings import Settings
from guardrails import RawText
from ingestion.ingest import ingest
from ingestion.staleness import named
from tests.fakes.parts import light_parts
from tests.fakes.samples import a_draft
from tests.fakes.tickets import import_tickets

TICKETS = """\
{"id": "AC-1", "subject": "Blank pages", "requester": {"name": "Theodora Quillfeather"},
 "turns": [{"text": "The printer prints blank pages. Ask Bartholomew Oakenshield."}]}
{"id": "AC-2", "subject": "VPN", "requester": {"name": "Bartholomew Oakenshield"},
 "turns": [{"text": "The VPN stops."}]}
""".replace("\n ", " ")
MANY = 1200  # Chroma writes its HNSW file after every thousand
WIDTH = 64


@pytest.fixture
def home(tmp_path: Path) -> Generator[Home]:
    """A home with two documents and two tickets; rules for a detector, no model."""
    kb = tmp_path / "kb"
    kb.mkdir()
    (kb / "printer.md").write_text("# Printer\n\nMail zoe.marsh@acme.example, restart the spooler.")
    (kb / "vpn.md").write_text("# VPN\n\nLower the MTU, or mail priya@acme.example.\n")
    with _opened(tmp_path) as home:
        home.add_tenant("acme")
        desk = home.desk("acme")
        import_tickets(desk, RawText(TICKETS), "tickets.jsonl")
        ingest(desk, kb, progress=lambda _: None, max_bytes=10_000)
        yield home


def test_a_forgotten_document_is_in_no_file_of_the_home(home: Home) -> None:
    desk, folder = home.desk("acme"), home.settings.home
    with _rows(folder) as rows:
        sealed = [bytes(text) for (text,) in rows.execute("SELECT text FROM chunks")]
    # Of length 1 to the last bit, so that Chroma's own scaling leaves the bytes as they are.
    vectors = {
        chunk.id: np.roll(np.array([0.5, -0.5, 0.5, 0.5] + [0] * (WIDTH - 4), "f4"), at).tobytes()
        for at, chunk in enumerate(desk.records.documents.chunks(), start=40)
    }
    (printer,) = named(desk, "printer.md")
    (mine,) = (chunk.id for chunk in desk.records.documents.chunks_of(printer))
    # Strangers push the index into its HNSW file, and the vectors under test with them.
    many = np.random.default_rng(1).normal(size=(MANY, WIDTH)).astype(np.float32)
    desk.vectors.add(list(vectors), np.stack([np.frombuffer(v, "f4") for v in vectors.values()]))
    desk.vectors.add([f"{at:032x}" for at in range(MANY)], many)
    before = _disk(folder)
    assert sum(body in before for body in sealed) == 2
    for kind in ("*.sqlite3", "*.bin"):
        assert vectors[mine] in _disk(folder, kind), kind
    with home.erasing("acme"):
        assert forget_documents(desk, [printer]).documents == 1
    after = _disk(folder)
    assert sum(body in after for body in sealed) == 1
    assert vectors.pop(mine) not in after
    assert all(vector in after for vector in vectors.values())
    assert len(list(folder.glob("indexes/*/generation-*"))) == 1
    assert "vpn.md" in [each.source.reveal() for each in ask(desk, RawText("VPN MTU")).passages]


def test_a_kill_before_the_bytes_are_gone_is_made_good_when_the_desk_is_opened(
    home: Home,
) -> None:
    folder, desk = home.settings.home, home.desk("acme")
    with _rows(folder) as rows:
        sealed = [bytes(text) for (text,) in rows.execute("SELECT text FROM chunks")]
    killed = ExitStack()  # never closed: the process ends before
    killed.enter_context(home.erasing("acme"))
    forget_documents(desk, named(desk, "printer.md"))
    assert sum(body in _disk(folder) for body in sealed) == 2
    home.close()
    with _opened(folder.parent) as again:
        assert again.desk("acme").vectors.ids() == again.desk("acme").records.documents.chunk_ids()
        assert sum(body in _disk(folder) for body in sealed) == 1
        assert not list(folder.glob("indexes/*/erasing"))


def test_values_that_only_the_forgotten_held_leave_the_vault_and_shared_ones_stay(
    home: Home,
) -> None:
    desk = home.desk("acme")
    values = desk.records.counts()["placeholders"]
    draft_reply(desk, "AC-1")
    done = forget_ticket(desk, "AC-1")
    assert (done.tickets, done.drafts, done.values) == (1, 1, 1)  # Theodora; AC-2 needs Bartholomew
    assert desk.records.tickets.get("AC-1") is None
    assert desk.records.tickets.raw("AC-1") is None
    assert desk.records.drafts.list() == []
    assert forget_documents(desk, named(desk, "printer.md")).values == 1
    assert desk.records.counts()["placeholders"] == values - 2
    assert desk.ledger.verify().broken is None


def test_forgetting_that_fails_on_the_way_keeps_the_ticket_and_its_values(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = home.desk("acme")
    counts = desk.records.counts()

    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(desk.ledger, "append", fail)
        with pytest.raises(KeyboardInterrupt):
            forget_ticket(desk, "AC-1")
    assert desk.records.counts() == counts
    assert forget_ticket(desk, "AC-1").values == 1


def test_a_value_that_a_kept_ticket_only_has_as_a_field_stays(home: Home) -> None:
    desk = home.desk("acme")
    people = """{"id": "AC-%d", "subject": "Ask", "requester":
        {"name": "Mildred Ashcombe", "email": "mildred@acme.example"}, "turns": [{"text": "%s"}]}"""
    texts = "Write to mildred@acme.example.", "The lamp is out."
    lines = [people.replace("\n", " ") % each for each in zip((3, 4), texts, strict=True)]
    import_tickets(desk, RawText("\n".join(lines)), "more.jsonl")
    assert forget_ticket(desk, "AC-3").values == 0
    assert forget_ticket(desk, "AC-4").values == 2


def test_a_draft_that_quotes_the_document_is_counted(home: Home) -> None:
    desk = home.desk("acme")
    (printer,) = named(desk, "printer.md")
    draft = a_draft()
    cited = replace(draft.written.citations[0], document_id=printer)
    desk.records.drafts.add(replace(draft, written=replace(draft.written, citations=(cited,))))
    assert forget_documents(desk, [printer]).quoting == 1


def test_what_is_not_there_is_said_and_nothing_is_built_again(home: Home) -> None:
    assert named(home.desk("acme"), "nothing.md") == []
    with pytest.raises(NotFound), home.erasing("acme"):
        forget_ticket(home.desk("acme"), "AC-9")
    assert not list(home.settings.home.glob("indexes/*/erasing"))


def _opened(folder: Path) -> Home:
    return Home.open(Settings(home=folder / "home"), parts=light_parts())


def _disk(folder: Path, kind: str = "*") -> bytes:
    return b"\x00".join(path.read_bytes() for path in folder.rglob(kind) if path.is_file())


def _rows(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "quietdesk.db")
