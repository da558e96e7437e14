"""Conversations with the knowledge base. Only the person who started one can use it.

They are kept in memory as redacted text; identity is restored only when that person reads them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.errors import BadInput
from assistant.model import Role
from ui.operations.ask import AnswerView, answer_view, conversation_of
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller, at_desk
from ui.operations.needs import member

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from assistant.flows.conversations import Conversation
    from guardrails.identity.permissions import Person


class TalkArgs(TenantArgs):
    """One of the person's conversations."""

    id: str = ""


class TalkView(Shape):
    """A conversation, oldest question first; ``stopped`` means that the last answer was stopped."""

    id: str
    answers: tuple[AnswerView, ...]
    stopped: bool


def _begin(home: Home, caller: Caller, args: TalkArgs, _progress: Progress) -> TalkView:
    """Return the conversation in ``args`` if it is the person's, otherwise a new one."""
    desk, person = at_desk(home, caller, args.tenant)
    owner = person.login, desk.tenant.id
    here = home.conversations.find(owner, args.id) or home.conversations.begin(owner)
    return _view(desk, person, here)


def _show(home: Home, caller: Caller, args: TalkArgs, _progress: Progress) -> TalkView:
    desk, person = at_desk(home, caller, args.tenant)
    return _view(desk, person, conversation_of(home, caller, desk, args.id))


def _stop(home: Home, caller: Caller, args: TalkArgs, _progress: Progress) -> TalkView:
    desk, person = at_desk(home, caller, args.tenant)
    here = conversation_of(home, caller, desk, args.id)
    here.stop.set()
    return _view(desk, person, here)


def _leave(home: Home, caller: Caller, args: TalkArgs, _progress: Progress) -> TalkView:
    home.conversations.leave(caller.person(home, args.tenant).login, args.id)
    return TalkView(id="", answers=(), stopped=False)


def _note(home: Home, caller: Caller, args: TalkArgs, _progress: Progress) -> TalkView:
    """Keep the last question as a gap although a filter excluded documents."""
    from assistant.flows.gaps import note_gap

    desk, person = at_desk(home, caller, args.tenant)
    here = home.conversations.find((person.login, desk.tenant.id), args.id)
    last = here.answers[-1] if here and here.answers else None
    if here is None or last is None or last.answerable or last.noted:
        raise BadInput("There is no question to keep.")
    note_gap(desk, last.question)
    here.answers = [*here.answers[:-1], replace(last, noted=True)]
    return _view(desk, person, here)


def _view(desk: Desk, person: Person, here: Conversation) -> TalkView:
    return TalkView(
        id=here.id,
        answers=tuple(answer_view(desk, person, each) for each in here.answers),
        stopped=here.stop.is_set(),
    )


_NEEDS = member(Role.AGENT)

BEGIN = Operation("talk.begin", TalkArgs, TalkView, _begin, needs=_NEEDS)
SHOW = Operation("talk.show", TalkArgs, TalkView, _show, needs=_NEEDS)
STOP = Operation("talk.stop", TalkArgs, TalkView, _stop, needs=_NEEDS)
LEAVE = Operation("talk.leave", TalkArgs, TalkView, _leave, needs=_NEEDS)
NOTE = Operation("talk.note", TalkArgs, TalkView, _note, needs=_NEEDS)
