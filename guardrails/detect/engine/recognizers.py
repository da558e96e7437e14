"""All our recognizers, and the rule detector, which needs neither a model nor Presidio."""

from __future__ import annotations

from collections.abc import Sequence

from guardrails.detect.entities.devices import find_devices
from guardrails.detect.entities.network import find_network
from guardrails.detect.entities.numbers import find_accounts
from guardrails.detect.entities.organisations import find_organisations
from guardrails.detect.entities.people import find_people
from guardrails.detect.entities.places import find_places
from guardrails.detect.normal import Normal, normalise
from guardrails.detect.resolve import merge, resolve
from guardrails.detect.rule import Recognizer
from guardrails.detect.secrets.finder import find_secrets
from guardrails.detect.secrets.pairs import find_pairs
from guardrails.spans import Span

RECOGNIZERS = (
    Recognizer("secrets", find_secrets),
    Recognizer("pairs", find_pairs),
    Recognizer("network", find_network),
    Recognizer("accounts", find_accounts),
    Recognizer("devices", find_devices),
    Recognizer("people", find_people),
    Recognizer("organisations", find_organisations),
    Recognizer("places", find_places),
)
"""Each is a pure function of the text; `engine.presidio` passes them to Presidio."""


class RuleDetector:
    """Finds what the rules find. It is fast enough to scan every request that is sent."""

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return, for each text in order, its spans: sorted, disjoint, never empty."""
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> list[Span]:
        normal = normalise(text)
        found = [span for recognizer in RECOGNIZERS for span in recognizer.find(normal.text)]
        return restored(normal, resolve(normal.text, found))


def restored(normal: Normal, spans: Sequence[Span]) -> list[Span]:
    """Return ``spans`` of a normalised text as disjoint spans of the original."""
    return merge([normal.back(span) for span in spans])
