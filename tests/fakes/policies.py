"""Policies for tests, by the rules that they change."""

from __future__ import annotations

from dataclasses import replace

from guardrails.policy import AiFeature, Policy, Rules
from guardrails.policy.words import PhiRule, Training


def a_policy(
    version: int = 1,
    *,
    ai: bool = True,
    training: bool = False,
    phi: bool = False,
    regions: tuple[str, ...] = ("local", "eu"),
    library: bool = False,
    resolved_tickets: bool = False,
    leave_out_notes: bool = False,
) -> Policy:
    """Return the default policy with some rules changed."""
    rules = Rules(
        training=Training.ALLOWED if training else Training.NEVER,
        library=library,
        resolved_tickets=resolved_tickets,
        leave_out_notes=leave_out_notes,
    )
    return Policy(
        version,
        replace(
            rules,
            ai=replace(rules.ai, features=frozenset(AiFeature) if ai else frozenset()),
            phi=replace(rules.phi, allowed=PhiRule.WITH_BAA if phi else PhiRule.ALLOWED),
            regions=replace(rules.regions, destinations=frozenset(regions)),
        ),
    )
