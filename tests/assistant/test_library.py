"""Tenants whose policy allows it read the provider's library; nothing of theirs goes into it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.adapters.records.accounts import LIBRARY
from assistant.bootstrap import Home
from assistant.errors import BadInput, NotFound, Refused
from assistant.flows.ask import Answer, ask
from assistant.flows.draft import draft_reply
from assistant.flows.forget import forget_documents
from assistant.model import Role
from assistant.search.filters import DocumentFilter
from assistant.settings import Settings
from guardrails import RawText
from guardrails.text import unwrap
from ingestion.ingest import ingest
from ingestion.report import IngestReport
from tests.fakes.parts import light_parts
from tests.fakes.policies import a_policy
from tests.fakes.tickets import import_tickets

TUNNEL = "Why does the tunnel flap at noon?"
ARTICLE = (
    "# Tunnel\n\nThe tunnel flaps at noon when the MTU is too high. Lower the MTU. "
    "Mail otto@provider.example.\n"
)
SECRET = "# Badge\n\nThe unicorn badge opens the vault door. Mail zoe@acme.example.\n"
BADGE = "Which badge opens the vault door?"
TICKET = (
    '{"id": "AC-1", "subject": "Tunnel flaps", "requester": {"name": "Zoe Marsh",'
    ' "email": "zoe@acme.example"}, "turns": [{"text": "The tunnel flaps at noon. Why?"}]}'
)


@pytest.fixture
def home(tmp_path: Path) -> Generator[Home]:
    """Two tenants with a document each, and a library; acme reads it."""
    with Home.open(Settings(home=tmp_path / "home"), parts=light_parts()) as home:
        for slug, text in (("acme", SECRET), ("globex", "# Lunch\n\nSoup is served at one.\n")):
            home.add_tenant(slug)
            _bring(home, slug, _file(tmp_path / slug / "own.md", text))
        _stock(home, _file(tmp_path / "shared" / "vpn.md", ARTICLE))
        home.set_policy("acme", a_policy(library=True))
        yield home


def test_a_tenant_that_reads_it_is_answered_from_both_with_citations_of_each(home: Home) -> None:
    found = _ask(home, "acme", TUNNEL)
    assert "Lower the MTU" in found.written.body.reveal()
    assert found.written.citations[0].source.reveal() == "library: vpn.md"
    assert "unicorn" in _ask(home, "acme", BADGE).written.body.reveal()


def test_a_draft_quotes_it_too(home: Home) -> None:
    import_tickets(home.desk("acme"), RawText(TICKET), "tickets.jsonl")
    written = draft_reply(home.desk("acme"), "AC-1").written
    assert "library: vpn.md" in {each.source.reveal() for each in written.citations}


def test_it_is_read_by_nobody_until_the_policy_says_so(home: Home) -> None:
    assert not _mentions(_ask(home, "globex", TUNNEL), "MTU")
    assert home.desk("globex").library_view is None
    home.set_policy("acme", a_policy(library=False))
    assert not _mentions(_ask(home, "acme", TUNNEL), "MTU")


def test_a_filter_reaches_into_it(home: Home) -> None:
    filters = DocumentFilter(source="library: vpn.md")
    found = ask(home.desk("acme"), RawText(TUNNEL), filters=filters)
    assert {each.source.reveal() for each in found.passages} == {"library: vpn.md"}


def test_nothing_of_a_tenant_is_reachable_from_it_or_from_another_tenant(home: Home) -> None:
    home.set_policy("globex", a_policy(library=True))
    library = home.library()
    assert library.library_view is None
    for found in (ask(library, RawText(BADGE)), _ask(home, "globex", BADGE)):
        assert not _mentions(found, "unicorn")
    own = {chunk.id for chunk in home.desk("acme").records.documents.chunks()}
    for desk in (library, home.desk("globex")):
        held = desk.vectors.ids() | desk.records.documents.chunk_ids()
        assert not own & held
        assert desk.records.documents.chunks(sorted(own)) == []


def test_a_tenants_desk_has_no_way_to_write_it(home: Home) -> None:
    library_view = home.desk("acme").library_view
    assert library_view is not None
    for part in (library_view.documents, library_view.vectors, library_view.lexical()):
        for name in ("put", "remove", "add", "ids", "version"):
            assert not hasattr(part, name)
    before = _held(home)
    shared = home.library().records.documents.documents()
    desk = home.desk("acme")
    desk.records.documents.remove([each.id for each in shared])
    desk.vectors.remove([chunk.id for chunk in home.library().records.documents.chunks()])
    forget_documents(desk, [each.id for each in shared])
    desk.records.documents.put(replace(shared[0], title=shared[0].source), [])
    assert _held(home) == before


def test_what_a_tenant_reads_in_is_its_own_though_the_library_holds_the_same_file(
    home: Home, tmp_path: Path
) -> None:
    before = _held(home)
    assert _bring(home, "acme", tmp_path / "shared").added == 1
    assert _held(home) == before
    (tmp_path / "shared" / "vpn.md").unlink()
    assert _bring(home, "acme", tmp_path / "shared").removed == 1
    assert _held(home) == before


def test_nobody_can_name_it_as_a_tenant(home: Home) -> None:
    assert LIBRARY not in {each.slug for each in home.tenants()}
    for act in (
        lambda: home.desk(LIBRARY),
        lambda: home.tenant(LIBRARY),
        lambda: home.set_policy(LIBRARY, a_policy(library=True)),
        lambda: home.accounts.add_user("eve", "long enough a password", LIBRARY, Role.ADMIN),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(BadInput):
        home.add_tenant(LIBRARY)


def test_nobodys_identity_is_kept_in_it(home: Home) -> None:
    library = home.library()
    (chunk,) = library.records.documents.chunks()
    assert "<EMAIL_ADDRESS>" in chunk.text.reveal()
    assert library.records.counts()["placeholders"] == 0
    with pytest.raises(Refused):
        library.redactor.redact(RawText("Mail otto@provider.example."))


def test_a_placeholder_of_it_is_never_restored_to_a_person_of_the_tenant(home: Home) -> None:
    desk = home.desk("acme")
    desk.redactor.redact(RawText("Mail zoe@acme.example."))
    (chunk,) = home.library().records.documents.chunks()
    restored = desk.restorer.restore(chunk.text).text
    assert unwrap(restored) == chunk.text.reveal()


def test_a_row_of_it_does_not_open_under_a_tenants_key(home: Home) -> None:
    ids = home.accounts.library(), home.tenant("acme")
    assert ids[0] is not None
    assert ids[0].id != ids[1].id
    keys = [home.library().sealer, home.desk("acme").sealer]
    one, two = (each.fingerprint(RawText("same")) for each in keys)
    assert one != two


def _held(home: Home) -> object:
    store = home.library().records.documents
    return store.documents(), store.chunk_ids(), home.library().vectors.ids()


def _mentions(found: Answer, word: str) -> bool:
    texts = [each.chunk.text.reveal() for each in found.passages]
    return word in "\n".join([found.written.body.reveal(), *texts])


def _ask(home: Home, slug: str, question: str) -> Answer:
    return ask(home.desk(slug), RawText(question))


def _bring(home: Home, slug: str, path: Path) -> IngestReport:
    return ingest(home.desk(slug), path, progress=lambda _: None, max_bytes=10_000)


def _stock(home: Home, path: Path) -> IngestReport:
    return ingest(home.library(), path, progress=lambda _: None, max_bytes=10_000, identities=False)


def _file(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
