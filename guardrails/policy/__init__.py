"""A tenant's privacy policy as rules that the system keeps.

If two rules conflict, the stricter one applies. The release of every reply by a person is not a
rule, so no policy can switch it off.
"""

from __future__ import annotations

from guardrails.policy.policy import Destination, Policy
from guardrails.policy.rules import Access, Rules
from guardrails.policy.words import AiFeature, Purpose, Role

__all__ = ["Access", "AiFeature", "Destination", "Policy", "Purpose", "Role", "Rules"]
