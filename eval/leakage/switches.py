"""Switches that disable one guard each, for a control run whose search must then find leaks.

Each replaces a part of the wiring while a context is open, in this process and for the evaluation
only; the product has no setting that does the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager

from assistant import bootstrap
from assistant.flows import draft, outbox, review, show
from assistant.model import Passage, Ticket
from assistant.writers import model
from assistant.writers.attribution import Attributed, Kept
from assistant.writers.jobs import Job, Sent
from assistant.writers.pieces import pieces_of
from eval.leakage.measure import AUDIENCE, Switch
from eval.leakage.replaced import replaced
from guardrails import ForPerson, RawText, RedactedText, Redactor
from guardrails.answers.verdict import Verdict
from guardrails.crypto.keys import DataKey
from guardrails.crypto.seal import Sealer
from guardrails.detect.directory import KnownValues
from guardrails.egress import gate
from guardrails.egress.request import Body
from guardrails.identity import permissions as doors
from guardrails.identity.restore import Restored, Restorer
from guardrails.identity.vault import EphemeralVaultStore, Vault
from guardrails.leaks.scan import Scanner
from guardrails.spans import Span


def switches() -> Mapping[str, Switch]:
    """Return the switches by the name of the guard that each disables."""
    return {
        "detector": _no_detector,
        "known entities": _nobody_known,
        "gate": _open_gate,
        "seal": _no_seal,
        "verdict": _no_verdict,
        "memberships": _no_memberships,
        "restore of own people only": _restore_anybody,
        AUDIENCE: _everybody_reads,
    }


class _Blind:
    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        return [[] for _ in texts]


def _no_detector() -> AbstractContextManager[None]:
    def blind(_self: Redactor, texts: Sequence[str]) -> list[list[Span]]:
        return _Blind().detect(texts)

    return replaced((Redactor, "_detect", blind))


def _nobody_known() -> AbstractContextManager[None]:
    """Redact without the tenant's people; the gate still knows the directory."""

    def nobody(_self: Redactor, _text: str, _known: object) -> list[Span]:
        return []

    return replaced((Redactor, "_known", nobody), (Redactor, "_declared", nobody))


def _open_gate() -> AbstractContextManager[None]:
    """Send requests as they are; a writer masks its prompts by the same scan, so that goes too."""

    def as_it_is(content: bytes, _scanner: Scanner) -> Body:
        return Body(content, 0)

    def as_written(_self: model.ModelWriter, job: Job, room: int) -> Sent:
        prompt = job.prompt(room)
        return Sent(prompt, prompt.whole)

    return replaced((gate, "redact_body", as_it_is), (model.ModelWriter, "_sent", as_written))


def _no_seal() -> AbstractContextManager[None]:
    def close(_self: Sealer, _place: object, _kind: str, body: bytes) -> bytes:
        return body

    def opened(_self: Sealer, _place: object, _kind: str, sealed: bytes) -> bytes:
        return sealed

    return replaced((Sealer, "_close", close), (Sealer, "_open", opened))


def _no_verdict() -> AbstractContextManager[None]:
    """Believe a model: attribution behind the verdict would drop most of what it makes up."""
    return replaced((model, "judge", _believe), (model, "attribute", _keep_all))


def _no_memberships() -> AbstractContextManager[None]:
    """Let every user read: disable the membership checks, and the exit of raw text behind them."""

    def anybody(*_of: object) -> None:
        return None

    def shown(raw: RawText, person: doors.Person, tenant: str) -> ForPerson:
        return raw_to(raw, doors.Person(person.login, tenant, may_read=True), tenant)

    def shown_restored(restored: Restored, person: doors.Person, tenant: str) -> ForPerson:
        anyone = doors.Person(person.login, tenant, may_read=True)
        return restored_to(restored, anyone, tenant)

    def as_member(_self: bootstrap.Home, login: str, slug: str) -> doors.Person:
        return doors.Person(login, slug)

    raw_to, restored_to = doors.show, doors.show_restored
    return replaced(
        *((flow, "must_read", anybody) for flow in (review, show, outbox)),
        *((flow, "show", shown) for flow in (show, outbox)),
        *((flow, "show_restored", shown_restored) for flow in (review, show, outbox)),
        (doors.Person, "restores", True),
        (doors.Person, "reads_raw", True),
        (bootstrap.Home, "person", as_member),
    )


def _restore_anybody() -> AbstractContextManager[None]:
    """Restore any placeholder in a reply: verdict, checks of a reply and restorer allow all."""

    def restore(self: Restorer, text: RedactedText, _allowed: object = None) -> Restored:
        return real(self, text)

    def clean(*_of: object, **_and: object) -> tuple[()]:
        return ()

    real = Restorer.restore
    return replaced(
        (Restorer, "restore", restore),
        *((flow, "inspect", clean) for flow in (draft, review)),
        (model, "judge", _believe),
        (model, "attribute", _keep_all),
    )


def _everybody_reads() -> AbstractContextManager[None]:
    """Give the reply's writer what is for agents only, and find nothing of it in a reply."""

    def whole(ticket: Ticket) -> Ticket:
        return ticket

    def readable(passages: Iterable[Passage], _known: object) -> tuple[Passage, ...]:
        return tuple(passages)

    def best(_ticket: Ticket, passages: Sequence[Passage]) -> list[Passage]:
        return list(passages)

    def clean(*_of: object) -> tuple[()]:
        return ()

    return replaced(
        (Ticket, "public", whole),
        (draft, "for_customer", readable),
        (draft, "_answering", best),
        (draft, "internal", clean),
        (review, "internal_of", clean),
    )


def _believe(said: RawText, **_sources: object) -> Verdict:
    return Verdict(_unredacted(said), ())


def _keep_all(text: str, _sources: object, _refused: object = ()) -> Attributed:
    return Attributed(
        tuple(Kept(piece, (1,)) for piece in pieces_of(text)), (), 1.0, declined=False
    )


class _Credulous(Redactor):
    """A redactor that accepts a placeholder in raw text as one of ours."""

    def _known(self, text: str, known: KnownValues | None) -> list[Span]:
        del text, known
        return []


def _unredacted(raw: RawText) -> RedactedText:
    key = DataKey.fresh()
    vault = Vault(EphemeralVaultStore(), Sealer("nobody", key), key)
    return _Credulous(_Blind(), vault, KnownValues()).look_up(raw).text
