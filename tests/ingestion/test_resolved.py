"""Resolved tickets are searched if the policy allows it, cited as such, and can be forgotten."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.desk import Desk
from assistant.flows.ask import ask
from assistant.flows.draft import draft_reply
from assistant.flows.forget import forget_ticket
from assistant.model import Turn
from guardrails import RawText
from guardrails.placeholders import find
from guardrails.policy import Policy
from ingestion.cited import place
from ingestion.ingest import ingest
from ingestion.resolved import bring_resolved
from ingestion.staleness import stale
from tests.fakes.desks import a_desk
from tests.fakes.policies import a_policy
from tests.fakes.tickets import import_tickets

QUESTION = "Why does the tunnel flap at noon?"
ANSWER = "The tunnel flaps at noon because the MTU is too high. Lower the MTU to 1400."


@pytest.fixture
def desk() -> Desk:
    """A desk whose policy wants resolved tickets, with one solved, one closed and one open."""
    made = a_desk("Priya Raghunathan", policy=a_policy(resolved_tickets=True))
    _import(made)
    bring_resolved(made)
    return made


def test_a_solved_ticket_answers_and_is_cited_as_a_ticket(desk: Desk) -> None:
    found = ask(desk, RawText(QUESTION))
    assert "Lower the MTU" in found.written.body.reveal()
    (citation,) = found.written.citations
    assert citation.source.reveal() == "ticket #AC-1"
    assert place(citation.source.reveal(), citation.first_line, citation.last_line) == ("message 2")


def test_nobodys_name_can_be_put_back_from_it(desk: Desk) -> None:
    assert "<PERSON_" in "".join(turn.text.reveal() for turn in _redacted(desk, "AC-1"))
    for chunk in desk.records.documents.chunks():
        assert list(find(chunk.text.reveal() + chunk.heading.reveal())) == []
        assert "Priya" not in chunk.text.reveal() + chunk.heading.reveal()


def test_what_was_asked_finds_the_answer_and_is_not_quoted(desk: Desk) -> None:
    (chunk,) = (each for each in desk.records.documents.chunks() if "MTU" in each.text.reveal())
    assert chunk.heading.reveal() == f"{QUESTION} …"
    assert chunk.text.reveal() == ANSWER


def test_an_open_ticket_is_not_found() -> None:
    desk = a_desk(policy=a_policy(resolved_tickets=True))
    _import(desk)
    assert bring_resolved(desk).found == 2
    sources = {each.source.reveal() for each in desk.records.documents.documents()}
    assert sources == {"ticket #AC-1", "ticket #AC-2"}


def test_without_the_policy_none_is_found_and_those_that_were_go(desk: Desk) -> None:
    plain = a_desk()
    _import(plain)
    assert bring_resolved(plain).found == 0
    assert plain.records.documents.chunk_ids() == set()
    changed = replace(desk, tenant=replace(desk.tenant, policy=Policy()))
    assert bring_resolved(changed).removed == 2
    assert desk.records.documents.chunk_ids() == desk.vectors.ids() == set()


def test_only_what_changed_is_written_again(desk: Desk) -> None:
    assert bring_resolved(desk).written == 0
    _import(desk, answer="Lower the MTU to 1300.")
    assert bring_resolved(desk).written == 1
    assert desk.records.documents.chunk_ids() == desk.vectors.ids()


def test_a_ticket_that_was_opened_again_is_found_no_more(desk: Desk) -> None:
    _import(desk, status="open")
    assert bring_resolved(desk).removed == 1
    assert desk.records.documents.chunk_ids() == desk.vectors.ids()


def test_a_forgotten_ticket_is_found_no_more(desk: Desk) -> None:
    draft_reply(desk, "AC-3")
    done = forget_ticket(desk, "AC-1")
    assert done.quoting == 1
    assert desk.records.documents.chunk_ids() == desk.vectors.ids()
    assert not any("MTU" in each.text.reveal() for each in desk.records.documents.chunks())
    bring_resolved(desk)
    assert len(desk.records.documents.documents()) == 1


def test_a_ticket_does_not_answer_itself(desk: Desk) -> None:
    written = draft_reply(desk, "AC-1").written
    assert "ticket #AC-1" not in {each.source.reveal() for each in written.citations}


def test_a_folder_that_is_read_leaves_tickets_alone(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "kb.md").write_text("# Soup\n\nSoup is served at one.\n")
    report = ingest(desk, tmp_path, progress=lambda _: None, max_bytes=10_000)
    assert (report.added, report.removed, stale(desk)) == (1, 0, 0)
    assert len(desk.records.documents.documents()) == 3


def _redacted(desk: Desk, reference: str) -> tuple[Turn, ...]:
    found = desk.records.tickets.get(reference)
    assert found is not None
    return found.turns


def _import(desk: Desk, *, status: str = "solved", answer: str = ANSWER) -> None:
    tickets = [
        _ticket("AC-1", status, "Tunnel", (QUESTION + " Priya Raghunathan", answer)),
        _ticket("AC-2", "closed", "Lunch", ("When is soup?", "Soup is served at one.")),
        _ticket("AC-3", "open", "Tunnel", ("The tunnel flaps at noon, why?",)),
    ]
    import_tickets(desk, RawText("\n".join(map(json.dumps, tickets))), "tickets.jsonl")


def _ticket(reference: str, status: str, subject: str, said: tuple[str, ...]) -> dict[str, object]:
    turns = [{"text": text, "role": "agent" if at else "requester"} for at, text in enumerate(said)]
    return {"id": reference, "status": status, "subject": subject, "turns": turns}
