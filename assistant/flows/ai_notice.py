"""The notices of the tenant's rules accompany all that AI wrote, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.desk import Desk
from assistant.model import Written
from guardrails import RawText, join_raw
from guardrails.ai_mark import BY_HAND, AiMark


def notices_of(desk: Desk) -> tuple[str, ...]:
    """Return the notices of AI under the policy in force, sorted."""
    return tuple(sorted(desk.policy().rules.ai.notices))


def mark_of(written: Written, notices: tuple[str, ...]) -> AiMark:
    """Return the mark of a draft or an answer: no notice if a person wrote it by hand."""
    return BY_HAND if written.by_hand else AiMark(generated=True, notices=notices)


def with_notices(text: RawText, notices: Sequence[str]) -> RawText:
    """Return ``text`` with each notice in a paragraph of its own below it."""
    return join_raw([text, *(RawText(f"\n\n{each}") for each in notices)])
