"""Small records: a document, a ticket, a draft."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from assistant.model import (
    Audience,
    Chunk,
    Citation,
    Document,
    Draft,
    DraftKind,
    DraftState,
    Finding,
    FindingKind,
    RawTicket,
    RawTurn,
    Reply,
    Ticket,
    TicketStatus,
    Turn,
    TurnRole,
    Written,
    new_id,
)
from assistant.ports import Records
from guardrails import RawText
from guardrails.detect.directory import KnownPerson
from tests.fakes.plain import redacted

MORNING = datetime(2026, 10, 12, 8, 14, 0, 250_000, tzinfo=UTC)


def a_document(source: str = "runbooks/wifi.md", *, policy_version: int = 1) -> Document:
    return Document(
        new_id(),
        redacted(source),
        redacted("Wi-Fi"),
        "f" * 64,
        MORNING,
        policy_version,
        audience=Audience.CUSTOMER,
    )


def chunks_of(document: Document, texts: Sequence[str]) -> list[Chunk]:
    return [
        Chunk(
            new_id(),
            document.id,
            at,
            redacted("Heading"),
            redacted(text),
            at + 1,
            at + 9,
            Audience.CUSTOMER,
        )
        for at, text in enumerate(texts)
    ]


PRIYA = KnownPerson(
    name=RawText("Priya Raghunathan"),
    email=RawText("priya@harbour.example"),
    phone=RawText("+44 20 7946 0958"),
    hosts=(RawText("HD-LAP-07"), RawText("HD-DESK-2")),
    serials=(RawText("5CD1234XYZ"),),
)
TOM = KnownPerson(username=RawText("tokafor"), employee_number=RawText("E-1182"))


def a_raw_ticket(
    reference: str = "HD-1001",
    *,
    subject: str = "Priya cannot print",
    at: datetime = MORNING,
    turns: int = 2,
) -> RawTicket:
    return RawTicket(
        reference=reference,
        subject=RawText(subject),
        status=TicketStatus.OPEN,
        priority="high",
        created_at=at,
        people=(PRIYA, TOM),
        turns=tuple(
            RawTurn(
                at + timedelta(minutes=number),
                RawText("Priya Raghunathan"),
                TurnRole.REQUESTER,
                RawText(f"HD-LAP-07 says error {number}"),
            )
            for number in range(turns)
        ),
        requester=RawText("Priya Raghunathan"),
    )


def a_redacted_ticket(raw: RawTicket, ticket_id: str | None = None) -> Ticket:
    return Ticket(
        id=ticket_id or new_id(),
        reference=raw.reference,
        subject=redacted("<PERSON_1> cannot print"),
        requester=redacted("<PERSON_2>"),
        status=raw.status,
        priority=raw.priority,
        created_at=raw.created_at,
        turns=tuple(
            Turn(turn.at, redacted("<PERSON_2>"), turn.role, redacted(f"<HOSTNAME_1> says {at}"))
            for at, turn in enumerate(raw.turns)
        ),
    )


def a_written(body: str = "Restart the spooler [1].") -> Written:
    return Written(
        saw=redacted("<PERSON_1> cannot print"),
        said=redacted(body),
        body=redacted(body),
        writer="extractive",
        citations=(
            Citation(
                1,
                "c" * 32,
                "d" * 32,
                redacted("kb/print.md"),
                redacted("Print"),
                redacted("Spooler"),
                3,
                9,
            ),
            Citation(
                2,
                "e" * 32,
                "f" * 32,
                redacted("kb/scan.md"),
                redacted("Scan"),
                redacted("Tray"),
                1,
                2,
            ),
        ),
        findings=(Finding(FindingKind.UNSUPPORTED, 0, 7, "no passage says so", blocks=False),),
        notes=("the model was away",),
        intents=(3, 4),
        refused=(Finding(FindingKind.EXFILTRATION, 2, 5, "no source holds this", blocks=True),),
    )


def a_draft(
    reference: str = "HD-1001",
    *,
    kind: DraftKind = DraftKind.REPLY,
    at: datetime = MORNING,
    policy_version: int = 1,
) -> Draft:
    return Draft(
        new_id(), new_id(), reference, kind, DraftState.PENDING, a_written(), at, policy_version
    )


def a_reply(draft: Draft, *, at: datetime = MORNING) -> Reply:
    text = RawText("Dear Priya, restart the spooler.")
    return Reply(new_id(), draft.id, draft.reference, text, "sam", at)


def fail_after(records: Records, *steps: Callable[[], object]) -> None:
    """Do ``steps`` in one transaction that then fails."""
    with records.transaction():
        for step in steps:
            step()
        raise ZeroDivisionError
