"""After a change of the embedder, search still answers until all vectors are rebuilt."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from assistant.bootstrap import Home
from assistant.flows.ask import ask
from assistant.flows.draft import draft_reply
from assistant.settings import Settings
from guardrails import RawText
from ingestion.ingest import ingest
from ingestion.report import IngestReport, Progress
from tests.fakes.indexes import HashingEmbedder
from tests.fakes.parts import light_parts
from tests.fakes.tickets import import_tickets
from ui.operations.base import Step, TenantArgs
from ui.operations.callers import Caller, Interface
from ui.operations.reindex import REINDEX
from ui.operations.tenants import SHOW

OWNER = Caller(Interface.SHELL, owner=True)
TUNNEL = "The tunnel flaps at noon. Which MTU?"
TICKET = '{"id": "AC-1", "subject": "Tunnel", "turns": [{"text": "The tunnel flaps at noon."}]}'


class _Other(HashingEmbedder):
    name = "another"


@pytest.fixture
def home(tmp_path: Path) -> Generator[Home]:
    """A home whose vectors were made by an embedder that is gone."""
    with _open(tmp_path, HashingEmbedder) as home:
        home.add_tenant("acme")
        (tmp_path / "kb").mkdir()
        (tmp_path / "kb" / "vpn.md").write_text("# VPN\n\nThe tunnel flaps: lower the MTU.\n")
        _ingest(home, tmp_path)
        assert _stale(home) == 0
    with _open(tmp_path, _Other) as home:
        yield home


def test_until_then_answers_and_drafts_come_by_words_alone_and_say_so(home: Home) -> None:
    assert _stale(home) == 1
    (note,) = _ask(home)
    assert "exact words" in note
    import_tickets(home.desk("acme"), RawText(TICKET), "tickets.jsonl")
    assert note in draft_reply(home.desk("acme"), "AC-1").written.notes
    assert _stale(home) == 1, "no question makes vectors"


def test_reindex_makes_them_reports_progress_and_has_nothing_left_to_do(home: Home) -> None:
    steps: list[Step] = []
    done = REINDEX.run(home, OWNER, TenantArgs(tenant="acme"), steps.append)
    assert (done.made, done.chunks, done.embedder, done.stale_documents) == (1, 1, "another", 0)
    assert [(step.what, step.done, step.total) for step in steps] == [("embedding", 1, 1)]
    assert (_ask(home), _stale(home)) == ((), 0)
    assert [row.kind for row in home.desk("acme").ledger.rows()][-2:] == [
        "reindexed", "question.answered"
    ]  # fmt: skip
    assert REINDEX.run(home, OWNER, TenantArgs(tenant="acme"), steps.append).made == 0


def test_an_ingest_that_finds_something_new_makes_them_too(home: Home, tmp_path: Path) -> None:
    assert _ingest(home, tmp_path).unchanged == 1
    assert _stale(home) == 1
    (tmp_path / "kb" / "new.md").write_text("# Printer\n\nRestart the spooler.\n")
    told: list[Progress] = []
    ingest(home.desk("acme"), tmp_path / "kb", progress=told.append, max_bytes=10_000)
    assert ("embedding", 1, 1) in [(each.what, each.done, each.total) for each in told]
    assert (_ask(home), _stale(home)) == ((), 0)


def _open(folder: Path, embedder: type[HashingEmbedder]) -> Home:
    return Home.open(Settings(home=folder / "home"), parts=light_parts(embedder=embedder))


def _ingest(home: Home, folder: Path) -> IngestReport:
    return ingest(home.desk("acme"), folder / "kb", progress=lambda _: None, max_bytes=10_000)


def _stale(home: Home) -> int:
    return SHOW.run(home, OWNER, TenantArgs(tenant="acme"), lambda _: None).stale_vectors


def _ask(home: Home) -> tuple[str, ...]:
    answer = ask(home.desk("acme"), RawText(TUNNEL))
    assert [each.source.reveal() for each in answer.passages][:1] == ["vpn.md"]
    return answer.written.notes
