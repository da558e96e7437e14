"""One tenant behind a gate: real rules, an ephemeral vault, a ledger in memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

import httpx

from guardrails import RawText, Redactor
from guardrails.audit.ledger import Ledger, LedgerMaker, Row, calling
from guardrails.crypto.keys import DataKey
from guardrails.crypto.seal import Sealer
from guardrails.detect import build_rule_detector
from guardrails.detect.directory import KnownPerson, KnownValues
from guardrails.egress.gate import EgressGate
from guardrails.egress.place import Place
from guardrails.egress.response import Limits
from guardrails.identity.vault import EphemeralVaultStore, Vault
from guardrails.leaks.scan import Scanner
from guardrails.placeholders import Placeholder
from guardrails.policy import Destination, Policy, Purpose
from guardrails.spans import Detector, EntityType
from tests.fakes.records import FakeLedger

NAME, MAIL, HOST, PASSWORD = (
    "Priya Raghunathan",
    "priya.r@harbour-dental.example",
    "HD-FRONT-03",
    "Tr0ub4dor&3xyz",
)
PRIYA = KnownPerson(name=RawText(NAME), email=RawText(MAIL))
TODAY = datetime(2026, 11, 2, 12, tzinfo=UTC)
MODES = ("sync", "async", "stream")


def registered(origin: str) -> Destination:
    """Return a destination of another operator with the terms that the default rules ask for."""
    day = TODAY.date()
    return Destination(
        "model", origin, region="eu", no_training=True, announced_on=day, reviewed_on=day
    )


@cache
def real_rules() -> Detector:
    return build_rule_detector()


class Blind:
    """A detector that finds nothing."""

    def detect(self, texts: Sequence[str]) -> list[list[Any]]:
        return [[] for _ in texts]


class Dead:
    """A detector that always fails, with the text in its exception."""

    def detect(self, texts: Sequence[str]) -> list[list[Any]]:
        raise MemoryError(texts[0])


class FullDisk(FakeLedger):
    """A ledger that cannot be written."""

    def append(self, make: LedgerMaker) -> Row:
        raise OSError(28, "No space left on device")


class Tenant:
    """A gate with its surroundings."""

    def __init__(
        self,
        *,
        rules: Detector | None = None,
        directory: KnownValues | None = None,
        store: FakeLedger | None = None,
    ) -> None:
        key = DataKey.fresh()
        self.vault = Vault(EphemeralVaultStore(), Sealer("bench", key), key)
        known = directory or KnownValues()
        self.rows = store or FakeLedger()
        self.ledger = Ledger(self.rows, key, lambda: self.policy)
        self.scanner = Scanner(rules or real_rules(), self.vault, known)
        self.redactor = Redactor(rules or real_rules(), self.vault, known)
        self.policy = Policy()

    def knows(self, *values: tuple[EntityType, str]) -> list[Placeholder]:
        return self.vault.allocate(values)

    def gate(self, origin: str, limits: Limits | None = None, **promises: Any) -> EgressGate:
        destination = replace(registered(origin), **promises)
        place = Place(destination, lambda: self.policy, self.ledger, times=lambda: (TODAY,))
        return EgressGate(place, self.scanner, limits)

    def facts(self, kind: str) -> list[dict[str, Any]]:
        return [without_policy(row.body) for row in self.rows.rows() if row.kind == kind]


def without_policy(body: str) -> dict[str, Any]:
    """Return the facts of a row without those that the ledger itself adds."""
    facts: dict[str, Any] = json.loads(body)
    return {name: facts[name] for name in facts if not name.startswith("policy_")}


def chat(content: object, **more: object) -> dict[str, object]:
    return {"model": "local", "messages": [{"role": "user", "content": content}], **more}


def send(
    mode: str,
    gate: EgressGate,
    body: Mapping[str, object] | bytes,
    *,
    url: str = "",
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    timeout: float = 5,
) -> httpx.Response:
    """Send one request through the gate, inside a call, the whole answer read."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    request: dict[str, Any] = {
        "method": method,
        "url": url or f"{gate.destination.origin}/v1/chat/completions",
        "content": content,
        "headers": {"content-type": "application/json", **(headers or {})},
        "timeout": timeout,
    }
    with calling(Purpose.REPLY, "ticket-1"):
        if mode == "async":
            return asyncio.run(_send_async(gate, request))
        with httpx.Client(transport=gate.sync_transport(), trust_env=False) as client:
            if mode == "sync":
                return client.request(**request)
            with client.stream(**request) as response:
                response.read()
                return response


async def _send_async(gate: EgressGate, request: dict[str, Any]) -> httpx.Response:
    async with httpx.AsyncClient(transport=gate.async_transport(), trust_env=False) as client:
        return await client.request(**request)


def sent(gate: EgressGate, content: object, look: Callable[[], bytes]) -> str:
    """Return the message content that the server received."""
    send("sync", gate, chat(content))
    body = cast("dict[str, Any]", json.loads(look()))
    return str(body["messages"][0]["content"])
