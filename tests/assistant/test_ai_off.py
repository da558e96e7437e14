"""AI can be switched off by tenant, by feature and for a person: then nothing is written by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant.desk import Desk
from assistant.errors import AiOff, BadInput, NotFound, OptedOut, Refused
from assistant.flows import review
from assistant.flows.ask import ask, asking
from assistant.flows.draft import draft_reply
from assistant.flows.gaps import gaps, note_gap
from assistant.flows.opt_outs import opt_in, opt_out, requester_of
from assistant.flows.queue import queue
from assistant.flows.summarise import summarise
from assistant.flows.unanswered import choose
from assistant.model import Draft, DraftKind, DraftState
from assistant.search.indexing import bring_in_step, index_chunks
from guardrails import RawText
from guardrails.detect.directory import KnownPerson
from guardrails.identity.permissions import Person
from guardrails.policy import AiFeature, Policy
from ingestion.resolved import bring_resolved
from tests.fakes.desks import a_desk
from tests.fakes.plain import redacted
from tests.fakes.policies import a_policy
from tests.fakes.records import FakeRecords
from tests.fakes.samples import a_document, chunks_of
from tests.fakes.tickets import import_tickets

REVIEWER = Person("rita", "harbour", id="u-rita", may_read=True, may_release=True)
_ANSWERED = (
    ',{"at":"2026-10-12T09:14:00Z","author":"Ada","role":"agent","text":"Clean the paper tray."}'
)
TICKETS = "\n".join(
    f'{{"id":"HD-{number}","subject":"Printer jams","status":"{status}",'
    f'"created_at":"2026-10-12T08:14:00Z","requester":{{"name":"{name}","email":"{email}"}},'
    f'"turns":[{{"at":"2026-10-12T08:14:00Z","author":"{name}","role":"requester",'
    f'"text":"The printer jams since Monday."}}{_ANSWERED if status == "solved" else ""}]}}'
    for number, status, name, email in (
        (1, "open", "Priya Raghunathan", "priya@harbour.example"),
        (2, "open", "Tom Okafor", "tom@harbour.example"),
        (3, "solved", "Priya Raghunathan", "PRIYA@harbour.example"),
    )
)
PRIYA = KnownPerson(email=RawText("priya@harbour.example"))
WRITES: list[tuple[AiFeature, Callable[[Desk, str], Draft]]] = [
    (AiFeature.DRAFT, draft_reply),
    (AiFeature.SUMMARY, summarise),
]


def made(policy: Policy | None = None) -> Desk:
    records = FakeRecords()
    document = a_document()
    desk = a_desk("Priya", "Raghunathan", "Tom", "Okafor", records=records, policy=policy)
    chunks = chunks_of(document, ["A printer jams when the tray is worn. Clean the paper tray."])
    records.documents.put(document, chunks)
    index_chunks(desk.embedder, desk.vectors, chunks, {document.id: document.title})
    import_tickets(desk, RawText(TICKETS), "tickets.jsonl")
    return desk


def now_under(desk: Desk, policy: Policy) -> Desk:
    """Return a desk that was opened before ``policy`` came into force."""
    return replace(desk, ask_policy=lambda: policy)


@pytest.mark.parametrize(("feature", "write"), WRITES)
@pytest.mark.parametrize("all_of_it", [True, False])
def test_nothing_is_written_and_nothing_is_queued(
    feature: AiFeature, write: Callable[[Desk, str], Draft], *, all_of_it: bool
) -> None:
    desk = made(a_policy(4, ai=not all_of_it, without=[feature]))
    with pytest.raises(AiOff, match="its policy, version 4") as refused:
        write(desk, "HD-1")
    assert "reply write" in refused.value.todo
    assert desk.records.drafts.list() == []
    assert "draft.queued" not in [row.kind for row in desk.ledger.rows()]


@pytest.mark.parametrize(("feature", "write"), WRITES)
def test_one_feature_is_off_alone(feature: AiFeature, write: Callable[[Desk, str], Draft]) -> None:
    others = [each for each in AiFeature if each is not feature]
    assert write(made(a_policy(without=others)), "HD-1").written.body


def test_an_unknown_ticket_is_unknown_and_not_refused() -> None:
    with pytest.raises(NotFound):
        draft_reply(made(), "HD-9")


def test_a_desk_that_was_opened_before_obeys_at_once() -> None:
    desk = now_under(made(), a_policy(2, ai=False))
    with pytest.raises(AiOff):
        draft_reply(desk, "HD-1")


def test_what_was_being_written_when_ai_was_switched_off_is_not_kept() -> None:
    desk = made()
    draft = draft_reply(desk, "HD-1")
    ticket = desk.records.tickets.get("HD-2")
    assert ticket is not None
    with pytest.raises(AiOff):
        queue(now_under(desk, a_policy(2, ai=False)), ticket, DraftKind.REPLY, draft.written)
    assert [each.id for each in desk.records.drafts.list()] == [draft.id]


def test_what_ai_wrote_before_is_not_released_after() -> None:
    before = made()
    draft = draft_reply(before, "HD-1")
    desk = now_under(before, a_policy(2, without=[AiFeature.DRAFT]))
    with pytest.raises(AiOff):
        review.approve(desk, REVIEWER, draft.id)
    with pytest.raises(AiOff):
        review.edit(desk, REVIEWER, draft.id, RawText("Dear Priya."))
    review.approve(before, REVIEWER, draft.id)
    with pytest.raises(AiOff):
        review.release(desk, REVIEWER, draft.id)
    assert review.reject(desk, REVIEWER, draft.id).state is DraftState.REJECTED
    assert desk.records.drafts.replies() == []


def test_a_question_finds_passages_and_gets_no_answer() -> None:
    desk = made(a_policy(without=[AiFeature.ANSWER]))
    question = RawText("What do I do when the printer jams?")
    for answer in (ask(desk, question), *asking(desk, question)):
        assert "Answering by AI is switched off" in answer.off
        assert (answer.answerable, answer.written.body.reveal()) == (False, "")
        assert answer.passages
    kinds = [row.kind for row in desk.ledger.rows()]
    assert (kinds.count("question.searched"), kinds.count("question.answered")) == (2, 0)


def test_a_question_that_nothing_answers_is_a_gap_without_ai_too() -> None:
    desk = made(a_policy(ai=False))
    assert ask(desk, RawText("Ergonomic chairs please")).noted
    assert not ask(desk, RawText("printer jams")).noted
    assert len(gaps(desk)) == 1


def test_nothing_is_embedded_while_search_by_meaning_is_off() -> None:
    desk = made(a_policy(without=[AiFeature.SEARCH]))
    assert desk.vectors.ids() == set()
    found = ask(desk, RawText("What do I do when the printer jams?"))
    assert found.answerable
    assert {way for each in found.passages for way in each.matched_by} == {"terms"}
    assert any("switched off by this tenant's policy" in note for note in found.written.notes)
    draft_reply(desk, "HD-1")
    note_gap(desk, redacted("Where is the tray?"))
    note_gap(desk, redacted("where is the Tray"))
    assert [len(each.gaps) for each in gaps(desk)] == [2]
    assert bring_in_step(desk).added == 0
    with pytest.raises(AiOff):
        desk.embedder.embed([redacted("printer")])


def test_documents_get_their_vectors_once_search_by_meaning_is_on_again() -> None:
    policies = [a_policy(without=[AiFeature.SEARCH])]
    desk = made(policies[0])
    assert desk.vectors.ids() == set()
    back = replace(desk, embedder=made().embedder)
    assert bring_in_step(back).added == 1
    assert desk.vectors.ids() == desk.records.documents.chunk_ids()


def test_a_person_who_opted_out_gets_no_draft_and_others_do() -> None:
    desk = made()
    noted = opt_out(desk, PRIYA, "rita")
    for _, write in WRITES:
        with pytest.raises(OptedOut, match="opted out of AI"):
            write(desk, "HD-1")
        assert write(desk, "HD-2").written.body
    assert noted.new
    row = next(row for row in desk.ledger.rows() if row.kind == "ai.opted_out")
    assert json.loads(row.body)["opt_out"] == noted.id
    assert "priya" not in row.body.lower()


def test_the_next_ticket_of_the_person_is_recognised_at_import() -> None:
    desk = made()
    opt_out(desk, requester_of(desk, "HD-1"), "rita")
    later = TICKETS.splitlines()[0].replace("HD-1", "HD-7").replace("priya@", "Priya@")
    import_tickets(desk, RawText(later), "later.jsonl")
    rows = [json.loads(row.body) for row in desk.ledger.rows() if row.kind == "ticket.imported"]
    assert [each["opted_out"] for each in rows] == [False, False, False, True]
    with pytest.raises(OptedOut):
        draft_reply(desk, "HD-7")


def test_a_batch_skips_the_tickets_of_a_person_who_opted_out() -> None:
    desk = made()
    opt_out(desk, PRIYA, "rita")
    for kind in DraftKind:
        choice = choose(desk, ["HD-1", "HD-2"], kind)
        assert choice.wanted == ("HD-2",)
        assert [each.why for each in choice.skipped] == ["its requester has opted out of AI"]


def test_drafts_that_wait_are_withdrawn_when_a_person_opts_out() -> None:
    desk = made()
    drafts = {name: draft_reply(desk, name) for name in ("HD-1", "HD-2")}
    assert opt_out(desk, PRIYA, "rita").withdrawn == 1
    states = {each.reference: each.state for each in desk.records.drafts.list()}
    assert states == {"HD-1": DraftState.SUPERSEDED, "HD-2": DraftState.PENDING}
    with pytest.raises(Refused):
        review.release(desk, REVIEWER, drafts["HD-1"].id)


def test_solved_tickets_of_a_person_who_opted_out_are_not_indexed() -> None:
    desk = made(a_policy(resolved_tickets=True))
    assert bring_resolved(desk).found == 1
    opt_out(desk, PRIYA, "rita")
    assert bring_resolved(desk).removed == 1


def test_a_person_in_the_directory_is_recognised_by_every_address() -> None:
    desk = made()
    tom = KnownPerson(email=RawText("tom@harbour.example"), phone=RawText("020 7946 0958"))
    desk.records.directory.put([tom])
    opt_out(desk, KnownPerson(phone=RawText("+44 20 7946 0958")), "rita")
    with pytest.raises(OptedOut):
        draft_reply(desk, "HD-2")


def test_a_person_who_opts_in_again_gets_drafts_again() -> None:
    desk = made()
    first = opt_out(desk, PRIYA, "rita")
    assert not opt_out(desk, PRIYA, "rita").new
    with pytest.raises(NotFound):
        opt_in(desk, KnownPerson(name=RawText("Olga")), "rita")
    assert opt_in(desk, first.id[:8], "rita") == 1
    assert draft_reply(desk, "HD-1").written.body
    assert [row.kind for row in desk.ledger.rows()].count("ai.opted_in") == 1


def test_nobody_cannot_opt_out() -> None:
    with pytest.raises(BadInput):
        opt_out(made(), KnownPerson(), "rita")


def test_a_ticket_whose_person_cannot_be_told_gets_no_draft_once_anybody_opted_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = made()
    opt_out(desk, PRIYA, "rita")

    def erased(_reference: str) -> None:
        return None

    monkeypatch.setattr(desk.records.tickets, "raw", erased)
    with pytest.raises(OptedOut):
        draft_reply(desk, "HD-2")
