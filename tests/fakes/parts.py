"""Parts of homes in tests: rules as the detector, no model to load, cheap password hashes."""

from __future__ import annotations

from argon2 import PasswordHasher

from assistant.parts import Parts
from guardrails.detect import build_rule_detector
from guardrails.spans import Detector
from tests.fakes.desks import no_suspects
from tests.fakes.indexes import HashingEmbedder

CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Argon2 is slow on purpose; with 8 KiB of memory it takes well under a millisecond."""


def light_parts(
    detector: Detector | None = None, *, embedder: type[HashingEmbedder] = HashingEmbedder
) -> Parts:
    """Return parts that load no model; `dataclasses.replace` puts others in their place."""
    return Parts(
        detector=lambda _settings: detector or build_rule_detector(),
        embedder=lambda _settings, _source: embedder(),
        suspects=lambda _embedder: no_suspects,
        hasher=CHEAP_HASHER,
    )
