"""Sentences that a reviewer called honest, so that they are not flagged as prompt injections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.model import Role
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller, at_desk
from ui.operations.needs import member
from ui.operations.review import OneDraft, whole_id

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.model import Honest


class HonestArgs(OneDraft):
    """A suspicious span of a draft: its number among the findings, or None for the first."""

    number: int | None = None


class RemoveArgs(TenantArgs):
    """A sentence by its id, or by a unique prefix of it."""

    id: str


class HonestView(Shape):
    """A sentence in the form in which sentences are compared, redacted."""

    id: str
    sentence: str


class HonestList(Shape):
    """Every sentence that was called honest."""

    sentences: tuple[HonestView, ...]


def _honest(home: Home, caller: Caller, args: HonestArgs, _progress: Progress) -> HonestView:
    from assistant.flows.honest import call_honest

    desk, person = at_desk(home, caller, args.tenant)
    return _view(call_honest(desk, person, whole_id(desk, args.draft), args.number))


def _list(home: Home, caller: Caller, args: TenantArgs, _progress: Progress) -> HonestList:
    from assistant.flows.honest import honest_sentences

    desk, person = at_desk(home, caller, args.tenant)
    return HonestList(sentences=tuple(_view(each) for each in honest_sentences(desk, person)))


def _remove(home: Home, caller: Caller, args: RemoveArgs, progress: Progress) -> HonestList:
    from assistant.flows.honest import remove_honest

    desk, person = at_desk(home, caller, args.tenant)
    remove_honest(desk, person, args.id)
    return _list(home, caller, args, progress)


def _view(honest: Honest) -> HonestView:
    return HonestView(id=honest.id, sentence=honest.pattern.reveal())


_NEEDS = member(Role.REVIEWER)

HONEST = Operation("injection.honest", HonestArgs, HonestView, _honest, needs=_NEEDS)
LIST = Operation("injection.list", TenantArgs, HonestList, _list, needs=_NEEDS)
REMOVE = Operation("injection.remove", RemoveArgs, HonestList, _remove, needs=_NEEDS)
