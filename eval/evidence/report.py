"""The report of a run, as data: every file beside ``report.json`` is made from it alone.

It holds counts, hashes, ids and words of ours. No customer text enters it: an observation's facts
are the ledger's, and the rest comes from profiles and from the tenant's rules.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from eval.evidence.control import Outcome

VERSION: Literal[1] = 1
FactView = str | int | bool | None | dict[str, int]


class View(BaseModel):
    """A part of the report; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RunView(View):
    """When and with what the evidence was gathered; ``source`` is the SHA-256 of our files."""

    at: str
    seconds: float
    release: str
    source: str
    database: str
    by: str | None
    """The id of the person who ran it, None for the owner of the home."""


class PendingView(View):
    """A version of the policy whose weaker rules wait for their notice."""

    version: int
    digest: str
    holds_from: str
    loosens: tuple[str, ...] = ()


class PolicyView(View):
    """The rules in force, whole, and their SHA-256."""

    version: int
    digest: str
    rules: dict[str, Any]
    pending: tuple[PendingView, ...] = ()


class LedgerView(View):
    """The tenant's ledger before the row of this run: its last row, and whether it holds."""

    rows: int
    hash: str
    holds: bool
    why: str


class RegisterLine(View):
    """One entry of the register of sub-processors."""

    name: str
    kind: str
    region: str
    no_training: bool
    baa: bool
    contract_at: str | None
    contract_hash: str | None
    review_by: str | None
    usable: bool
    why: str


class PeriodView(View):
    """How long a class of data is kept: after which time it ends, counted from what, and how."""

    data_class: str
    after: str
    anchor: str
    how: str
    at_least: str
    months: float | None
    """The time in months, None without an end."""
    ours: bool


class TenantView(View):
    """The tenant whose records were read, with its policy, register and ledger."""

    slug: str
    id: str
    profile: str | None
    policy: PolicyView
    ledger: LedgerView
    register_of: tuple[RegisterLine, ...]


class SeenView(View):
    """One observation."""

    what: str
    expected: FactView
    found: FactView
    ok: bool
    rows: tuple[int, ...] = ()


class TrialView(View):
    """One run of a probe or a watch; ``crashed`` is the type of the error that ended it."""

    outcome: Outcome
    crashed: str
    seen: tuple[SeenView, ...]


class OffView(View):
    """The probe without one guard: ``failed`` if it failed at the observation that must fail."""

    guard: str
    must_see: str
    failed: bool
    crashed: str
    seen: SeenView | None


class ControlView(View):
    """One control under rules of which ``rules`` is the SHA-256."""

    id: str
    says: str
    rules: str
    outcome: Outcome
    why: str
    at: str
    probe: TrialView | None
    watch: TrialView | None
    off: tuple[OffView, ...]


class AttestationView(View):
    """What a person vouches for: who, in which role, when, on which document, until when."""

    state: Literal["open", "vouched", "lapsed"]
    who: str | None = None
    role: str
    at: str | None = None
    document: str | None = None
    expires: str | None = None


class ClauseView(View):
    """One clause of a policy and what became of it."""

    id: str
    topic: str
    says: str
    kind: str
    state: Literal["hold", "fail", "not_measured", "open", "vouched", "untestable"]
    why: str
    controls: tuple[str, ...]
    parameters: dict[str, Any]
    ours: bool
    narrowed: str | None
    untestable: str | None
    better: str | None
    attestation: AttestationView | None


class Counts(View):
    """How many clauses; ``open`` attestations are missing, those beside a control included."""

    clauses: int
    enforceable: int
    hold: int
    fail: int
    not_measured: int
    open: int
    untestable: int


class ProfileView(View):
    """One policy; ``rules`` is the SHA-256 of the rules under which its controls were tried."""

    id: str
    version: int
    title: str
    role: str
    dated: str
    source: str
    digest: str
    rules: str
    ours: tuple[str, ...]
    retention: tuple[PeriodView, ...]
    counts: Counts
    clauses: tuple[ClauseView, ...]


class Report(View):
    """The whole report; without a tenant each profile was tried on twins of its own."""

    schema_version: Literal[1] = VERSION
    run: RunView
    tenant: TenantView | None
    counts: Counts
    profiles: tuple[ProfileView, ...]
    controls: tuple[ControlView, ...]
    out_of_scope: tuple[str, ...]


def canonical(report: Report) -> bytes:
    """Return the one JSON form of a report: sorted keys, no spaces, UTF-8, a line end."""
    plain = report.model_dump(mode="json")
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"{text}\n".encode()


def schema() -> dict[str, Any]:
    """Return the JSON schema of a report."""
    made = Report.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
