"""Frames: the tenant's words around what a reply quotes, in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.errors import BadInput
from assistant.model import Role
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.frames import Frame


class OneFrame(TenantArgs):
    """A frame of a language; without a text the shipped words are used again."""

    language: str
    frame: str
    text: str = ""


class FrameView(Shape):
    """A frame of one language, empty where it has none; ``own`` if the tenant wrote it."""

    language: str
    frame: str
    text: str
    own: bool


class FrameList(Shape):
    """Every frame of a tenant."""

    frames: tuple[FrameView, ...]


def _show(home: Home, _caller: Caller, args: TenantArgs, _progress: Progress) -> FrameList:
    from assistant.flows.frames import frames

    return FrameList(
        frames=tuple(
            FrameView(
                language=each.language,
                frame=each.frame.value,
                text=each.text.reveal() if each.text else "",
                own=each.own,
            )
            for each in frames(home.desk(args.tenant))
        )
    )


def _set(home: Home, caller: Caller, args: OneFrame, progress: Progress) -> FrameList:
    from assistant.flows.frames import reset_frame, set_frame
    from guardrails import RawText

    desk, frame, by = home.desk(args.tenant), _frame(args.frame), caller.by
    if args.text.strip():
        set_frame(desk, by, args.language, frame, RawText(args.text.strip()))
    else:
        reset_frame(desk, by, args.language, frame)
    return _show(home, caller, TenantArgs(tenant=args.tenant), progress)


def _frame(word: str) -> Frame:
    from assistant.frames import Frame

    try:
        return Frame(word)
    except ValueError:
        raise BadInput("There is no such frame.", todo=f"One of {', '.join(Frame)}.") from None


SHOW = Operation("frames.show", TenantArgs, FrameList, _show, needs=owner_or(Role.AGENT))
SET = Operation("frames.set", OneFrame, FrameList, _set, needs=owner_or(Role.REVIEWER))
