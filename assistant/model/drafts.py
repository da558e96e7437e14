"""Drafts, the decisions about them, and the replies that were released."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assistant.model.texts import NO_TEXT, Audience
from assistant.model.tickets import Thread, news
from guardrails import RawText, RedactedText
from guardrails.ai_mark import BY_HAND, AiMark
from guardrails.findings import Finding

BY_PERSON = "person"
"""The name of the writer of texts that a person wrote or edited."""


class DraftKind(StrEnum):
    """The kind of a draft."""

    REPLY = "reply"
    SUMMARY = "summary"


class DraftState(StrEnum):
    """The state of a draft on its way to release; a newer draft makes it superseded."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    RELEASED = "released"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Citation:
    """Passage ``number`` of a draft: ``[1]`` in its text; ``audience`` is the passage's."""

    number: int
    chunk_id: str
    document_id: str
    source: RedactedText
    title: RedactedText
    heading: RedactedText
    first_line: int
    last_line: int
    audience: Audience = Audience.AGENT


class Outcome(StrEnum):
    """What became of a model's text; without one, no model was asked.

    ``declined`` and ``unsupported`` are disagreements: the search had found passages.
    """

    USED = "used"
    DECLINED = "declined"
    UNSUPPORTED = "unsupported"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Written:
    """A writer's result, before it is queued.

    ``saw`` is what was sent to the model (or what the extractive writer read), ``said`` is its
    answer after redaction, ``body`` is what would be sent, with placeholders. An empty ``body``
    means that the passages support no answer. ``findings`` are about ``body``; ``refused`` are
    about ``said``, and the reason why it, or a part of it, is not the body. ``brief`` is for agents
    only: Markdown with the citation numbers of ``body``. ``highlight`` is the start and end
    in ``body`` of the sentence that answers. Once a person has edited it, ``drafted`` is what was
    drafted and ``drafted_by`` its writer. ``prompt`` is the version of the prompts that a model was
    asked with, ``outcome`` what became of its text.
    """

    saw: RedactedText
    said: RedactedText
    body: RedactedText
    writer: str
    citations: tuple[Citation, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    intents: tuple[int, ...] = ()
    refused: tuple[Finding, ...] = ()
    brief: RedactedText = NO_TEXT
    highlight: tuple[int, int] | None = None
    drafted: RedactedText = NO_TEXT
    drafted_by: str = ""
    prompt: str = ""
    outcome: Outcome | None = None

    @property
    def by_hand(self) -> bool:
        """Whether a person wrote it, and no writer of ours before them."""
        return (self.drafted_by or self.writer) == BY_PERSON

    @property
    def texts(self) -> tuple[RedactedText, ...]:
        """All its texts, including those of its citations."""
        named = (t for each in self.citations for t in (each.source, each.title, each.heading))
        return (self.saw, self.said, self.body, self.brief, self.drafted, *named)


@dataclass(frozen=True, slots=True)
class Draft:
    """A queued draft; ``turns`` and ``digest`` are the `Thread` that it was made for.

    Drafts of earlier versions have 0 turns: what they were made for is not known.
    """

    id: str
    ticket_id: str
    reference: str
    kind: DraftKind
    state: DraftState
    written: Written
    created_at: datetime
    policy_version: int
    turns: int = 0
    digest: str = ""

    def news(self, thread: Thread) -> int:
        """Return how many messages are new since the draft was made; 1 if only a text changed."""
        return news(Thread(self.turns, self.digest), thread)


@dataclass(frozen=True, slots=True)
class Made:
    """A draft without its texts: what it was made for, and what became of it."""

    id: str
    ticket_id: str
    reference: str
    kind: DraftKind
    state: DraftState
    created_at: datetime
    thread: Thread


@dataclass(frozen=True, slots=True)
class Review:
    """A person's decision about a draft.

    ``distance`` is how much of the drafted body a released one changed, from 0 to 1.
    """

    draft_id: str
    by: str
    action: str
    at: datetime
    distance: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision about a reply, with what figures about it need and no text.

    ``writer`` drafted it, ``document_id`` is the document cited first, or empty; ``by`` is the
    user's id.
    """

    draft_id: str
    created_at: datetime
    writer: str
    document_id: str
    by: str
    action: str
    at: datetime
    distance: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A released reply in the outbox; its text is raw, because identity was restored.

    ``released_by`` is the user's id. The notices of ``ai`` are part of ``text``.
    """

    id: str
    draft_id: str
    reference: str
    text: RawText
    released_by: str
    released_at: datetime
    delivered_at: datetime | None = None
    ai: AiMark = BY_HAND


@dataclass(frozen=True, slots=True)
class Delivery:
    """How many deliveries of a reply failed, and when it is tried again.

    ``failure`` is a short code without any text of the server (``http-422``, ``no-answer``);
    ``next_at`` is None when it was given up.
    """

    reply_id: str
    attempts: int
    failure: str
    next_at: datetime | None
