"""A desk without a home: real redacting over a planted name list, everything else in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from assistant.desk import Desk
from assistant.model import Tenant
from assistant.ports import TenantVectors
from assistant.search.by_meaning import switched
from assistant.search.learned.ranker import TrainedRanker
from assistant.search.nearness import Nearness
from assistant.writers.extractive import ExtractiveWriter
from guardrails import RedactedText, Redactor
from guardrails.audit.ledger import Ledger
from guardrails.crypto.keys import DataKey
from guardrails.crypto.seal import Sealer
from guardrails.detect.directory import KnownValues
from guardrails.identity.restore import Restorer
from guardrails.identity.vault import Vault
from guardrails.injection.detector import SuspiciousSpan
from guardrails.leaks.scan import Scanner
from guardrails.policy import AiFeature, Policy
from guardrails.spans import EntityType, Span
from tests.fakes.indexes import FakeLibrary, FakeVectors, HashingEmbedder
from tests.fakes.records import FakeRecords

KEY = DataKey(b"d" * 32)


class NameList:
    """A detector that knows a few names and finds nothing else."""

    def __init__(self, *names: str) -> None:
        self._names = re.compile("|".join(map(re.escape, names)) or r"(?!)")

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        return [
            [
                Span(found.start(), found.end(), EntityType.PERSON, 1.0, "list")
                for found in self._names.finditer(text)
            ]
            for text in texts
        ]


def no_suspects(texts: Sequence[RedactedText]) -> list[tuple[SuspiciousSpan, ...]]:
    """Find no suspicious span."""
    return [() for _ in texts]


def a_redactor(*names: str, records: FakeRecords | None = None) -> Redactor:
    """Return a redactor that masks ``names``."""
    kept = records or FakeRecords()
    return Redactor(NameList(*names), Vault(kept.vault, Sealer("t", KEY), KEY), KnownValues())


def a_desk(
    *names: str,
    records: FakeRecords | None = None,
    vectors: TenantVectors | None = None,
    policy: Policy | None = None,
    suspects: Callable[
        [Sequence[RedactedText]], Sequence[tuple[SuspiciousSpan, ...]]
    ] = no_suspects,
) -> Desk:
    """Return a desk that masks ``names``."""
    kept = records or FakeRecords()
    vault = Vault(kept.vault, Sealer("t", KEY), KEY)
    mine = policy or Policy()
    embedder = switched(HashingEmbedder(), lambda: mine.allows(AiFeature.SEARCH))
    return Desk(
        tenant=Tenant("t", "harbour", datetime(2026, 10, 1, tzinfo=UTC), mine),
        records=kept,
        sealer=Sealer("t", KEY),
        redactor=a_redactor(*names, records=kept),
        restorer=Restorer(vault),
        scanner=Scanner(NameList(), vault, KnownValues()),
        ledger=Ledger(kept.ledger, KEY, lambda: mine),
        embedder=embedder,
        vectors=vectors or FakeVectors(),
        lexical=FakeLibrary(kept.documents),
        writer=ExtractiveWriter(),
        batch_writer=ExtractiveWriter(),
        fallback_writer=ExtractiveWriter(),
        suspects=suspects,
        ranker=TrainedRanker(embedder),
        nearness=Nearness(embedder).of,
    )
