"""Write a reply to a ticket by hand: no AI has a part in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.model import Role
from ui.operations.base import Operation, Progress, TenantArgs
from ui.operations.callers import Caller, at_desk
from ui.operations.drafts import DraftView, draft_view
from ui.operations.needs import member

if TYPE_CHECKING:
    from assistant.bootstrap import Home


class ByHandArgs(TenantArgs):
    """A reply to the ticket ``reference``, in a person's own words.

    ``confirm_internal`` confirms that the customer may read what in it is for agents only.
    """

    reference: str
    text: str
    confirm_internal: bool = False


def _write(home: Home, caller: Caller, args: ByHandArgs, _progress: Progress) -> DraftView:
    from assistant.errors import BadInput
    from assistant.flows.ai_notice import notices_of
    from assistant.flows.by_hand import write_reply
    from guardrails import RawText

    desk, person = at_desk(home, caller, args.tenant)
    if not args.text.strip():
        raise BadInput("The reply is empty.", todo="Write it first.")
    return draft_view(
        write_reply(
            desk,
            person,
            args.reference,
            RawText(args.text),
            internal_confirmed=args.confirm_internal,
        ),
        notices_of(desk),
    )


WRITE = Operation("reply.write", ByHandArgs, DraftView, _write, needs=member(Role.AGENT))
