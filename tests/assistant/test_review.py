"""A person decides about drafts, and only about drafts that passed the gates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant.desk import Desk
from assistant.errors import BadInput, NotFound, NotPermitted, Refused
from assistant.flows import outbox, review
from assistant.flows.draft import draft_reply
from assistant.flows.summarise import summarise
from assistant.model import Draft, DraftState, FindingKind
from guardrails import RawText
from guardrails.crypto.seal import Sealer
from guardrails.detect import build_rule_detector
from guardrails.detect.directory import KnownValues
from guardrails.identity.permissions import Person
from guardrails.identity.vault import Vault
from guardrails.leaks.scan import Scanner
from guardrails.policy.rules import AI_NOTICE
from tests.fakes.desks import KEY, a_desk
from tests.fakes.records import FakeRecords
from tests.fakes.tickets import import_tickets

TICKET = """{"id":"HD-1","subject":"Priya cannot print","created_at":"2026-10-12T08:14:00Z",
"requester":{"name":"Priya Raghunathan","email":"priya@harbour.example"},
"turns":[{"at":"2026-10-12T08:14:00Z","author":"Priya Raghunathan","role":"requester",
"text":"The printer jams since Monday. Tom saw it too."}]}"""

REVIEWER = Person("rita", "harbour", may_read=True, may_release=True)
AGENT = Person("ada", "harbour", may_read=True)
STRANGER = Person("mallory", "other", may_read=True, may_release=True)


@pytest.fixture
def desk() -> Desk:
    records = FakeRecords()
    vault = Vault(records.vault, Sealer("t", KEY), KEY)
    scanner = Scanner(build_rule_detector(), vault, KnownValues())
    made = replace(a_desk("Tom", "Olga", records=records), scanner=scanner)
    import_tickets(made, RawText(TICKET.replace("\n", "")), "tickets.jsonl")
    return made


@pytest.fixture
def draft(desk: Desk) -> Draft:
    return draft_reply(desk, "HD-1")


def kinds(desk: Desk) -> list[str]:
    return [row.kind for row in desk.ledger.rows()]


def test_a_reply_goes_out_with_identity_put_back(desk: Desk, draft: Draft) -> None:
    assert "Priya" not in draft.written.body.reveal()
    review.approve(desk, REVIEWER, draft.id)
    review.release(desk, REVIEWER, draft.id)
    made = ["draft.queued", "draft.approved", "identity.restored", "reply.released"]
    assert kinds(desk)[-4:] == made
    (item,) = outbox.replies(desk, AGENT)
    assert item.text.for_display().startswith("Hello Priya Raghunathan,")
    assert desk.ledger.verify().broken is None


def test_nothing_is_released_before_a_person_approved_it(desk: Desk, draft: Draft) -> None:
    with pytest.raises(Refused, match="pending"):
        review.release(desk, REVIEWER, draft.id)
    assert not outbox.replies(desk, REVIEWER)


@pytest.mark.parametrize("act", [review.approve, review.reject, review.release])
@pytest.mark.parametrize("person", [AGENT, STRANGER])
def test_only_a_reviewer_of_this_tenant_decides(
    desk: Desk, draft: Draft, act: Callable[[Desk, Person, str], object], person: Person
) -> None:
    with pytest.raises(NotPermitted):
        act(desk, person, draft.id)
    with pytest.raises(NotPermitted):
        review.edit(desk, person, draft.id, RawText("x"))
    kept = desk.records.drafts.get(draft.id)
    assert kept is not None
    assert kept.state is DraftState.PENDING


def test_a_stranger_reads_nothing(desk: Desk, draft: Draft) -> None:
    for read in (review.pending, outbox.replies):
        with pytest.raises(NotPermitted):
            read(desk, STRANGER)
    with pytest.raises(NotPermitted):
        review.view(desk, STRANGER, draft.id)


def test_the_reviewer_sees_what_the_model_saw_what_it_said_and_what_will_be_sent(
    desk: Desk, draft: Draft
) -> None:
    view = review.view(desk, AGENT, draft.id)
    assert "<PERSON_" in view.saw.for_display()
    assert "Priya" not in view.saw.for_display() + view.said.for_display()
    assert "Priya Raghunathan" in view.to_send.for_display()


def test_an_edit_is_redacted_and_released_with_the_words_of_the_person(
    desk: Desk, draft: Draft
) -> None:
    edited = review.edit(desk, REVIEWER, draft.id, RawText("Hello Priya, Olga will come by."))
    assert "Olga" not in edited.written.body.reveal()
    review.approve(desk, REVIEWER, draft.id)
    reply = review.release(desk, REVIEWER, draft.id)
    (item,) = outbox.replies(desk, REVIEWER)
    assert item.reply_id == reply.id
    assert item.text.for_display() == f"Hello Priya, Olga will come by.\n\n{AI_NOTICE}"


def test_an_edit_takes_the_approval_back(desk: Desk, draft: Draft) -> None:
    review.approve(desk, REVIEWER, draft.id)
    review.edit(desk, REVIEWER, draft.id, RawText("Hello Priya, done."))
    with pytest.raises(Refused, match="pending"):
        review.release(desk, REVIEWER, draft.id)


def test_an_edit_that_names_another_person_is_pointed_out(desk: Desk, draft: Draft) -> None:
    edited = review.edit(desk, REVIEWER, draft.id, RawText("Hello Priya, ask Olga."))
    (finding,) = edited.written.findings
    assert finding.kind is FindingKind.PERSONAL_DATA
    assert not finding.blocks


@pytest.mark.parametrize(
    "text",
    [
        "Your new password: hunter2 :-)",
        "The key is ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    ],
)
def test_an_edit_with_a_secret_cannot_go_out(desk: Desk, draft: Draft, text: str) -> None:
    edited = review.edit(desk, REVIEWER, draft.id, RawText(text))
    assert any(finding.blocks for finding in edited.written.findings)
    with pytest.raises(Refused):
        review.approve(desk, REVIEWER, draft.id)


def test_an_edit_cannot_restore_another_persons_identity(desk: Desk, draft: Draft) -> None:
    review.edit(desk, REVIEWER, draft.id, RawText("Hello <PERSON_1>"))
    review.approve(desk, REVIEWER, draft.id)
    review.release(desk, REVIEWER, draft.id)
    (item,) = outbox.replies(desk, REVIEWER)
    assert item.text.for_display() == f"Hello <PERSON_1>\n\n{AI_NOTICE}"


def test_an_empty_edit_is_refused(desk: Desk, draft: Draft) -> None:
    with pytest.raises(BadInput):
        review.edit(desk, REVIEWER, draft.id, RawText(""))


def test_a_rejected_draft_never_goes_out(desk: Desk, draft: Draft) -> None:
    review.reject(desk, REVIEWER, draft.id)
    for act in (review.approve, review.release, review.reject):
        with pytest.raises(Refused):
            act(desk, REVIEWER, draft.id)
    assert not outbox.replies(desk, REVIEWER)


def test_a_reply_is_released_once(desk: Desk, draft: Draft) -> None:
    review.approve(desk, REVIEWER, draft.id)
    review.release(desk, REVIEWER, draft.id)
    with pytest.raises(Refused):
        review.release(desk, REVIEWER, draft.id)
    assert len(outbox.replies(desk, REVIEWER)) == 1


def test_a_summary_stays_in_the_house(desk: Desk) -> None:
    summary = summarise(desk, "HD-1")
    review.approve(desk, REVIEWER, summary.id)
    with pytest.raises(Refused, match="is internal"):
        review.release(desk, REVIEWER, summary.id)


def test_an_unknown_draft_or_ticket_is_one_clear_message(desk: Desk) -> None:
    with pytest.raises(NotFound, match="no draft"):
        review.approve(desk, REVIEWER, "f" * 32)
    with pytest.raises(NotFound, match="no ticket"):
        draft_reply(desk, "HD-404")


def test_a_reply_whose_person_was_forgotten_does_not_go_out_half_restored(
    desk: Desk, draft: Draft
) -> None:
    review.approve(desk, REVIEWER, draft.id)
    amnesiac = replace(desk, restorer=a_desk().restorer)
    with pytest.raises(Refused, match="can no longer be restored"):
        review.release(amnesiac, REVIEWER, draft.id)
    assert not outbox.replies(desk, REVIEWER)
