"""The table of what became of the texts of models, below that of two commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.cli import screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.operations.outcomes import OutcomesView

_COUNTS = ("used", "declined", "unsupported", "refused", "failed")


def print_outcomes(outcomes: Sequence[OutcomesView]) -> None:
    """Print the counts, and the two disagreements in words; nothing if no model was asked."""
    from ui.operations.outcomes import DISAGREEMENTS

    if not outcomes:
        return
    screen.say("\nWhat became of the texts of models:")
    screen.table(
        ("tenant", "feature", "model", *_COUNTS),
        (
            (each.tenant, each.feature, each.model, *(getattr(each, name) for name in _COUNTS))
            for each in outcomes
        ),
    )
    for name, words in DISAGREEMENTS.items():
        screen.say(f"{name}: {words} ({sum(getattr(each, name) for each in outcomes)}).")
