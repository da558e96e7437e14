"""What was asked in vain: for whoever writes the articles."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ui.operations.base import Operation, Progress, Shape, TenantArgs

if TYPE_CHECKING:
    from assistant.bootstrap import Home


class GapView(Shape):
    """Like questions that nothing answered, redacted; ``question`` stands for them."""

    question: str
    count: int
    last_asked: datetime
    questions: tuple[str, ...]


class GapList(Shape):
    """Groups, most often asked first."""

    gaps: tuple[GapView, ...]


def _list(home: Home, args: TenantArgs, _progress: Progress) -> GapList:
    from assistant.flows.gaps import gaps

    return GapList(
        gaps=tuple(
            GapView(
                question=each.typical.reveal(),
                count=len(each.gaps),
                last_asked=each.last_asked,
                questions=tuple(dict.fromkeys(gap.question.reveal() for gap in each.gaps)),
            )
            for each in gaps(home.desk(args.tenant))
        )
    )


LIST = Operation("gaps.list", TenantArgs, GapList, _list)
