"""The register of sub-processors: places outside, what their operators promised, who uses them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from guardrails.policy.words import Purpose, SubprocessorKind

PURPOSES = {
    SubprocessorKind.MODEL: frozenset(
        {Purpose.SUMMARISE, Purpose.REPLY, Purpose.ANSWER, Purpose.TRIAGE, Purpose.CHECK}
    ),
    SubprocessorKind.WEBHOOK: frozenset({Purpose.DELIVER}),
    SubprocessorKind.STAMP: frozenset({Purpose.STAMP}),
    SubprocessorKind.DATABASE: frozenset[Purpose](),
}
"""What an entry of each kind may be for."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the operator of an entry has promised, and when that was last reviewed.

    ``region`` is empty when it is not known. ``contract_on`` and ``contract_sha256`` (hex) are the
    date of the contract and the hash of its document.
    """

    region: str = ""
    no_training: bool = False
    baa: bool = False
    contract_on: date | None = None
    contract_sha256: str = ""
    review_by: date | None = None


@dataclass(frozen=True, slots=True)
class Subprocessor:
    """One entry. ``origin`` is scheme, host and port.

    ``address`` is the whole URL of a webhook or a time-stamp service; ``address_env`` names the
    environment variable that holds it instead. ``operator`` is the sub-processor's name, as
    policies name it. ``settings`` holds what the environment said when it made the entry, and is
    empty for entries that a person added. ``by`` of people are user ids; None is the home's owner.
    """

    id: str
    name: str
    kind: SubprocessorKind
    origin: str
    operator: str
    announced_at: datetime
    reviewed_on: date
    terms: Terms = field(default_factory=Terms)
    purposes: frozenset[Purpose] = frozenset()
    address: str = ""
    address_env: str = ""
    settings: str = ""
    added_by: str | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None


@dataclass(frozen=True, slots=True)
class Enabling:
    """That a tenant uses an entry: who enabled it when, and who ended that when."""

    entry: str
    at: datetime
    by: str | None
    ended_at: datetime | None = None
    ended_by: str | None = None
