"""The number of statements does not grow with the number of records."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.desk import Desk
from assistant.flows import review, show
from assistant.flows.delivery import deliver
from assistant.flows.forget import forget_documents, forget_ticket
from assistant.flows.gaps import gaps
from assistant.model import DraftKind, DraftState, Gap, TicketStatus, Written, new_id
from guardrails import RawText
from guardrails.identity.permissions import Person
from ingestion.ingest import ingest
from ingestion.staleness import named, stale
from tests.fakes.databases import Room, TestHome
from tests.fakes.homes import postgres, sqlite
from tests.fakes.indexes import HashingEmbedder
from tests.fakes.plain import redacted
from tests.fakes.samples import MORNING, a_document, a_draft, a_reply, chunks_of
from tests.fakes.tickets import import_tickets
from tests.statements import counted, desk_over, opened

__all__ = ["postgres", "sqlite"]

NAMES = [f"Zoe{at:04}" for at in range(900)]


@pytest.fixture(params=["sqlite", "postgres"])
def room(request: pytest.FixtureRequest) -> Room:
    """A new tenant of a real database."""
    home: TestHome = request.getfixturevalue(request.param)
    return home.move_in()


@pytest.mark.parametrize("many", [3, 90])
def test_the_list_of_tickets_takes_a_constant_number_of_statements(room: Room, many: int) -> None:
    desk, person = _desk_with_tickets(room, many), _person()
    with counted(room.home.database.engine) as sent:
        lines = show.tickets(desk, person)
    assert [line.requester.for_display() for line in lines] == NAMES[:many]
    assert len(sent) <= 8


def test_tickets_are_filtered_by_status_before_anybody_is_restored(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, person = _desk_with_tickets(room, 20), _person()
    with opened(monkeypatch) as seen, counted(room.home.database.engine) as sent:
        found = show.tickets(desk, person, status=TicketStatus.SOLVED, sought="ZOE0003 print")
    assert [(line.reference, line.status) for line in found] == [("AC-3", TicketStatus.SOLVED)]
    assert seen.count("vault_surfaces.sealed") == 10
    assert len(sent) <= 8


def test_the_queue_opens_what_waits_alone(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, person = desk_over(room), _person()
    drafts = [a_draft(f"AC-{at}", at=MORNING + timedelta(minutes=at)) for at in range(40)]
    for draft in drafts:
        room.records.drafts.add(draft)
    for draft in drafts[:38]:
        room.records.drafts.move(draft.id, expected=DraftState.PENDING, to=DraftState.REJECTED)
    with opened(monkeypatch) as seen, counted(room.home.database.engine) as sent:
        waiting = review.pending(desk, person)
    assert waiting == drafts[38:]
    assert seen.count("drafts.body") == 2
    assert len(sent) <= 2


def test_the_newest_drafts_of_a_ticket_are_found_without_opening_another(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(30):
        kind = DraftKind.SUMMARY if at % 2 else DraftKind.REPLY
        draft = a_draft(kind=kind, at=MORNING + timedelta(minutes=at))
        room.records.drafts.add(replace(draft, ticket_id="one" if at < 20 else "two"))
    with opened(monkeypatch) as seen, counted(room.home.database.engine) as sent:
        newest = room.records.drafts.newest("one")
    assert [each.created_at for each in newest] == [
        MORNING + timedelta(minutes=m) for m in (18, 19)
    ]
    assert seen.count("drafts.body") == 2
    assert len(sent) <= 2


def test_delivering_opens_what_waits_alone(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_over(room)
    for at in range(10):
        draft = a_draft(f"AC-{at}")
        room.records.drafts.add(draft)
        reply = a_reply(draft)
        room.records.drafts.put_reply(reply)
        if at:
            room.records.drafts.delivered(reply.id, MORNING)
    posted: list[str] = []
    with opened(monkeypatch) as seen:
        assert (
            deliver(desk, _person(), lambda _id, ref, _text, _ai: posted.append(ref)).delivered == 1
        )
    assert (posted, seen.count("replies.text")) == (["AC-0"], 1)


def test_the_last_rows_of_the_ledger_are_read_without_the_chain(room: Room) -> None:
    for at in range(60):
        room.ledger.append("sent", count=at)
    with counted(room.home.database.engine) as sent:
        assert [row.number for row in room.ledger.last(5)] == [56, 57, 58, 59, 60]
    assert len(sent) <= 2
    assert "LIMIT" in sent[-1]


def test_stale_documents_are_counted_without_opening_one(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_over(room)
    for at in range(30):
        room.records.documents.put(a_document(f"{at}.md"), [])
    with opened(monkeypatch) as seen, counted(room.home.database.engine) as sent:
        assert stale(desk) == 30
    assert not any(place.startswith("documents.") for place in seen)
    assert len(sent) <= 6


@pytest.mark.parametrize("many", [3, 60])
def test_forgetting_a_ticket_takes_a_constant_number_of_statements(
    room: Room, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    desk = _desk_with_tickets(room, many)
    for at in range(1, many):
        words = Written(
            redacted("saw"), redacted("said"), redacted(f"<PERSON_{at + 1}>"), "extractive"
        )
        room.records.drafts.add(replace(a_draft(f"AC-{at}"), written=words))
    with opened(monkeypatch) as seen, counted(room.home.database.engine) as sent:
        done = forget_ticket(desk, "AC-0")
    assert (done.tickets, done.values) == (1, 1)
    assert len(sent) <= 40
    assert seen.count("tickets.subject") <= 2
    assert not any(place.startswith("drafts.") for place in seen)
    assert show.tickets(desk, _person())[0].requester.for_display() == NAMES[1]


def test_forgetting_a_document_opens_no_other(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = _desk_with_tickets(room, 5)
    documents = [a_document(f"{at}.md") for at in range(20)]
    for document in documents:
        room.records.documents.put(document, chunks_of(document, ["Ask <PERSON_1>", "Wait"]))
    with opened(monkeypatch) as seen:
        done = forget_documents(desk, [documents[0].id])
    assert (done.documents, done.chunks, done.values) == (1, 2, 0)
    assert seen.count("chunks.text") == 2
    assert not any(place.startswith("ticket") for place in seen)


def test_a_new_file_is_compared_without_opening_what_was_there(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_over(room)
    for at in range(30):
        (tmp_path / f"{at}.md").write_text(_words(at))
    _ingest(desk, tmp_path)
    (tmp_path / "new.md").write_text(_words(99))
    chunks = room.records.counts()["chunks"]
    with opened(monkeypatch) as seen, counted(room.home.database.engine) as sent:
        assert _ingest(desk, tmp_path / "new.md") == []
    mine = room.records.counts()["chunks"] - chunks
    assert 0 < mine < 5
    assert seen.count("chunks.text") == mine
    assert not seen.count("documents.source")
    assert len(sent) < 60


def test_of_what_was_there_only_a_near_duplicate_is_opened(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_over(room)
    for at in range(10):
        (tmp_path / f"{at}.md").write_text(_words(at))
    _ingest(desk, tmp_path)
    (tmp_path / "copy.md").write_text(_words(3) + " and a little more")
    with opened(monkeypatch) as seen:
        assert _ingest(desk, tmp_path / "copy.md") == [("3.md", "copy.md")]
    assert seen.count("documents.source") == 2


def test_documents_of_an_earlier_version_get_their_signature_with_the_next_new_file(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_over(room)
    for at in range(5):
        (tmp_path / f"{at}.md").write_text(_words(at))
    _ingest(desk, tmp_path)
    mine = "WHERE tenant_id = :mine"
    room.home.tamper(f"UPDATE documents SET signature = NULL {mine}", mine=room.tenant.id)
    (tmp_path / "copy.md").write_text(_words(3))
    assert _ingest(desk, tmp_path / "copy.md") == [("3.md", "copy.md")]
    assert all(room.records.documents.signatures().values())
    (tmp_path / "other.md").write_text(_words(77))
    with opened(monkeypatch) as seen:
        _ingest(desk, tmp_path / "other.md")
    assert seen.count("chunks.text") < 5
    assert named(desk, str(tmp_path / "0.md"))


def test_a_question_is_embedded_once_however_often_the_gaps_are_shown(room: Room) -> None:
    desk = desk_over(room)
    for at in range(20):
        gap = Gap(new_id(), MORNING + timedelta(minutes=at), redacted(f"reset badge {at}"))
        room.records.gaps.put(gap, keep=100)
    embedder = HashingEmbedder()
    desk = replace(desk, embedder=embedder)
    first = gaps(desk)
    assert len(embedder.seen) == 20
    room.records.gaps.put(Gap(new_id(), MORNING, redacted("park the car where")), keep=100)
    assert len(gaps(desk)) == len(first) + 1
    assert embedder.seen[20:] == ["park the car where"]
    with counted(room.home.database.engine) as sent:
        gaps(desk)
    assert len(embedder.seen) == 21
    assert len(sent) <= 4


def _desk_with_tickets(room: Room, many: int) -> Desk:
    desk = desk_over(room, *NAMES)
    lines = [
        json.dumps(
            {
                "id": f"AC-{at}",
                "subject": "Cannot print",
                "status": "solved" if at % 2 else "open",
                "created_at": (MORNING - timedelta(minutes=at)).isoformat(),
                "requester": {"name": NAMES[at]},
                "turns": [{"text": "The printer prints blank pages."}],
            }
        )
        for at in range(many)
    ]
    import_tickets(desk, RawText("\n".join(lines)), "tickets.jsonl")
    return desk


def _person() -> Person:
    return Person("kim", "harbour", may_read=True, may_release=True)


def _words(start: int) -> str:
    return " ".join(f"word{start * 1000 + at}" for at in range(200))


def _ingest(desk: Desk, path: Path) -> list[tuple[str, str]]:
    report = ingest(desk, path, progress=lambda _: None, max_bytes=100_000)
    return [tuple(sorted((each.one, each.two))) for each in report.alike]  # type: ignore[misc] - sorted() of two names is a pair
