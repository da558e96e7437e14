"""What became of the texts that models wrote, as two operations show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.operations.base import Shape

if TYPE_CHECKING:
    from assistant.desk import Desk

DISAGREEMENTS = {
    "declined": "the model declined although the search had passages",
    "unsupported": "its sources support too little of it",
}
"""The two outcomes in which a model and the search disagree, in words."""


class OutcomesView(Shape):
    """How many texts of a feature were used, and how many were not, by reason.

    `DISAGREEMENTS` says what ``declined`` and ``unsupported`` mean. ``refused`` texts held
    something that may not go out; ``failed`` requests brought no text.
    """

    tenant: str
    feature: str
    model: str
    used: int
    declined: int
    unsupported: int
    refused: int
    failed: int


def outcomes_of(desk: Desk, since: str = "") -> tuple[OutcomesView, ...]:
    """Return the counts of a tenant by feature and model, from the day ``since`` (ISO) on."""
    from assistant.flows.model_outcomes import model_outcomes
    from assistant.model import Outcome

    return tuple(
        OutcomesView(
            tenant=desk.tenant.slug,
            feature=each.feature,
            model=each.model,
            **{outcome.value: each.counts.get(outcome, 0) for outcome in Outcome},
        )
        for each in model_outcomes(desk, since)
    )
