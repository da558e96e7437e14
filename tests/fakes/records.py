"""The records of one tenant, in memory."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from assistant.errors import Refused
from assistant.frames import Frame, OwnFrames
from assistant.model import (
    Attestation,
    Audit,
    Challenge,
    ChallengeOutcome,
    Decision,
    Delivery,
    Draft,
    DraftKind,
    DraftState,
    Gap,
    Honest,
    Judgement,
    Made,
    OptOut,
    RawTicket,
    Reply,
    Review,
    Thread,
    Ticket,
    TicketRow,
    TicketStatus,
    Written,
)
from assistant.ports import Vectors
from eval.memory import MemoryDocuments
from guardrails import RedactedText
from guardrails.audit.ledger import Head, LedgerMaker, Row
from guardrails.audit.segments import SignedHead
from guardrails.detect.directory import KnownPerson, Term
from guardrails.identity.restore import placeholders_of
from guardrails.identity.vault import EphemeralVaultStore
from guardrails.placeholders import Placeholder
from guardrails.text import unwrap
from tests.fakes.plain import plain


class FakeRecords:
    """Implements `assistant.ports.Records`."""

    def __init__(self) -> None:
        self.documents = FakeDocuments()
        self.gaps = FakeGaps()
        self.tickets = FakeTickets()
        self.drafts = FakeDrafts()
        self.challenges = FakeChallenges(self.drafts)
        self.deliveries = FakeDeliveries()
        self.directory = FakeDirectory()
        self.terms = FakeTerms()
        self.honest = FakeHonest()
        self.opt_outs = FakeOptOuts()
        self.frames = FakeFrames()
        self.attestations = FakeAttestations()
        self.audits = FakeAudits(self.drafts)
        self.vault = EphemeralVaultStore()
        self.ledger = FakeLedger()
        self.uses = FakeUses(self)
        self._open = False
        self._failed = False

    @contextmanager
    def transaction(self) -> Generator[None]:
        if self._open:
            try:
                yield
            except BaseException:
                self._failed = True
                raise
            return
        before = [(store, _snapshot(store)) for store in self._stores()]
        self._open, self._failed = True, False
        try:
            yield
            self._must_have_held()
        except BaseException:
            for store, state in before:
                vars(store).update(state)
            raise
        finally:
            self._open = False

    def counts(self) -> Mapping[str, int]:
        return {
            "documents": len(self.documents.documents()),
            "chunks": len(self.documents.chunks()),
            "tickets": len(self.tickets.list()),
            "drafts": len(self.drafts.list()),
            "replies": len(self.drafts.replies()),
            "placeholders": len(list(self.vault.rows())),
        }

    def _must_have_held(self) -> None:
        if self._failed:
            raise Refused("A step inside a transaction failed, so none of it was kept.")

    def _stores(self) -> list[object]:
        return [
            self.documents,
            self.gaps,
            self.tickets,
            self.drafts,
            self.challenges,
            self.deliveries,
            self.directory,
            self.terms,
            self.honest,
            self.opt_outs,
            self.frames,
            self.attestations,
            self.audits,
            self.vault,
            self.ledger,
        ]


FakeDocuments = MemoryDocuments
"""The document store of the evaluation is also the fake of the port."""


class FakeGaps:
    """Implements `assistant.ports.GapStore`."""

    def __init__(self) -> None:
        self._gaps: dict[str, Gap] = {}
        self._vectors: dict[str, tuple[str, Vectors]] = {}

    def put(self, gap: Gap, keep: int) -> None:
        self._gaps[gap.id] = gap
        self._gaps = {each.id: each for each in self.list()[:keep]}

    def list(self) -> list[Gap]:
        return sorted(self._gaps.values(), key=lambda each: (each.asked_at, each.id), reverse=True)

    def vectors(self, embedder: str) -> Mapping[str, Vectors]:
        kept = self._vectors.items()
        return {k: one for k, (name, one) in kept if name == embedder and k in self._gaps}

    def put_vectors(self, embedder: str, vectors: Mapping[str, Vectors]) -> None:
        self._vectors.update((k, (embedder, one)) for k, one in vectors.items() if k in self._gaps)


class FakeTickets:
    """Implements `assistant.ports.TicketStore`."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[RawTicket, Ticket]] = {}
        self.fields: dict[str, RedactedText] = {}

    def put(self, raw: RawTicket, redacted: Ticket, fields: RedactedText | None = None) -> bool:
        self.fields.pop(redacted.reference, None)
        if fields:
            self.fields[redacted.reference] = fields
        known = self._kept.get(redacted.reference)
        if known is None:
            self._kept[redacted.reference] = (raw, redacted)
            return True
        before = known[1].life
        mine = replace(redacted, id=known[1].id, life=redacted.life or before)
        same = _content(*known) == _content(raw, mine)
        if same and before and mine.life:
            mine = replace(mine, life=replace(mine.life, changed_at=before.changed_at))
        self._kept[redacted.reference] = (raw, mine)
        return not same

    def id_of(self, reference: str) -> str | None:
        known = self._kept.get(reference)
        return None if known is None else known[1].id

    def row(self, reference: str) -> TicketRow | None:
        known = self._kept.get(reference)
        return None if known is None else _row(known[1])

    def list(
        self, *, status: TicketStatus | None = None, limit: int | None = None
    ) -> list[TicketRow]:
        wanted = [each for _, each in self._kept.values() if status in (None, each.status)]
        tickets = sorted(wanted, key=lambda each: each.reference)
        newest = sorted(tickets, key=lambda t: t.created_at, reverse=True)
        return [_row(each) for each in newest[:limit]]

    def count(self, *, status: TicketStatus | None = None) -> int:
        return len(self.list(status=status))

    def threads(self) -> Mapping[str, Thread]:
        return {key: ticket.thread for key, (_, ticket) in self._kept.items()}

    def thread(self, reference: str) -> Thread | None:
        return self.threads().get(reference)

    def get(self, reference: str) -> Ticket | None:
        known = self._kept.get(reference)
        return None if known is None else known[1]

    def raw(self, reference: str) -> RawTicket | None:
        known = self._kept.get(reference)
        return None if known is None else known[0]

    def with_secrets(self) -> Sequence[str]:
        return ()

    def remove(self, reference: str) -> None:
        self._kept.pop(reference, None)
        self.fields.pop(reference, None)


class FakeDrafts:
    """Implements `assistant.ports.DraftStore`."""

    def __init__(self) -> None:
        self._drafts: dict[str, Draft] = {}
        self._reviews: list[Review] = []
        self._replies: dict[str, Reply] = {}

    def add(self, draft: Draft) -> None:
        self._drafts[draft.id] = draft

    def get(self, draft_id: str) -> Draft | None:
        return self._drafts.get(draft_id)

    def list(
        self,
        *,
        states: Collection[DraftState] = (),
        kind: DraftKind | None = None,
        ticket_id: str | None = None,
    ) -> list[Draft]:
        return [
            each
            for each in sorted(
                self._drafts.values(), key=lambda draft: (draft.created_at, draft.id)
            )
            if (not states or each.state in states)
            and kind in (None, each.kind)
            and ticket_id in (None, each.ticket_id)
        ]

    def newest(self, ticket_id: str) -> builtins.list[Draft]:
        last = {each.kind: each for each in self.list(ticket_id=ticket_id)}
        return [each for each in self.list(ticket_id=ticket_id) if each in last.values()]

    def made(self, kind: DraftKind) -> builtins.list[Made]:
        return [
            Made(
                each.id,
                each.ticket_id,
                each.reference,
                each.kind,
                each.state,
                each.created_at,
                Thread(each.turns, each.digest),
            )
            for each in self.list(kind=kind)
        ]

    def ids(self, start: str, limit: int) -> builtins.list[str]:
        return sorted(each for each in self._drafts if each.startswith(start))[:limit]

    def citing(self, document_ids: Collection[str]) -> int:
        cited = ({one.document_id for one in each.written.citations} for each in self.list())
        return sum(not each.isdisjoint(document_ids) for each in cited)

    def move(self, draft_id: str, *, expected: DraftState, to: DraftState) -> bool:
        draft = self._drafts.get(draft_id)
        if draft is None or draft.state is not expected:
            return False
        self._drafts[draft_id] = replace(draft, state=to)
        return True

    def supersede(self, ticket_id: str, kind: DraftKind) -> builtins.list[str]:
        waiting = (DraftState.PENDING, DraftState.APPROVED)
        gone = self.list(states=waiting, kind=kind, ticket_id=ticket_id)
        for each in gone:
            self._drafts[each.id] = replace(each, state=DraftState.SUPERSEDED)
        return sorted(each.id for each in gone)

    def seen(self, draft_id: str, thread: Thread) -> None:
        if draft_id in self._drafts:
            self._drafts[draft_id] = replace(
                self._drafts[draft_id], turns=thread.turns, digest=thread.digest
            )

    def rewrite(self, draft_id: str, written: Written) -> None:
        if draft_id in self._drafts:
            self._drafts[draft_id] = replace(self._drafts[draft_id], written=written)

    def record(self, review: Review) -> None:
        self._must_exist(review.draft_id)
        self._reviews.append(review)

    def reviews(self, draft_id: str) -> builtins.list[Review]:
        mine = [each for each in self._reviews if each.draft_id == draft_id]
        return sorted(mine, key=lambda each: each.at)

    def decisions(self) -> builtins.list[Decision]:
        found: list[Decision] = []
        for each in sorted(self._reviews, key=lambda review: review.at):
            draft = self._drafts[each.draft_id]
            written = draft.written
            cited = sorted(written.citations, key=lambda citation: citation.number)
            if draft.kind is DraftKind.REPLY:
                found.append(
                    Decision(
                        each.draft_id,
                        draft.created_at,
                        written.drafted_by or written.writer,
                        cited[0].document_id if cited else "",
                        each.by,
                        each.action,
                        each.at,
                        each.distance,
                    )
                )
        return found

    def put_reply(self, reply: Reply) -> None:
        self._must_exist(reply.draft_id)
        if any(each.draft_id == reply.draft_id for each in self._replies.values()):
            raise Refused("This draft has been released already.")
        self._replies[reply.id] = reply

    def replies(self, *, waiting: bool = False) -> builtins.list[Reply]:
        found = sorted(self._replies.values(), key=lambda each: each.released_at)
        return [each for each in found if not waiting or each.delivered_at is None]

    def delivered(self, reply_id: str, at: datetime) -> None:
        if reply_id in self._replies:
            self._replies[reply_id] = replace(self._replies[reply_id], delivered_at=at)

    def remove_of(self, ticket_id: str) -> builtins.list[Draft]:
        gone = [each for each in self._drafts.values() if each.ticket_id == ticket_id]
        ids = {each.id for each in gone}
        self._drafts = {key: each for key, each in self._drafts.items() if key not in ids}
        self._reviews = [each for each in self._reviews if each.draft_id not in ids]
        self._replies = {k: each for k, each in self._replies.items() if each.draft_id not in ids}
        return gone

    def _must_exist(self, draft_id: str) -> None:
        if draft_id not in self._drafts:
            raise Refused("There is no such draft.")


class FakeChallenges:
    """Implements `assistant.ports.ChallengeStore`."""

    def __init__(self, drafts: FakeDrafts) -> None:
        self._drafts = drafts
        self._kept: dict[str, Challenge] = {}

    def add(self, challenge: Challenge) -> None:
        if self._drafts.get(challenge.draft_id) is None:
            raise Refused("There is no such draft.")
        self._kept[challenge.id] = challenge

    def decide(
        self, challenge_id: str, outcome: ChallengeOutcome, *, by: str, at: datetime
    ) -> bool:
        found = self._kept.get(challenge_id)
        if found is None or found.outcome is not None:
            return False
        self._kept[challenge_id] = replace(found, outcome=outcome, decided_by=by, decided_at=at)
        return True

    def list(self) -> builtins.list[Challenge]:
        kept = [each for each in self._kept.values() if self._drafts.get(each.draft_id)]
        return sorted(kept, key=lambda each: (each.due_at, each.id))


class FakeDeliveries:
    """Implements `assistant.ports.DeliveryStore`."""

    def __init__(self) -> None:
        self._kept: dict[str, Delivery] = {}

    def all(self) -> list[Delivery]:
        return [self._kept[key] for key in sorted(self._kept)]

    def put(self, delivery: Delivery) -> None:
        self._kept[delivery.reply_id] = delivery

    def remove(self, reply_id: str) -> None:
        self._kept.pop(reply_id, None)


class FakeDirectory:
    """Implements `assistant.ports.DirectoryStore`."""

    def __init__(self) -> None:
        self._people: dict[str, KnownPerson] = {}

    def put(self, people: Iterable[KnownPerson]) -> int:
        before = len(self._people)
        for person in people:
            self._people.setdefault(repr(plain(person)), person)
        return len(self._people) - before

    def all(self) -> list[KnownPerson]:
        return list(self._people.values())


class FakeTerms:
    """Implements `assistant.ports.TermStore`."""

    def __init__(self) -> None:
        self._terms: dict[str, Term] = {}

    def put(self, term: Term) -> None:
        self._terms[unwrap(term.folded())] = term

    def remove(self, term: Term) -> bool:
        return self._terms.pop(unwrap(term.folded()), None) is not None

    def list(self) -> builtins.list[Term]:
        return list(self._terms.values())


class FakeAttestations:
    """Implements `assistant.ports.AttestationStore`."""

    def __init__(self) -> None:
        self._made: list[Attestation] = []

    def add(self, attestation: Attestation) -> None:
        self._made = [*self._made, attestation]

    def list(self) -> builtins.list[Attestation]:
        return sorted(self._made, key=lambda each: (each.at, each.id))


class FakeHonest:
    """Implements `assistant.ports.HonestStore`."""

    def __init__(self) -> None:
        self._honest: dict[str, Honest] = {}

    def put(self, honest: Honest) -> None:
        self._honest[honest.id] = honest

    def remove(self, honest_id: str) -> bool:
        return self._honest.pop(honest_id, None) is not None

    def forget(self, origin: str) -> None:
        kept = self._honest.values()
        self._honest = {each.id: each for each in kept if each.origin != origin}

    def list(self) -> builtins.list[Honest]:
        return sorted(self._honest.values(), key=lambda each: each.id)


class FakeOptOuts:
    """Implements `assistant.ports.OptOutStore`."""

    def __init__(self) -> None:
        self._kept: dict[str, OptOut] = {}

    def put(self, opt_out: OptOut) -> None:
        self._kept[opt_out.id] = opt_out

    def remove(self, opt_out_id: str) -> bool:
        return self._kept.pop(opt_out_id, None) is not None

    def keys(self) -> Mapping[str, str]:
        return {key: each.id for each in self._kept.values() for key in each.keys}

    def list(self) -> builtins.list[OptOut]:
        return sorted(self._kept.values(), key=lambda each: (each.at, each.id))


class FakeAudits:
    """Implements `assistant.ports.AuditStore`."""

    def __init__(self, drafts: FakeDrafts) -> None:
        self._drafts = drafts
        self._audits: dict[str, Audit] = {}

    def add(self, audit: Audit) -> None:
        self._audits.setdefault(audit.id, audit)

    def judge(self, audit_id: str, judgement: Judgement, by: str, at: datetime) -> bool:
        found = {each.id: each for each in self.list()}.get(audit_id)
        if found is None or found.judgement is not None:
            return False
        done = replace(found, judged_at=at, judged_by=by, judgement=judgement)
        self._audits[audit_id] = done
        return True

    def list(self) -> builtins.list[Audit]:
        kept = [each for each in self._audits.values() if self._drafts.get(each.draft_id)]
        return sorted(kept, key=lambda each: (each.month, each.id))


class FakeFrames:
    """Implements `assistant.ports.FrameStore`."""

    def __init__(self) -> None:
        self._frames: dict[tuple[str, Frame], RedactedText] = {}

    def all(self) -> OwnFrames:
        return dict(self._frames)

    def put(self, language: str, frame: Frame, text: RedactedText) -> None:
        self._frames[language, frame] = text

    def remove(self, language: str, frame: Frame) -> bool:
        return self._frames.pop((language, frame), None) is not None


class FakeLedger:
    """Implements `guardrails.audit.ledger.LedgerStore`."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._segments: list[SignedHead] = []
        self._head: Head | None = None

    def append(self, make: LedgerMaker) -> Row:
        made = make(self._head)
        self._head = made.head
        self._rows += made.rows
        self._segments += made.segments
        return made.rows[-1]

    def segments(self) -> Sequence[SignedHead]:
        return tuple(self._segments)

    def rows(self, after: int = 0) -> Iterable[Row]:
        return [row for row in self._rows if row.number > after]

    def last(self, count: int, after: int = 0) -> Sequence[Row]:
        return [row for row in self._rows if row.number > after][-count:]

    def of_kinds(self, kinds: Collection[str]) -> Sequence[Row]:
        return [row for row in self._rows if row.kind in kinds]

    def count(self, until: int) -> int:
        return sum(row.number <= until for row in self._rows)

    def head(self) -> Head | None:
        return self._head


class FakeUses:
    """Implements `assistant.ports.UseStore` by reading everything."""

    def __init__(self, records: FakeRecords) -> None:
        self._records = records

    def used(self, placeholders: Collection[Placeholder]) -> set[Placeholder]:
        found = {each for text in self._texts() for each in placeholders_of(text)}
        return found & set(placeholders)

    def complete(self, learnt: Callable[[Sequence[KnownPerson]], RedactedText]) -> None:
        """There is no earlier version."""

    def _texts(self) -> Iterable[RedactedText]:
        records = self._records
        for each in (*records.documents.documents(), *records.documents.chunks()):
            yield from each.texts
        for row in records.tickets.list():
            ticket = records.tickets.get(row.reference)
            yield from ticket.texts if ticket else ()
        yield from records.tickets.fields.values()
        for draft in records.drafts.list():
            yield from draft.written.texts
        yield from (gap.question for gap in records.gaps.list())


def _row(ticket: Ticket) -> TicketRow:
    return TicketRow(
        ticket.id,
        ticket.reference,
        ticket.subject,
        ticket.requester,
        ticket.status,
        ticket.priority,
        ticket.created_at,
        len(ticket.turns),
        ticket.kind,
        ticket.life,
    )


def _content(raw: RawTicket, ticket: Ticket) -> object:
    return plain((replace(raw, closed_at=None), replace(ticket, life=None, redaction="")))


def _snapshot(store: object) -> dict[str, object]:
    state: dict[str, object] = {}
    for name, value in vars(store).items():
        state[name] = value.copy() if isinstance(value, (dict, list)) else value  # pyright: ignore[reportUnknownMemberType] - what it holds does not matter
    return state
