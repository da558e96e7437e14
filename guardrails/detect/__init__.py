"""Detection: which characters of a text say who somebody is, or open a door.

Nothing heavy is imported here: the factories below load spaCy and Presidio when first called.
"""

from __future__ import annotations

from collections.abc import Sequence

from guardrails.spans import Detector, Span

__all__ = ["apply_replacements", "build_detector", "build_rule_detector"]


def build_detector(spacy_model: str = "en_core_web_sm") -> Detector:
    """Return rules and names together: Presidio's engine over ``spacy_model`` and our own rules."""
    from guardrails.detect import presidio

    return presidio.PresidioDetector(presidio.SpacyNames(spacy_model))


def build_rule_detector() -> Detector:
    """Return the rules alone: no model, no Presidio, fast. The egress gate scans with it."""
    from guardrails.detect import rules

    return rules.RuleDetector()


def apply_replacements(text: str, spans: Sequence[Span], replacements: Sequence[str]) -> str:
    """Return ``text`` with each of ``spans`` replaced by the string of the same position."""
    from guardrails.detect import presidio

    return presidio.apply_replacements(text, spans, replacements)
