"""What became of drafts: how many were sent, how much of them was changed, and how fast.

Only numbers are kept and shown, by reviewer (a user's id), by writer, and by topic: the document
cited first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from assistant.desk import Desk
from assistant.model import Decision

REVIEWER, WRITER, TOPIC = "reviewer", "writer", "topic"
_NO_DOCUMENT, _GONE = "no document", "a document that was removed"
_APPROVED, _REJECTED, _RELEASED = "draft.approved", "draft.rejected", "reply.released"


@dataclass(frozen=True, slots=True)
class Decided:
    """A draft that was released or rejected: who decided last, and what it was.

    ``distance`` is the share of its words that a released reply changed, ``seconds`` the time from
    the draft to the first decision.
    """

    by: str
    writer: str
    document_id: str
    released: bool
    distance: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What was decided about drafts of one reviewer, writer or topic, by ``name``.

    ``acceptance`` is the share of the decided drafts that were released. The medians are None where
    nothing counts.
    """

    by: str
    name: str
    decided: int
    released: int
    unchanged: int
    rejected: int
    distance_p50: float | None
    seconds_p50: float | None

    @property
    def acceptance(self) -> float:
        """The share of the decided drafts that were released, from 0 to 1."""
        return self.released / self.decided


def track_record(desk: Desk) -> list[Figures]:
    """Return the figures of each reviewer, writer and topic; those of most decisions first.

    Figures about fewer cases than the policy's least count are left out: they are about people.
    """
    found = list(decided(desk.records.drafts.decisions()))
    titles = _titles(desk, {each.document_id for each in found})
    names: dict[str, Callable[[Decided], str]] = {
        REVIEWER: lambda each: each.by,
        WRITER: lambda each: each.writer,
        TOPIC: lambda each: titles.get(each.document_id, _GONE),
    }
    figures: list[Figures] = []
    for by, name in names.items():
        groups: dict[str, list[Decided]] = {}
        for each in found:
            groups.setdefault(name(each), []).append(each)
        mine = [_figures(by, key, group) for key, group in groups.items()]
        figures += sorted(mine, key=lambda each: (-each.decided, each.name))
    return about_enough(desk, figures)


def about_enough(desk: Desk, figures: Sequence[Figures]) -> list[Figures]:
    """Return the figures that are about as many cases as the policy asks for, or more."""
    return [each for each in figures if each.decided >= desk.tenant.policy.rules.least_count]


def decided(decisions: Iterable[Decision]) -> Iterable[Decided]:
    """Yield each draft that was released or rejected."""
    drafts: dict[str, list[Decision]] = {}
    for each in decisions:
        drafts.setdefault(each.draft_id, []).append(each)
    for mine in drafts.values():
        last = next((each for each in mine if each.action in (_RELEASED, _REJECTED)), None)
        if last is None:
            continue
        first = min(each.at for each in mine if each.action in (_APPROVED, _REJECTED, _RELEASED))
        yield Decided(
            last.by,
            last.writer,
            last.document_id,
            last.action == _RELEASED,
            last.distance or 0.0,
            max((first - last.created_at).total_seconds(), 0.0),
        )


def _figures(by: str, name: str, group: list[Decided]) -> Figures:
    sent = [each.distance for each in group if each.released]
    return Figures(
        by,
        name,
        decided=len(group),
        released=len(sent),
        unchanged=sum(not distance for distance in sent),
        rejected=len(group) - len(sent),
        distance_p50=median(sent) if sent else None,
        seconds_p50=median(each.seconds for each in group),
    )


def _titles(desk: Desk, ids: set[str]) -> Mapping[str, str]:
    documents = desk.records.documents.documents([each for each in ids if each])
    named = {each.id: (each.title or each.source).reveal() for each in documents}
    return {"": _NO_DOCUMENT, **named}
