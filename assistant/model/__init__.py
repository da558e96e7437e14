"""The domain types: tenants, people, documents, tickets, drafts. Only data, all frozen.

Text here is `RedactedText` unless the class says ``Raw``; times are aware UTC datetimes; ids are
ours (32 hex digits), references are the customer's own ticket numbers.
"""

from __future__ import annotations

from assistant.model.attestations import Attestation
from assistant.model.audits import Audit, Judgement
from assistant.model.challenges import Challenge, ChallengeOutcome, ChallengeReason
from assistant.model.documents import (
    PATH,
    Chunk,
    Document,
    Gap,
    Honest,
    Passage,
    Section,
    last_heading,
)
from assistant.model.drafts import (
    BY_PERSON,
    Citation,
    Decision,
    Delivery,
    Draft,
    DraftKind,
    DraftState,
    Made,
    Outcome,
    Reply,
    Review,
    Written,
)
from assistant.model.models import Feature, ModelEntry, ModelKind, ModelUsage, ModelUse, Tokens
from assistant.model.people import (
    OWNER,
    Account,
    Enrolment,
    Membership,
    OptOut,
    Role,
    Session,
    Tenant,
    User,
    WaitsFor,
)
from assistant.model.subprocessors import PURPOSES, Enabling, Subprocessor, Terms
from assistant.model.texts import NO_TEXT, Audience, new_id
from assistant.model.tickets import (
    DONE,
    NOTE_MARK,
    Life,
    RawTicket,
    RawTurn,
    Thread,
    Ticket,
    TicketKind,
    TicketRow,
    TicketStatus,
    Turn,
    TurnRole,
    news,
)
from guardrails.findings import Finding, FindingKind

__all__ = [
    "BY_PERSON",
    "DONE",
    "NOTE_MARK",
    "NO_TEXT",
    "OWNER",
    "PATH",
    "PURPOSES",
    "Account",
    "Attestation",
    "Audience",
    "Audit",
    "Challenge",
    "ChallengeOutcome",
    "ChallengeReason",
    "Chunk",
    "Citation",
    "Decision",
    "Delivery",
    "Document",
    "Draft",
    "DraftKind",
    "DraftState",
    "Enabling",
    "Enrolment",
    "Feature",
    "Finding",
    "FindingKind",
    "Gap",
    "Honest",
    "Judgement",
    "Life",
    "Made",
    "Membership",
    "ModelEntry",
    "ModelKind",
    "ModelUsage",
    "ModelUse",
    "OptOut",
    "Outcome",
    "Passage",
    "RawTicket",
    "RawTurn",
    "Reply",
    "Review",
    "Role",
    "Section",
    "Session",
    "Subprocessor",
    "Tenant",
    "Terms",
    "Thread",
    "Ticket",
    "TicketKind",
    "TicketRow",
    "TicketStatus",
    "Tokens",
    "Turn",
    "TurnRole",
    "User",
    "WaitsFor",
    "Written",
    "last_heading",
    "new_id",
    "news",
]
