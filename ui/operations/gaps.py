"""Gaps: questions that no document answered, for the authors of the articles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from assistant.model import Role
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import owner_or
from ui.operations.texts import Text, texts

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.flows.gaps import GapGroup
    from guardrails import RedactedText


class GapView(Shape):
    """Similar questions that no document answered, redacted; ``question`` represents the group.

    ``typical`` is that question and ``others`` are the rest, as the caller may read them.
    """

    question: str
    count: int
    last_asked: datetime
    questions: tuple[str, ...]
    typical: Text
    others: tuple[Text, ...]


class GapList(Shape):
    """Groups, most often asked first."""

    gaps: tuple[GapView, ...]


def _list(home: Home, caller: Caller, args: TenantArgs, _progress: Progress) -> GapList:
    from assistant.flows.gaps import gaps

    desk = home.desk(args.tenant)
    person = caller.person(home, args.tenant) if caller.login else None
    groups = gaps(desk)
    asked = [_questions(each) for each in groups]
    read = iter(texts(desk, person, [question for some in asked for question in some]))
    return GapList(
        gaps=tuple(
            _view(group, [next(read) for _ in some])
            for group, some in zip(groups, asked, strict=True)
        )
    )


def _questions(group: GapGroup) -> list[RedactedText]:
    """Return the questions of a group, each wording once, the representative one first."""
    return list(dict.fromkeys((group.typical, *(each.question for each in group.gaps))))


def _view(group: GapGroup, read: Sequence[Text]) -> GapView:
    return GapView(
        question=group.typical.reveal(),
        count=len(group.gaps),
        last_asked=group.last_asked,
        questions=tuple(dict.fromkeys(gap.question.reveal() for gap in group.gaps)),
        typical=read[0],
        others=tuple(read[1:]),
    )


_NEEDS = owner_or(Role.REVIEWER, Role.KNOWLEDGE)

LIST = Operation("gaps.list", TenantArgs, GapList, _list, needs=_NEEDS)
