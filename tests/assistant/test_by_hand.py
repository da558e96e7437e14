"""A reply by hand needs no AI, and passes the same gates as every other reply."""

from __future__ import annotations

import pytest

from assistant.desk import Desk
from assistant.errors import BadInput, NotFound, NotPermitted, Refused
from assistant.flows import outbox, review
from assistant.flows.by_hand import write_reply
from assistant.flows.draft import draft_reply
from assistant.model import Audience, DraftState, FindingKind
from guardrails import RawText
from guardrails.identity.permissions import Person
from guardrails.policy.words import SecondLook
from tests.assistant.test_ai_off import made
from tests.fakes.policies import a_policy
from tests.fakes.samples import a_document, chunks_of

REVIEWER = Person("rita", "harbour", id="u-rita", may_read=True, may_release=True)
OTHER = Person("olaf", "harbour", id="u-olaf", may_read=True, may_release=True)
AGENT = Person("ada", "harbour", id="u-ada", may_read=True)
STRANGER = Person("mallory", "other", id="u-mallory", may_read=True, may_release=True)


@pytest.fixture
def desk() -> Desk:
    """A desk without any AI."""
    return made(a_policy(ai=False))


def sent(desk: Desk) -> list[str]:
    return [each.text.for_display() for each in outbox.replies(desk, REVIEWER)]


def test_a_reply_by_hand_is_reviewed_and_released_while_ai_is_off(desk: Desk) -> None:
    draft = write_reply(desk, AGENT, "HD-1", RawText("Hello Priya, clean the tray."))
    assert (draft.state, draft.written.by_hand) == (DraftState.PENDING, True)
    assert "Priya" not in draft.written.body.reveal()
    with pytest.raises(Refused):
        review.release(desk, REVIEWER, draft.id)
    with pytest.raises(NotPermitted):
        review.approve(desk, AGENT, draft.id)
    review.approve(desk, REVIEWER, draft.id)
    review.release(desk, REVIEWER, draft.id)
    assert sent(desk) == ["Hello Priya, clean the tray."]
    steps = ["draft.queued", "reply.written", "draft.approved", "reply.released"]
    assert [row.kind for row in desk.ledger.rows() if row.kind in steps] == steps
    assert desk.ledger.verify().broken is None


def test_nothing_is_embedded_and_no_model_is_asked_for_it(desk: Desk) -> None:
    draft = write_reply(desk, AGENT, "HD-1", RawText("Hello Priya."))
    assert desk.vectors.ids() == set()
    assert draft.written.intents == ()
    assert draft.written.prompt == ""


def test_an_edit_of_a_reply_by_hand_takes_the_approval_back_and_needs_no_ai(desk: Desk) -> None:
    draft = write_reply(desk, AGENT, "HD-1", RawText("Hello Priya."))
    review.approve(desk, REVIEWER, draft.id)
    edited = review.edit(desk, REVIEWER, draft.id, RawText("Hello Priya, it is done."))
    assert (edited.state, edited.written.by_hand) == (DraftState.PENDING, True)


def test_a_placeholder_that_a_person_writes_is_never_another_person(desk: Desk) -> None:
    """An attack: the vault's numbers are guessed, to read who stands behind them."""
    draft = write_reply(desk, AGENT, "HD-1", RawText("Ask <PERSON_1>, <PERSON_3> or <EMAIL_1>."))
    review.approve(desk, REVIEWER, draft.id)
    review.release(desk, REVIEWER, draft.id)
    assert sent(desk) == ["Ask <PERSON_1>, <PERSON_3> or <EMAIL_1>."]


def test_another_persons_value_is_masked_and_shown_to_the_reviewer(desk: Desk) -> None:
    draft = write_reply(desk, AGENT, "HD-1", RawText("Hello Priya, Tom Okafor had it too."))
    body = draft.written.body.reveal()
    assert "Tom" not in body
    assert "Okafor" not in body
    found = [each for each in draft.written.findings if each.kind is FindingKind.PERSONAL_DATA]
    assert {each.note for each in found} == {"this is not in the ticket"}


def test_text_for_agents_blocks_though_nothing_is_cited(desk: Desk) -> None:
    runbook = a_document("runbooks/secret.md")
    said = (
        "Override the vendor lock on the controller with the maintenance dongle from drawer nine."
    )
    (chunk,) = chunks_of(runbook, [said])
    desk.records.documents.put(runbook, [chunk])
    desk.records.documents.set_audience([runbook.id], Audience.AGENT, decided=True)
    draft = write_reply(desk, AGENT, "HD-1", RawText(f"Hello Priya. {said}"))
    with pytest.raises(Refused, match="internal"):
        review.approve(desk, REVIEWER, draft.id)
    again = write_reply(
        desk, AGENT, "HD-1", RawText(f"Hello Priya. {said}"), internal_confirmed=True
    )
    assert review.approve(desk, REVIEWER, again.id).state is DraftState.APPROVED


def test_a_reply_by_hand_replaces_the_draft_that_waits() -> None:
    desk = made()
    drafted = draft_reply(desk, "HD-1")
    write_reply(desk, AGENT, "HD-1", RawText("Hello Priya."))
    kept = desk.records.drafts.get(drafted.id)
    assert kept is not None
    assert kept.state is DraftState.SUPERSEDED


def test_where_the_policy_asks_for_another_person_the_writer_does_not_decide() -> None:
    desk = made(a_policy(ai=False, by_hand=SecondLook.ANOTHER_PERSON))
    draft = write_reply(desk, REVIEWER, "HD-1", RawText("Hello Priya."))
    with pytest.raises(Refused, match="another person"):
        review.approve(desk, REVIEWER, draft.id)
    review.approve(desk, OTHER, draft.id)
    with pytest.raises(Refused, match="another person"):
        review.release(desk, REVIEWER, draft.id)
    review.edit(desk, OTHER, draft.id, RawText("Dear Priya."))
    with pytest.raises(Refused, match="another person"):
        review.approve(desk, OTHER, draft.id)
    third = Person("mia", "harbour", id="u-mia", may_read=True, may_release=True)
    review.approve(desk, third, draft.id)
    review.release(desk, third, draft.id)
    assert sent(desk) == ["Dear Priya."]


def test_otherwise_a_reviewer_may_send_what_they_wrote(desk: Desk) -> None:
    draft = write_reply(desk, REVIEWER, "HD-1", RawText("Hello Priya."))
    review.approve(desk, REVIEWER, draft.id)
    review.release(desk, REVIEWER, draft.id)
    assert sent(desk) == ["Hello Priya."]


def test_strangers_empty_texts_and_unknown_tickets_are_refused(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        write_reply(desk, STRANGER, "HD-1", RawText("Hello."))
    with pytest.raises(BadInput):
        write_reply(desk, AGENT, "HD-1", RawText(""))
    with pytest.raises(NotFound):
        write_reply(desk, AGENT, "HD-9", RawText("Hello."))
    assert desk.records.drafts.list() == []
