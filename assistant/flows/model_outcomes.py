"""What became of the texts that models wrote: counts by feature and model, read from the ledger."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.desk import Desk
from assistant.model import DraftKind, Feature, Outcome

NOT_SENT = "(nothing was sent)"
_INTENT, _QUEUED, _ANSWERED = "model.intent", "draft.queued", "question.answered"
_FEATURES = {DraftKind.REPLY.value: Feature.REPLY, DraftKind.SUMMARY.value: Feature.SUMMARY}


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many texts of a feature had each outcome; ``model`` is its name in the register."""

    feature: Feature
    model: str
    counts: Mapping[Outcome, int]


def model_outcomes(desk: Desk, since: str = "") -> list[Outcomes]:
    """Return the counts by feature and model, of rows from the day ``since`` (ISO) on.

    A model whose request did not leave is `NOT_SENT`: which one it was is not on record.
    """
    models: dict[int, str] = {}
    counted: dict[tuple[Feature, str], Counter[Outcome]] = {}
    for row in desk.ledger.rows():
        if row.kind == _INTENT:
            models[row.number] = json.loads(row.body)["destination"]
        elif row.kind in (_QUEUED, _ANSWERED) and row.at >= since:
            facts: dict[str, Any] = json.loads(row.body)
            if facts.get("model"):  # rows of earlier versions lack it
                key = _feature(row.kind, facts), _model(facts, models)
                counted.setdefault(key, Counter())[Outcome(facts["model"])] += 1
    return [Outcomes(*key, counts) for key, counts in sorted(counted.items())]


def _feature(kind: str, facts: Mapping[str, Any]) -> Feature:
    return Feature.ANSWER if kind == _ANSWERED else _FEATURES[facts["draft_kind"]]


def _model(facts: Mapping[str, Any], models: Mapping[int, str]) -> str:
    asked = [int(number) for number in facts["intents"].split()]
    return models.get(asked[-1], NOT_SENT) if asked else NOT_SENT
