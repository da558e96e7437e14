"""A tenant's privacy policy as rules that the system keeps.

If two rules conflict, the stricter one applies. The release of every reply by a person is not a
rule, so no policy can switch it off.
"""

from __future__ import annotations

from guardrails.policy.destination import Destination
from guardrails.policy.policy import Policy
from guardrails.policy.rules import Access, Rules
from guardrails.policy.words import AiFeature, Purpose, Role, SubprocessorKind

__all__ = [
    "Access",
    "AiFeature",
    "Destination",
    "Policy",
    "Purpose",
    "Role",
    "Rules",
    "SubprocessorKind",
]
