"""Detection: which characters of a text identify a person or a machine, or are a secret.

Nothing heavy is imported here: the factories below load the model and Presidio when first called.
"""

from __future__ import annotations

from collections.abc import Sequence

from guardrails.detect.engine.light_import import OPTIONAL_TO_PRESIDIO, absent
from guardrails.spans import Detector, Span

__all__ = ["apply_replacements", "build_detector", "build_rule_detector", "build_stock_detector"]


def build_detector(threads: int = 1) -> Detector:
    """Return rules and the tagger together, through Presidio's engine; ``threads`` is in cores."""
    with absent(OPTIONAL_TO_PRESIDIO):
        from guardrails.detect.engine import presidio
        from guardrails.detect.tagger import tagger

    return presidio.PresidioDetector(tagger.TaggerNames(threads))


def build_rule_detector() -> Detector:
    """Return the rules alone: no model, no Presidio, fast. The egress gate scans with it."""
    from guardrails.detect.engine import recognizers

    return recognizers.RuleDetector()


def build_stock_detector() -> Detector:
    """Return Presidio with its defaults: a baseline for measurement, never used to redact."""
    with absent(OPTIONAL_TO_PRESIDIO):
        from guardrails.detect.engine import baseline

    return baseline.StockPresidio()


def apply_replacements(text: str, spans: Sequence[Span], replacements: Sequence[str]) -> str:
    """Return ``text`` with each of ``spans`` replaced by the string of the same position."""
    with absent(OPTIONAL_TO_PRESIDIO):
        from guardrails.detect.engine import presidio

    return presidio.apply_replacements(text, spans, replacements)
