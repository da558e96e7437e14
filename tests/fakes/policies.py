"""Policies for tests, by the rules that they change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from guardrails.policy import AiFeature, Policy, Rules
from guardrails.policy.words import PhiRule, SecondLook, Training


def a_policy(
    version: int = 1,
    *,
    ai: bool = True,
    without: Collection[AiFeature] = (),
    by_hand: SecondLook = SecondLook.ANYBODY,
    second_look: SecondLook = SecondLook.ANOTHER_PERSON,
    training: bool = False,
    phi: bool = False,
    regions: tuple[str, ...] = ("local", "eu"),
    library: bool = False,
    resolved_tickets: bool = False,
    leave_out_notes: bool = False,
) -> Policy:
    """Return the default policy with some rules changed; ``without`` are features of AI."""
    rules = Rules(
        training=Training.ALLOWED if training else Training.NEVER,
        library=library,
        resolved_tickets=resolved_tickets,
        leave_out_notes=leave_out_notes,
    )
    features = frozenset(AiFeature) - set(without) if ai else frozenset[AiFeature]()
    return Policy(
        version,
        replace(
            rules,
            ai=replace(rules.ai, features=features),
            review=replace(rules.review, by_hand=by_hand, second_look=second_look),
            phi=replace(rules.phi, allowed=PhiRule.WITH_BAA if phi else PhiRule.ALLOWED),
            regions=replace(rules.regions, destinations=frozenset(regions)),
        ),
    )
