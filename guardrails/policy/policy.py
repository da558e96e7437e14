"""The policy of one tenant that is in force, and the destinations it is asked about."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from guardrails.policy.codec import digest_of
from guardrails.policy.rules import Rules
from guardrails.policy.words import AiFeature, PhiRule, Training


@dataclass(frozen=True, slots=True)
class Destination:
    """A place that prompts may go to, and what its operator has promised.

    ``origin`` is scheme, host and port (``http://127.0.0.1:8080``). ``region`` is a word of the
    operator's contract (``local``, ``eu``, ``us``).
    """

    name: str
    origin: str
    region: str = "local"
    no_training: bool = False
    baa: bool = False


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

    def refusal(self, destination: Destination) -> str:
        """Return why nothing may be sent to ``destination``, or an empty string if it may."""
        rules = self.rules
        if not self.allows(AiFeature.MODEL):
            return "AI is switched off for this tenant"
        if destination.region not in rules.regions.destinations:
            return f"the policy does not allow the region {destination.region}"
        if rules.training is not Training.ALLOWED and not destination.no_training:
            return f"{destination.name} has not promised to keep texts out of training"
        if rules.phi.allowed is not PhiRule.ALLOWED and not destination.baa:
            return f"health data needs a business associate agreement with {destination.name}"
        return ""


def _nothing() -> Rules:
    rules = Rules(purposes=frozenset())
    no_ai = replace(rules.ai, features=frozenset())
    nowhere = replace(rules.regions, destinations=frozenset())
    return replace(rules, ai=no_ai, regions=nowhere)


CLOSED = Policy(0, _nothing())
"""What holds where no policy can be trusted: nothing is sent, and AI is off."""
