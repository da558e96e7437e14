"""The policy of one tenant that is in force, and what it says about a destination."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from guardrails.policy.codec import digest_of
from guardrails.policy.destination import Destination, refusal
from guardrails.policy.rules import Rules
from guardrails.policy.words import AiFeature, PhiRule, Purpose, SubprocessorKind, Training


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force: version ``version``, and every later one whose stricter parts hold."""

    version: int = 1
    rules: Rules = field(default_factory=Rules)

    @property
    def digest(self) -> str:
        """Return the SHA-256 (hex) of the rules in force."""
        return digest_of(self.rules)

    def allows(self, feature: AiFeature) -> bool:
        """Return whether a feature of AI is on."""
        return feature in self.rules.ai.features

    def refusal(self, destination: Destination, purpose: Purpose | None, today: date) -> str:
        """Return why nothing may be sent to ``destination``, or an empty string if it may.

        ``purpose`` is None for a database, which is no place that something is sent to. ``today``
        is the day in UTC. Of a destination on this machine neither terms nor notice are asked.
        """
        faults = self._faults(destination, purpose, today)
        return next((why for why in faults if why), "")

    def _faults(
        self, destination: Destination, purpose: Purpose | None, today: date
    ) -> Iterator[str]:
        rules, name, region = self.rules, destination.name, destination.region
        if purpose is not None and purpose not in rules.purposes:
            yield f"the policy does not allow the purpose “{purpose}”"
        if purpose is not None and purpose not in destination.purposes:
            yield f"{name} is not registered for the purpose “{purpose}”"
        if destination.ended:
            yield f"{name} has ended in the register of sub-processors"
        if destination.kind is SubprocessorKind.MODEL and not self.allows(AiFeature.MODEL):
            yield "AI is switched off for this tenant"
        if region and region not in rules.regions.destinations:
            yield f"the policy does not allow the region {region}"
        if not destination.own:
            yield refusal(
                destination, rules.subprocessors, today, trains=rules.training is Training.ALLOWED
            )
        if not region:
            yield f"the region of {name} is not known"
        if not destination.own and rules.phi.allowed is not PhiRule.ALLOWED and not destination.baa:
            yield f"health data needs a business associate agreement with {name}"


def _nothing() -> Rules:
    rules = Rules(purposes=frozenset())
    no_ai = replace(rules.ai, features=frozenset())
    nowhere = replace(rules.regions, destinations=frozenset())
    return replace(rules, ai=no_ai, regions=nowhere)


CLOSED = Policy(0, _nothing())
"""What holds where no policy can be trusted: nothing is sent, and AI is off."""
