"""Changes of a policy: what loosens waits for its notice; no version changes past the ledger."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, LiteralString

from assistant import policies as book
from assistant.adapters.records import accounts, trusted_time
from assistant.adapters.records import policies as stored
from assistant.bootstrap import Home
from assistant.errors import Refused
from assistant.model import Role, Tenant
from eval.evidence.control import Control, Off, Seen, same
from eval.evidence.material import TICKET
from eval.evidence.switches import replaced
from eval.evidence.twin import Twin
from guardrails.policy import AiFeature, Policy, Rules, codec, versions
from guardrails.policy.layers import Layers
from guardrails.policy.trusted_time import Reading
from guardrails.policy.versions import Publication, Version, in_force, publication
from guardrails.policy.words import Training

_HOUSE_DAYS = 14
"""The notice that is tried on a twin whose rules promise none."""
_STEP = 20
"""Days between two looks at the home: fewer than those after which its clock is in doubt."""
_FAR = 41
"""Days after which it is."""

_STRICTER = "a rule that became stricter holds at once"
_WAITS = "rules that became weaker before their notice was over"
_TIGHTENS = "the stricter part of a version that waits holds at once"
_PENDING = "versions that an agent is told are pending"
_FIRST = "a weaker rule holds when its notice is over"
_SECOND = "rules that became weaker with the notice of another version"
_JUMP = "rules that became weaker because the clock jumped"
_AGREED = "a weaker rule holds once an officer has agreed to the clock"
_EARLY = "versions that hold before their notice is over"
_UNNOTED = "versions that wait without a row about their notice"

_UNSTATED = "versions whose hash is not in the ledger"
_UNNAMED = "versions of a user that name no user"
_CHANGED = "operations that ran after a version was changed"
_HASHED = "operations that ran after a version and its hash were changed"
_HURRIED = "operations that ran after a version was made to hold earlier"
_DROPPED = "operations that ran after a version was removed"
_SENT = "requests to the model under a policy that was changed"
_RESTORED = "operations that ran after the versions were put back"
_STATED = "the versions are as the ledger states them"


def _notice(twin: Twin) -> Generator[Seen]:
    days = twin.rules.notice.weaker_days or _HOUSE_DAYS
    twin.home.publish(twin.tenant, lambda layers: _promising(layers, days))
    _set(twin, ai_enabled=False)
    yield same(_STRICTER, expected=False, found=_ai(twin))
    _set(twin, ai_enabled=True, private_notes="leave_out")
    yield same(_TIGHTENS, expected=True, found=_rules(twin).leave_out_notes)
    _live(twin, days // 2)
    _set(twin, training_allowed=True)
    shown = twin.perform("policy.show", role=Role.AGENT)
    yield same(_PENDING, 2, len(shown["pending"]))
    _live(twin, days - days // 2 - 1)
    yield same(_WAITS, 0, _ai(twin) + _trains(twin))
    _live(twin, 1)
    yield same(_FIRST, expected=True, found=_ai(twin))
    yield same(_SECOND, 0, int(_trains(twin)))
    twin.clock.forward(days=days + _FAR)
    yield same(_JUMP, 0, int(_trains(twin)))
    twin.perform("policy.trust_clock", role=Role.OFFICER)
    yield same(_AGREED, expected=True, found=_trains(twin))


def _watch_notice(home: Home, slug: str) -> Generator[Seen]:
    tenant = home.tenant(slug)
    noted = {facts["version"] for facts in _stated(home, slug, "policy.noticed")}
    early, unnoted = 0, 0
    history = home.policies.history(tenant)
    for at, version in enumerate(history[1:], start=1):
        force = in_force(history[:at], version.published_at).rules
        made = publication(force, version.rules, version.published_at)
        early += version.holds_from < made.holds_from
        unnoted += version.holds_from > version.published_at and version.number not in noted
    yield same(_EARLY, 0, early)
    yield same(_UNNOTED, 0, unnoted)


def _pinned(twin: Twin) -> Generator[Seen]:
    _set(twin, private_notes="leave_out")
    history = twin.home.policies.history(twin.home.tenant(twin.tenant))
    stated = _stated(twin.home, twin.tenant, "policy.set")
    hashes = {facts["version"]: facts["sha256"] for facts in stated}
    yield same(_UNSTATED, 0, sum(hashes.get(each.number) != each.sha256 for each in history))
    yield same(_UNNAMED, 0, sum(not each.by for each in history[1:]))
    sent = len(twin.wire)
    for what, statement in _TAMPERING.items():
        with _tampered(twin, statement):
            yield same(what, 0, _ran(twin))
    yield same(_SENT, 0, len(twin.wire) - sent)
    yield same(_RESTORED, len(_TRIED), _ran(twin))


def _watch_pinned(home: Home, slug: str) -> Generator[Seen]:
    try:
        found = bool(home.policies.history(home.tenant(slug)))
    except Refused:
        found = False
    yield same(_STATED, expected=True, found=found)


_LAST = " WHERE version = (SELECT max(version) FROM policies)"
_TAMPERING: Mapping[LiteralString, LiteralString] = {
    _HASHED: "UPDATE policies SET body = :body, sha256 = :hash",
    _HURRIED: "UPDATE policies SET holds_from = '2000-01-01T00:00:00.000000+00:00'",
    _DROPPED: "DELETE FROM policies",
    _CHANGED: "UPDATE policies SET body = replace(body, 'never', 'allowed')",
}
_TRIED: Mapping[str, dict[str, Any]] = {
    "policy.show": {},
    "ask": {"question": "The printer stops after a page. What do I do?"},
    "draft": {"references": [TICKET]},
}


def _ran(twin: Twin) -> int:
    """Return how many operations an agent could call."""
    went = (twin.attempt(name, role=Role.AGENT, **args) for name, args in _TRIED.items())
    return sum(not each.refused for each in went)


@contextmanager
def _tampered(twin: Twin, statement: str) -> Generator[None]:
    """Change the tables of policies as somebody who has the database and not the keys."""
    body = codec.dump(replace(_rules(twin), training=Training.ALLOWED))
    path = twin.home.settings.home / "quietdesk.db"
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT * FROM policies").fetchall()
        with database:
            database.execute(statement + _LAST, {"body": body, "hash": codec.hash_of(body)})
        try:
            yield
        finally:
            marks = ", ".join("?" * len(rows[0]))
            with database:
                database.execute("DELETE FROM policies")
                database.executemany(f"INSERT INTO policies VALUES ({marks})", rows)  # noqa: S608 - marks


def _promising(layers: Layers, days: int) -> Layers:
    rules = layers.rules
    return layers.choosing(replace(rules, notice=replace(rules.notice, weaker_days=days)))


def _set(twin: Twin, **choices: Any) -> None:
    """Change own choices as a person whom the policy lets do it."""
    allowed = _rules(twin).access.policy
    role = Role.ADMIN if Role.ADMIN in allowed else Role.OFFICER
    twin.perform("tenant.set", role=role, **choices)


def _live(twin: Twin, days: int) -> None:
    """Let days pass in which the home is used."""
    while days > 0:
        twin.clock.forward(days=min(days, _STEP))
        days -= _STEP
        twin.home.tenant(twin.tenant)


def _rules(twin: Twin) -> Rules:
    return twin.home.policy(twin.tenant).rules


def _ai(twin: Twin) -> bool:
    return AiFeature.MODEL in _rules(twin).ai.features


def _trains(twin: Twin) -> bool:
    return _rules(twin).training is Training.ALLOWED


def _stated(home: Home, slug: str, kind: str) -> list[dict[str, Any]]:
    rows = home.desk(slug).ledger.rows()
    return [json.loads(row.body) for row in rows if row.kind == kind]


def _at_once() -> AbstractContextManager[None]:
    def now(force: Rules, rules: Rules, at: datetime) -> Publication:
        return replace(publication(force, rules, at), holds_from=at)

    return replaced((book, "publication", now))


def _all_waits() -> AbstractContextManager[None]:
    def first(held: Sequence[Version], now: datetime) -> Policy:
        version = versions.since(held, now)[0]
        return Policy(version.number, version.rules)

    return replaced((accounts, "in_force", first))


def _any_clock() -> AbstractContextManager[None]:
    def trusted(clock: datetime, mark: datetime | None) -> Reading:
        return Reading(clock, clock, mark)

    return replaced((trusted_time, "judge", trusted))


def _any_body() -> AbstractContextManager[None]:
    def unread(_row: object) -> None: ...

    return replaced((stored, "must_be_whole", unread))


def _unread_ledger() -> AbstractContextManager[None]:
    def as_stored(_self: book.PolicyBook, tenant: Tenant) -> Tenant:
        return tenant

    return replaced((book.PolicyBook, "checked", as_stored))


CONTROLS = (
    Control(
        "policy.notice",
        "What tightens holds at once, what loosens waits for its notice.",
        _notice,
        _watch_notice,
        {
            "notice": Off(_at_once, _WAITS),
            "the stricter of both": Off(_all_waits, _TIGHTENS),
            "trusted clock": Off(_any_clock, _JUMP),
        },
    ),
    Control(
        "policy.pinned",
        "The rules of every version are kept as they were, with who set them.",
        _pinned,
        _watch_pinned,
        {
            "hash of the rules": Off(_any_body, _CHANGED),
            "the ledger's word": Off(_unread_ledger, _HASHED),
        },
    ),
)
