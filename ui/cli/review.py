"""``review …``: decisions that need a person's credential."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Login, Tenant
from ui.cli.typed import edited, password, text_of

if TYPE_CHECKING:
    from ui.operations.base import Operation
    from ui.operations.review import Decided, OneDraft

DraftId = Annotated[str, typer.Argument(metavar="DRAFT", help="Its id, or the first digits of it.")]


def list_waiting(*, tenant: Tenant, login: Login, json: Json = False) -> None:
    """List what waits for a decision or for its release, oldest first."""
    from ui.operations.base import PersonArgs
    from ui.operations.review import LIST

    secret = password(f"Password of {login}")
    queue = perform(LIST, PersonArgs(tenant=tenant, login=login, password=secret))
    if json:
        screen.as_json(queue)
        return
    screen.table(
        ("draft", "ticket", "state", "writer", "findings", "written"),
        (
            (
                d.id[:8],
                d.reference,
                d.state,
                d.writer,
                len(d.findings),
                f"{d.created_at:%Y-%m-%d %H:%M}",
            )
            for d in queue.drafts
        ),
    )


def show(draft: DraftId, *, tenant: Tenant, login: Login, json: Json = False) -> None:
    """Show what the model saw, what it said and what would be sent."""
    from ui.operations.review import SHOW

    found = perform(SHOW, _one(draft, tenant, login))
    if json:
        screen.as_json(found)
        return
    screen.say(f"{found.draft.reference}  {found.draft.id}  {found.draft.state}")
    screen.beside(
        (
            ("what the model saw", found.saw),
            ("what it said", found.said),
            ("what will be sent", found.to_send),
        )
    )
    screen.citations(found.draft.citations)
    for finding in found.draft.findings:
        screen.say(f"  ! {finding.kind}: {finding.note}{' (blocks)' if finding.blocks else ''}")
    for finding in found.draft.refused:
        screen.say(f"  ! in what it said, which was not used: {finding.kind}: {finding.note}")
    for each in found.decisions:
        screen.say(f"  {each.at:%Y-%m-%d %H:%M} {each.login}: {each.action}")


def approve(draft: DraftId, *, tenant: Tenant, login: Login, json: Json = False) -> None:
    """Approve a draft as it stands."""
    from ui.operations.review import APPROVE

    _decide(APPROVE, draft, tenant, login, json=json)


def reject(draft: DraftId, *, tenant: Tenant, login: Login, json: Json = False) -> None:
    """Reject a draft; it is kept and can never be released."""
    from ui.operations.review import REJECT

    _decide(REJECT, draft, tenant, login, json=json)


def edit(
    draft: DraftId,
    *,
    tenant: Tenant,
    login: Login,
    file: Annotated[
        str, typer.Option("--file", "-f", help="The new text; - is stdin. Else your editor opens.")
    ] = "",
    json: Json = False,
) -> None:
    """Replace what will be sent; the new words are redacted, checked and wait for approval."""
    from ui.operations.review import EDIT, EditArgs

    one = _one(draft, tenant, login)
    text = text_of(file) if file else _from_editor(one)
    done = perform(EDIT, EditArgs(**one.model_dump(), text=text))
    _print(done, json=json)


def release(draft: DraftId, *, tenant: Tenant, login: Login, json: Json = False) -> None:
    """Put identity back into an approved reply and place it in the outbox."""
    from ui.operations.review import RELEASE

    done = perform(RELEASE, _one(draft, tenant, login))
    if json:
        screen.as_json(done)
    else:
        screen.say(f"The reply to {done.reference} is in the outbox ({done.reply[:8]}).")


def _one(draft: str, tenant: str, login: str) -> OneDraft:
    from ui.operations.review import OneDraft

    secret = password(f"Password of {login}")
    return OneDraft(tenant=tenant, login=login, password=secret, draft=draft)


def _from_editor(one: OneDraft) -> str:
    from assistant.settings import load_settings
    from ui.operations.review import SHOW

    return edited(perform(SHOW, one).to_send, load_settings().home)


def _decide(
    operation: Operation[OneDraft, Decided], draft: str, tenant: str, login: str, *, json: bool
) -> None:
    _print(perform(operation, _one(draft, tenant, login)), json=json)


def _print(done: Decided, *, json: bool) -> None:
    if json:
        screen.as_json(done)
    else:
        screen.say(f"The draft for {done.reference} is {done.state}.")
