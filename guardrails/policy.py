"""One tenant's versioned policy: what may be done with its text.

If two rules conflict, the stricter one applies. The default is the strictest policy that works:
texts are never used for training, and only destinations that promise this may receive them. The
review of every reply by a person is not a rule, so no policy can switch it off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


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
    """One version of a tenant's policy."""

    version: int = 1
    ai_enabled: bool = True
    """Whether a language model may be asked at all."""
    training_allowed: bool = False
    """Whether a model's operator may train on what it is sent."""
    regions: tuple[str, ...] = ("local", "eu")
    """Where a model's operator may process what it is sent."""
    phi: bool = False
    """Whether there is health data, so that the operator must have signed an agreement (BAA)."""
    library: bool = False
    """Whether answers may come from the provider's own library too."""
    resolved_tickets: bool = False
    """Whether solved and closed tickets are found and cited like documents."""
    private_notes: Literal["mark", "leave_out"] = "mark"
    """Whether summaries mark the private notes of a ticket, or leave them out."""

    def refusal(self, destination: Destination) -> str:
        """Return why nothing may be sent to ``destination``, or an empty string if it may."""
        if not self.ai_enabled:
            return "AI is switched off for this tenant"
        if destination.region not in self.regions:
            return f"the policy does not allow the region {destination.region}"
        if not self.training_allowed and not destination.no_training:
            return f"{destination.name} has not promised to keep texts out of training"
        if self.phi and not destination.baa:
            return f"health data needs a business associate agreement with {destination.name}"
        return ""
