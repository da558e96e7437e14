"""What a profile is: a policy's source, its rules and its clauses.

A clause is enforced by controls, under the policy's own number or a number of ours; or a person
vouches for it; or both; or it cannot be tested as worded, and the clause proposes a wording that
could be. The text of a policy is not shipped: clauses are in our words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from guardrails.errors import NotFound
from guardrails.policy.length import Length
from guardrails.policy.rules import Rules


class Kind(StrEnum):
    """How a clause is kept."""

    ENFORCED = "enforced"
    OURS = "ours"
    """Enforced under a number of ours, because the clause names none."""
    MIXED = "mixed"
    """Enforced, and an officer vouches for the part that no program can see."""
    ATTESTED = "attested"
    UNTESTABLE = "untestable"

    @property
    def enforceable(self) -> bool:
        """Return whether controls can fail the clause."""
        return self in {Kind.ENFORCED, Kind.OURS, Kind.MIXED}

    @property
    def vouched(self) -> bool:
        """Return whether an officer has to vouch."""
        return self in {Kind.MIXED, Kind.ATTESTED}


class DataRole(StrEnum):
    """What the vendor is for its customers' data."""

    PROCESSOR = "processor"
    CONTROLLER = "controller"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause, in our words.

    ``by`` are ids of controls; ``parameters`` are what the clause states, by the names of
    `guardrails.policy.controls`. An attestation holds for ``renew``, for ever if None. ``not_by``
    says of controls of the clause's topic why they cannot enforce it.
    """

    id: str
    says: str
    by: tuple[str, ...] = ()
    ours: bool = False
    vouch: str | None = None
    renew: Length | None = None
    why: str | None = None
    better: str | None = None
    narrowed: str | None = None
    not_by: Mapping[str, str] = field(default_factory=dict[str, str])
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def kind(self) -> Kind:
        """Return how the clause is kept."""
        if self.by:
            return Kind.MIXED if self.vouch else Kind.OURS if self.ours else Kind.ENFORCED
        return Kind.ATTESTED if self.vouch else Kind.UNTESTABLE


@dataclass(frozen=True, slots=True)
class Source:
    """The policy that was read: its date as it states it, and the SHA-256 (hex) of its text."""

    title: str
    dated: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A policy as rules and clauses.

    ``ours`` are paths of rules whose numbers are ours and not the source's. ``digest`` is the
    SHA-256 (hex) of the profile's file. ``periods`` are the classes of data that have a period.
    """

    id: str
    version: int
    title: str
    role: DataRole
    source: Source
    ours: tuple[str, ...]
    rules: Rules
    clauses: tuple[Clause, ...]
    digest: str
    periods: frozenset[str] = frozenset()

    def clause(self, clause_id: str) -> Clause:
        """Return the clause of this id. `NotFound` if there is none."""
        for each in self.clauses:
            if each.id == clause_id:
                return each
        raise NotFound(
            f"The profile {self.id} has no clause {clause_id}.",
            todo=f"`quietdesk policy clauses --profile {self.id}` lists them.",
        )

    def counts(self) -> Mapping[Kind, int]:
        """Return the number of clauses of each kind."""
        kinds = [each.kind for each in self.clauses]
        return {kind: kinds.count(kind) for kind in Kind}
