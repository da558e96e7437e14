"""Caches: costly parts are made once, and a cache keeps nothing that was forgotten or changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.adapters.records.documents import SqlDocuments
from assistant.adapters.sentence_transformers import INSTALLED
from assistant.bootstrap import Home
from assistant.errors import NotFound
from assistant.flows.ask import ask
from assistant.flows.directory import import_people
from assistant.flows.forget import forget_documents, forget_ticket
from assistant.ports import Embedder
from assistant.settings import Settings
from guardrails import RawText, RedactedText
from guardrails.detect.directory import Term
from guardrails.injection.detector import RememberedSuspects, SuspiciousSpan
from guardrails.spans import EntityType
from ingestion.ingest import ingest
from ingestion.staleness import named
from tests.fakes.desks import no_suspects
from tests.fakes.indexes import HashingEmbedder
from tests.fakes.parts import light_parts
from tests.fakes.policies import a_policy
from tests.fakes.tickets import import_tickets

PEOPLE = "name,email\nBartholomew Oakenshield,bart@acme.example\n"
TICKET = (
    '{"id": "AC-1", "subject": "Blank pages", "requester": {"name": "Theodora Quillfeather"},'
    ' "turns": [{"text": "The printer prints blank pages."}]}'
)
ASKED = "Why does the tunnel flap?"


@pytest.fixture
def home(tmp_path: Path) -> Generator[Home]:
    """A home with one tenant that has two documents and a ticket."""
    kb = tmp_path / "kb"
    kb.mkdir()
    (kb / "vpn.md").write_text("# VPN\n\nThe tunnel flaps when the MTU is too high.\n")
    (kb / "badge.md").write_text("# Badge\n\nThe unicorn opens every door.\n")
    with Home.open(Settings(home=tmp_path / "home"), parts=light_parts()) as home:
        home.add_tenant("acme")
        ingest(home.desk("acme"), kb, progress=lambda _: None, max_bytes=10_000)
        import_tickets(home.desk("acme"), RawText(TICKET), "tickets.jsonl")
        yield home


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Records which chunks were read from the records."""
    asked: list[object] = []
    real = SqlDocuments.chunks

    def counted(self: SqlDocuments, ids: Any = None) -> Any:
        asked.append(ids)
        return real(self, ids)

    monkeypatch.setattr(SqlDocuments, "chunks", counted)
    return asked


def test_another_policy_directory_or_term_opens_no_chunk_again(
    home: Home, opened: list[object]
) -> None:
    lexical = home.desk("acme").lexical
    lexical()
    assert opened.pop() is None
    home.set_policy("acme", a_policy(library=True))
    home.directory_changed("acme")
    home.desk("acme").records.terms.put(Term(RawText("tunnel"), None))
    home.directory_changed("acme")
    assert home.desk("acme").lexical is lexical
    home.desk("acme").lexical()
    assert opened == []


@pytest.mark.parametrize("embedder", [INSTALLED, "another"])
def test_three_desks_and_a_changed_directory_make_each_embedder_once(
    tmp_path: Path, embedder: str
) -> None:
    made: list[str] = []

    def make(_settings: Settings, source: str) -> Embedder:
        made.append(Path(source).name)
        return HashingEmbedder()

    settings = Settings(home=tmp_path, embedder=embedder)
    with Home.open(settings, parts=replace(light_parts(), embedder=make)) as home:
        for slug in ("acme", "globex", "initech"):
            home.add_tenant(slug)
            home.desk(slug)
        home.directory_changed("acme")
        home.desk("acme")
    assert sorted(made) == sorted({embedder, INSTALLED})


def test_a_changed_directory_or_term_is_honoured_at_once(home: Home) -> None:
    said = "both oakenshield and tunnelmaster are slow"
    assert _seen(home, said) == said
    import_people(home.desk("acme"), RawText(PEOPLE), "people.csv")
    home.directory_changed("acme")
    assert _seen(home, said) == "both <PERSON> and tunnelmaster are slow"
    assert home.desk("acme").scanner.scan("Bartholomew Oakenshield").kinds() == {"PERSON": 1}
    home.desk("acme").records.terms.put(Term(RawText("Tunnelmaster"), EntityType.ORGANIZATION))
    home.directory_changed("acme")
    assert _seen(home, said) == "both <PERSON> and <ORGANIZATION> are slow"


def test_what_was_forgotten_is_left_in_no_cache(home: Home) -> None:
    desk = home.desk("acme")
    ask(desk, RawText(ASKED))
    desk.suspects([chunk.text for chunk in desk.records.documents.chunks()])
    assert {"unicorn", "Quillfeather"} <= _words_of(home)
    with home.erasing("acme"):
        forget_documents(desk, named(desk, "badge.md"))
    assert "unicorn" not in _words_of(home)
    assert [len(each.nearness._kept) for each in home._caches.values()] == [0]
    with home.erasing("acme"):
        forget_ticket(desk, "AC-1")
    assert not {"unicorn", "Quillfeather"} & _words_of(home)
    home.directory_changed("acme")
    assert ask(home.desk("acme"), RawText(ASKED)).passages


def test_no_tenant_has_a_cache_of_another(home: Home) -> None:
    home.add_tenant("globex")
    mine, theirs = home.desk("acme"), home.desk("globex")
    assert mine.lexical is not theirs.lexical
    assert mine.suspects is not theirs.suspects
    caches = home._caches.values()
    ask(mine, RawText(ASKED))
    assert sorted(bool(each.nearness._kept) for each in caches) == [False, True]
    assert theirs.scanner.values("Theodora Quillfeather") == ()
    assert [(start, end) for start, end, _ in mine.scanner.values("Theodora Quillfeather")]


def test_the_caches_of_a_tenant_that_is_gone_are_let_go(home: Home) -> None:
    lexical = home.desk("acme").lexical
    with sqlite3.connect(home.settings.home / "quietdesk.db") as rows:
        rows.execute("DELETE FROM tenants")
    with pytest.raises(NotFound):
        home.desk("acme")
    assert _words_of(home) == set()
    home.add_tenant("acme")
    assert home.desk("acme").lexical is not lexical
    assert home.desk("acme").scanner.values("Theodora Quillfeather") == ()


def test_a_text_is_looked_at_once_until_it_is_forgotten(home: Home) -> None:
    asked: list[str] = []

    def find(texts: Sequence[RedactedText]) -> list[tuple[SuspiciousSpan, ...]]:
        asked.extend(each.reveal() for each in texts)
        return no_suspects(texts)

    suspects = RememberedSuspects(lambda: find)
    text = home.desk("acme").records.documents.chunks()[0].text
    assert suspects([text, text]) == suspects([text]) * 2
    assert asked == [text.reveal()]
    suspects.forget()
    suspects([text])
    assert len(asked) == 2


def _seen(home: Home, text: str) -> str:
    return home.desk("acme").redactor.look_up(RawText(text)).text.reveal()


def _words_of(home: Home) -> set[str]:
    """Return all words that the caches of a home hold."""
    held: list[str] = []
    for each in home._caches.values():
        vocabulary = each.lexical._vocabulary
        held += [*vocabulary, *vocabulary.numbers]
        held += [word for words in each.values._values._surfaces.values() for word in words]
        held += [word for text in each.suspects._read for word in text.reveal().split()]
    return set(held)
