"""AI under control: each feature can be switched off, and a person decides what goes out."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager
from dataclasses import replace

from assistant.bootstrap import Home
from assistant.flows import ai, review
from assistant.model import DraftState, Role
from assistant.search import by_meaning
from eval.evidence.control import Control, Off, Seen, same
from eval.evidence.material import TICKET
from eval.evidence.switches import replaced
from eval.evidence.twin import Attempt, Twin
from guardrails.policy import AiFeature

_REFUSED, _NOTED = "AiOff", "OptedOut"
_DRAFT = "a reply is drafted while drafting is off"
_SUMMARY = "a ticket is summarised while summaries are off"
_ANSWER = "a question is answered while answers are off"
_VECTORS = "vectors are made while search by meaning is off"
_QUEUED = "drafts in the queue while AI is off"
_FOUND = "a search by words finds a document while AI is off"
_BY_HAND = "a reply by hand is approved and released while AI is off"
_PERSON = "a reply is drafted for a person who opted out"
_WATCHED = "drafts that were made while drafting was off"


def _switched(twin: Twin) -> Generator[Seen]:
    twin.perform("tenant.set", ai_off=[AiFeature.DRAFT])
    drafted = twin.attempt("draft", role=Role.AGENT, references=[TICKET])
    yield same(_DRAFT, _REFUSED, drafted.refused)
    twin.perform("tenant.set", ai_off=[AiFeature.SUMMARY])
    summed = twin.attempt("summarise", role=Role.AGENT, references=[TICKET])
    yield same(_SUMMARY, _REFUSED, summed.refused)
    twin.perform("tenant.set", ai_off=[AiFeature.ANSWER])
    asked = twin.perform("ask", role=Role.AGENT, question=_QUESTION)
    yield same(_ANSWER, "", asked["text"])
    twin.perform("tenant.set", ai_enabled=False)
    before = len(twin.desk.vectors.ids())
    _upload(twin)
    yield same(_VECTORS, 0, len(twin.desk.vectors.ids()) - before)
    found = twin.perform("ask", role=Role.AGENT, question=_QUESTION)
    yield same(_FOUND, True, bool(found["nearest"]))
    yield same(_QUEUED, 0, len(twin.desk.records.drafts.list()))
    yield same(_BY_HAND, True, _sends(twin))


_QUESTION = "The printer stops after a page. What do I do?"


def _upload(twin: Twin) -> None:
    book = twin.folder / "later"
    book.mkdir()
    (book / "later.md").write_text("# Later\n\nClean the glass of the scanner.\n", encoding="utf-8")
    twin.perform("ingest", path=str(book), audience="customer")


def _sends(twin: Twin) -> bool:
    made = twin.perform(
        "reply.write", role=Role.AGENT, reference=TICKET, text="Please restart the spooler."
    )
    twin.perform("review.approve", role=Role.REVIEWER, draft=made["id"])
    twin.perform("review.release", role=Role.REVIEWER, draft=made["id"])
    return len(twin.desk.records.drafts.replies()) == 1


def _opted_out(twin: Twin) -> Generator[Seen]:
    twin.perform("people.opt_out", role=Role.AGENT, ticket=TICKET)
    drafted = twin.attempt("draft", role=Role.AGENT, references=[TICKET])
    yield same(_PERSON, _NOTED, drafted.refused)
    twin.perform("people.opt_in", role=Role.REVIEWER, ticket=TICKET)


def _off(twin: Twin) -> Generator[Seen]:
    features = twin.desk.policy().rules.ai.features
    if features >= {AiFeature.DRAFT, AiFeature.SUMMARY, AiFeature.ANSWER, AiFeature.SEARCH}:
        yield from _opted_out(twin)
    yield from _switched(twin)


def _no_draft_while_off(home: Home, slug: str) -> Generator[Seen]:
    """Read the tenant: while drafting is off, nothing that AI drafted waits approved."""
    desk = home.desk(slug)
    if desk.allows(AiFeature.DRAFT):
        yield same(_WATCHED, 0, 0)
        return
    replies = {each.draft_id: each.released_at for each in desk.records.drafts.replies()}
    since = max((each.published_at for each in desk.tenant.versions), default=desk.clock())
    made = desk.records.drafts.list(states=[DraftState.PENDING, DraftState.RELEASED])
    late = [
        each
        for each in made
        if not each.written.by_hand and max(each.created_at, replies.get(each.id, since)) > since
    ]
    yield same(_WATCHED, 0, len(late))


def _nothing_off() -> AbstractContextManager[None]:
    def on(*_: object) -> str:
        return ""

    return replaced((ai, "why_off", on))


def _always_embeds() -> AbstractContextManager[None]:
    def goes_on(_self: object) -> None:
        return None

    def yes(_embedder: object) -> bool:
        return True

    from assistant.search import indexing

    return replaced((by_meaning.SwitchedEmbedder, "must_be_on", goes_on), (indexing, "embeds", yes))


def _nobody_out() -> AbstractContextManager[None]:
    def nobody(*_: object) -> bool:
        return False

    return replaced((ai, "opted_out", nobody))


_UNDECIDED = "an undecided draft is released"
_NOT_A_REVIEWER = "an agent approves or releases a draft"
_EDITED = "a draft that was edited after its approval is released"
_DELIVERED = "replies in the outbox that nobody released"
_DECIDED = "a person approves, and the reply is in the outbox"
_ROWS = "released replies without the row of a person's approval"
_SUMMARY_OUT = "a summary is released to a customer"


def _gated(twin: Twin) -> Generator[Seen]:
    if not twin.desk.allows(AiFeature.DRAFT):
        return
    drafts = twin.perform("draft", role=Role.AGENT, references=[TICKET])["written"]
    one = drafts[0]["id"]
    yield same(_UNDECIDED, True, bool(_release(twin, one).refused))
    tried = [
        twin.attempt(f"review.{what}", role=Role.AGENT, draft=one)
        for what in ("approve", "release")
    ]
    yield same(_NOT_A_REVIEWER, 0, sum(not each.refused for each in tried))
    twin.perform("review.approve", role=Role.REVIEWER, draft=one)
    twin.perform("review.edit", role=Role.REVIEWER, draft=one, text="Please restart the spooler.")
    yield same(_EDITED, True, bool(_release(twin, one).refused))
    yield same(_DELIVERED, 0, len(twin.desk.records.drafts.replies()))
    if twin.desk.allows(AiFeature.SUMMARY):
        summary = twin.perform("summarise", role=Role.AGENT, references=[TICKET])["written"][0]
        yield same(_SUMMARY_OUT, True, bool(_release(twin, summary["id"]).refused))
    twin.attempt("review.approve", role=Role.REVIEWER, draft=one)
    done = _release(twin, one)
    yield same(_DECIDED, "", done.refused)


def _release(twin: Twin, draft: str) -> Attempt:
    return twin.attempt("review.release", role=Role.REVIEWER, draft=draft)


def _each_approved(home: Home, slug: str) -> Generator[Seen]:
    """Read the tenant: each released reply has the decisions of a person."""
    drafts = home.desk(slug).records.drafts
    missing = [
        reply
        for reply in drafts.replies()
        if not {"draft.approved", "reply.released"}
        <= {each.action for each in drafts.reviews(reply.draft_id)}
    ]
    yield same(_ROWS, 0, len(missing))


def _approves_itself() -> AbstractContextManager[None]:
    """Treat every draft as approved at its release."""
    found = review.draft_of

    def approved(desk: object, draft_id: str) -> object:
        draft = found(desk, draft_id)  # pyright: ignore[reportArgumentType] - as it was called
        return replace(draft, state=DraftState.APPROVED)

    def commits(*_: object) -> None:
        return None

    return replaced((review, "draft_of", approved), (review, "_commit_release", commits))


CONTROLS = (
    Control(
        "ai.off",
        "AI can be switched off by feature and for a person, and the service goes on.",
        _off,
        _no_draft_while_off,
        {
            "feature check": Off(_nothing_off, _DRAFT),
            "person check": Off(_nobody_out, _PERSON),
            "embedder's switch": Off(_always_embeds, _VECTORS),
        },
    ),
    Control(
        "review.gate",
        "Nothing is released that a person has not approved as it is.",
        _gated,
        _each_approved,
        {"approval check": Off(_approves_itself, _UNDECIDED)},
    ),
)
