"""What leaves: only to places of the register, only redacted, only for a recorded purpose."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, LiteralString

from assistant.bootstrap import Home
from assistant.errors import QuietdeskError
from assistant.flows import training
from assistant.model import Role, Terms
from assistant.register import places
from assistant.register.subprocessors import terms_digest
from eval.evidence.control import Control, Off, Seen, same
from eval.evidence.material import TICKET
from eval.evidence.switches import of_leakage, replaced
from eval.evidence.twin import Twin
from guardrails import RawText
from guardrails.ai_mark import BY_HAND
from guardrails.audit.ledger import Fact, Ledger, Row
from guardrails.egress.place import Place
from guardrails.identity.permissions import Person, release
from guardrails.policy import Destination, Policy, Purpose, SubprocessorKind, policy

_PROBE, _HOOK, _AWAY = "probe", "probe-hook", "elsewhere"
_OPEN = "requests that arrive at a place with every term"
_CLOSED = "requests that arrive at a place that the register or the policy refuses"
_TO_HOOK = "replies that arrive at a webhook with every term"
_HOOK_CLOSED = "replies that arrive at a webhook that the register or the policy refuses"
_DATABASE = "a database of a region that is not allowed is refused"
_UNTOLD = "requests that arrive at a place whose operator has not promised no training"
_EXPORTED = "redacted texts are exported for training"
_ON_WIRE = "planted values in requests to a model"
_IN_RAW = "destroyed values in the copy of a ticket for people"
_IN_VAULT = "destroyed values in the vault"
_NO_ROW = "requests that arrived without an intent row"
_LEDGER_DOWN = "requests that arrive while the ledger cannot be written"
_NO_PURPOSE = "requests that arrive for a purpose that the policy leaves out"
_OTHER_PURPOSE = "intent rows with a purpose that the policy does not name"
_LAPSED = "enabled entries that have lapsed or lack a term"
_CHANGED = "enabled entries that are not as the ledger states them"


@contextmanager
def _foreign() -> Generator[None]:
    """Treat this machine as another operator's, so that the recording server is a sub-processor."""
    with replaced((places, "_LOOPBACK", frozenset[str]())):
        yield


class _Register:
    """A model and a webhook of another operator, at the recording server, with every term."""

    def __init__(self, twin: Twin) -> None:
        self.twin = twin
        rules = twin.rules.subprocessors
        today = twin.clock().date()
        self.terms = Terms(
            region=next(iter(sorted(twin.rules.regions.destinations)), "local"),
            no_training=True,
            baa=True,
            contract_on=today,
            contract_sha256="0" * 64,
            review_by=today + timedelta(days=3650),
        )
        self.operator = next(iter(sorted(rules.names or ())), "Probe")
        origin = twin.server.origin
        promised: dict[str, Any] = {
            "at": "",
            "operator": self.operator,
            "region": self.terms.region,
            "no_training": True,
        }
        twin.perform("model.add", name=_PROBE, url=f"{origin}/v1", model="probe", **promised)
        twin.perform("register.add", name=_HOOK, url=f"{origin}/hook", **promised)
        for name in (_PROBE, _HOOK):
            self.state(name)

    def state(self, name: str, **changes: object) -> None:
        """State the terms of an entry, some of them changed."""
        terms = replace(self.terms, **changes)  # pyright: ignore[reportArgumentType] - names of terms
        self.twin.home.subprocessors.renew(name, terms, None, self.operator)

    def enable(self) -> None:
        for name in (_PROBE, _HOOK):
            self.twin.perform("register.add", role=Role.OFFICER, name=name)

    def asks(self) -> int:
        """Return how many requests arrive when the model is asked."""
        before = len(self.twin.wire)
        self.twin.attempt("model.check", name=_PROBE)
        return len(self.twin.wire) - before

    def posts(self) -> int:
        """Return how many replies arrive when one is delivered."""
        slug, server = self.twin.tenant, self.twin.server
        before, person = len(server.strange), Person("", slug, may_read=True, may_release=True)
        try:
            post = self.twin.home.post_replies(slug)
            post("probe", TICKET, release(RawText("A reply."), person, slug), BY_HAND)
        except QuietdeskError:
            pass
        return len(server.strange) - before


def _registered(twin: Twin) -> Generator[Seen]:
    with _foreign():
        made = _Register(twin)
        asked, posted = made.asks(), 0
        made.enable()
        notice = twin.rules.subprocessors.notice_days
        if notice:
            asked, posted = asked + made.asks(), posted + made.posts()
            twin.clock.forward(days=notice + 1)
        yield same(_OPEN, expected=True, found=made.asks() > 0)
        yield same(_TO_HOOK, 1, made.posts())
        for changes in _worse(twin):
            for name in (_PROBE, _HOOK):
                _quietly(made, name, changes)
            asked, posted = asked + made.asks(), posted + made.posts()
        for name in (_PROBE, _HOOK):
            _quietly(made, name, {})
            twin.perform("register.end", role=Role.OFFICER, name=name)
        yield same(_CLOSED, 0, asked + made.asks())
        yield same(_HOOK_CLOSED, 0, posted + made.posts())
        yield same(_DATABASE, expected=True, found=_database_refused(twin))


def _worse(twin: Twin) -> Iterable[dict[str, object]]:
    """Yield changes of terms, each of which must close a place."""
    yesterday = twin.clock().date() - timedelta(days=1)
    yield {"region": _AWAY}
    yield {"region": ""}
    yield {"review_by": yesterday}


def _quietly(made: _Register, name: str, changes: dict[str, object]) -> None:
    """Write an entry's terms without a new notice, as an edit of the database would."""
    store = made.twin.home.subprocessors.store
    entry = made.twin.home.subprocessors.named(name)
    terms = replace(made.terms, **changes)  # pyright: ignore[reportArgumentType] - names of terms
    store.change(replace(entry, terms=terms))


def _database_refused(twin: Twin) -> bool:
    day = twin.clock().date()
    database = Destination(
        "database",
        f"postgresql://{_AWAY}.test",
        region=_AWAY,
        kind=SubprocessorKind.DATABASE,
        no_training=True,
        announced_on=day,
        reviewed_on=day,
    )
    return bool(twin.home.refusal_of(twin.desk.tenant, database))


def _watch_register(home: Home, slug: str) -> Generator[Seen]:
    tenant, register = home.tenant(slug), home.subprocessors
    used = [each for each in register.store.list() if tenant in register.users(each)]
    refused = [
        each for each in used if home.refusal_of(tenant, register.destination(each.id, tenant.id))
    ]
    yield same(_LAPSED, 0, len(refused))
    stated = _stated(home.desk(slug).ledger.rows())
    own = [each for each in used if each.id in stated]
    yield same(_CHANGED, 0, sum(stated[each.id] != terms_digest(each) for each in own))


def _stated(rows: Iterable[Row]) -> dict[str, str]:
    """Return the hash of the terms of each entry as the ledger last stated it."""
    found: dict[str, str] = {}
    for row in rows:
        if row.kind in ("register.enabled", "register.renewed"):
            facts = json.loads(row.body)
            found[facts["entry"]] = facts["terms"]
    return found


def _untrained(twin: Twin) -> Generator[Seen]:
    trains = twin.rules.training
    out = str(twin.folder / "texts.jsonl")
    tried = twin.attempt("training.export", role=Role.OFFICER, out=out)
    yield same(_EXPORTED, trains != "never", not tried.refused)
    with _foreign():
        made = _Register(twin)
        made.enable()
        twin.clock.forward(days=twin.rules.subprocessors.notice_days + 1)
        yield same(_OPEN, expected=True, found=made.asks() > 0)
        if trains != "allowed":
            for name in (_PROBE, _HOOK):
                _quietly(made, name, {"no_training": False})
            yield same(_UNTOLD, 0, made.asks() + made.posts())


def _washed(twin: Twin) -> Generator[Seen]:
    for operation in ("summarise", "draft"):
        twin.attempt(operation, role=Role.AGENT, references=[TICKET])
    values = (*twin.material().values.values(), twin.material().requester, twin.material().address)
    twin.attempt("ask", role=Role.AGENT, question=_as_written(twin))
    yield same(_ON_WIRE, 0, sum(value.encode() in sent for sent in twin.wire for value in values))
    yield same("requests to the model", expected=True, found=len(twin.wire) > 0)
    gone = [
        value
        for kind, value in twin.material().values.items()
        if kind.value in twin.rules.redaction.destroy
    ]
    shown = twin.attempt("tickets.show", role=Role.AGENT, reference=TICKET).said
    yield same(_IN_RAW, 0, sum(value in shown for value in gone))
    yield same(_IN_VAULT, 0, _in_vault(twin, gone))


def _as_written(twin: Twin) -> str:
    """Return the text of the ticket, in which each value is planted as people write it."""
    tickets = (json.loads(line) for line in twin.material().export().splitlines())
    return next(str(each["turns"][0]["text"]) for each in tickets if each["id"] == TICKET)


def _in_vault(twin: Twin, values: Iterable[str]) -> int:
    found = 0
    for value in values:
        named = twin.desk.redactor.look_up(RawText(f"It is {value}.")).masks
        found += any(mask.placeholder.number for mask in named)
    return found


def _recorded(twin: Twin) -> Generator[Seen]:
    for operation in ("summarise", "draft"):
        twin.attempt(operation, role=Role.AGENT, references=[TICKET])
    twin.attempt("ask", role=Role.AGENT, question="The printer stops after a page.")
    facts = _intents(twin)
    yield same("requests to the model", expected=True, found=len(twin.wire) > 0)
    yield same(_NO_ROW, 0, len(twin.wire) - len(facts))
    named = {each.value for each in twin.rules.purposes}
    yield same(_OTHER_PURPOSE, 0, sum(each not in named for each in facts))
    before = len(twin.wire)
    with replaced((Ledger, "append", _full_disk)):
        twin.attempt("summarise", role=Role.AGENT, references=[TICKET])
    yield same(_LEDGER_DOWN, 0, len(twin.wire) - before)
    before = len(twin.wire)
    none = replace(twin.rules, purposes=frozenset[Purpose]())
    twin.home.set_policy(twin.tenant, Policy(rules=none))
    twin.attempt("summarise", role=Role.AGENT, references=[TICKET])
    yield same(_NO_PURPOSE, 0, len(twin.wire) - before)


def _intents(twin: Twin) -> list[str]:
    rows = (row for row in twin.desk.ledger.rows() if row.kind == "model.intent")
    return [str(json.loads(row.body)["purpose"]) for row in rows]


def _full_disk(_self: Ledger, _kind: str, **_facts: Fact) -> Row:
    raise OSError(28, "No space left on device")


def _no_refusal() -> AbstractContextManager[None]:
    def nothing(*_of: object) -> str:
        return ""

    return replaced((Policy, "refusal", nothing))


def _no_terms() -> AbstractContextManager[None]:
    def nothing(*_of: object, **_and: object) -> str:
        return ""

    return replaced((policy, "refusal", nothing))


def _any_training() -> AbstractContextManager[None]:
    class Never:
        NEVER = None

    return replaced((training, "Training", Never))


@contextmanager
def _no_redaction() -> Generator[None]:
    with (
        of_leakage("detector")(),
        of_leakage("known entities")(),
        of_leakage("gate")(),
    ):
        yield


def _no_row() -> AbstractContextManager[None]:
    def nothing(_self: Place, kind: LiteralString, **_facts: Fact) -> Row:
        return Row(0, kind, "", "", "", "")

    return replaced((Place, "commit", nothing))


CONTROLS = (
    Control(
        "egress.register",
        "Only places of the register are reached, with the terms, the region and the notice that "
        "the policy asks for.",
        _registered,
        _watch_register,
        {"policy and register": Off(_no_refusal, _CLOSED)},
    ),
    Control(
        "egress.washed",
        "What reaches a model is redacted; destroyed values are kept nowhere.",
        _washed,
        None,
        {"redaction and gate": Off(_no_redaction, _ON_WIRE)},
    ),
    Control(
        "egress.recorded",
        "Each request has an intent row with its purpose before its first byte.",
        _recorded,
        None,
        {
            "intent row": Off(_no_row, _NO_ROW),
            "policy": Off(_no_refusal, _NO_PURPOSE),
        },
    ),
    Control(
        "training.none",
        "No place is reached whose operator has not promised to train on nothing, and nothing is "
        "exported for training unless the policy allows it.",
        _untrained,
        None,
        {
            "terms": Off(_no_terms, _UNTOLD),
            "rule of training": Off(_any_training, _EXPORTED),
        },
    ),
)
