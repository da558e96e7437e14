"""``review …``: decisions, which need a person's login and password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Login, Tenant
from ui.cli.outcomes import print_outcomes
from ui.cli.typed import credential, edited, text_of

if TYPE_CHECKING:
    from ui.operations.base import Credential, Operation
    from ui.operations.review import DecideArgs, Decided, ReviewDetail

DraftId = Annotated[
    str, typer.Argument(metavar="DRAFT", help="The draft's id, or its first digits.")
]

_SEEN = "The messages that you have read: their number, or what `review show` prints."
Seen = Annotated[str, typer.Argument(metavar="MESSAGES", help=_SEEN)]
SeenOption = Annotated[str | None, typer.Option("--seen", help=_SEEN)]


def list_waiting(*, tenant: Tenant, login: Login, json: Json = False) -> None:
    from ui.operations.review import LIST, QueueArgs

    queue = perform(LIST, QueueArgs(tenant=tenant), credential=credential(login))
    screen.listed(
        queue,
        ("draft", "ticket", "state", "writer", "findings", "written", "new messages"),
        (
            (
                d.id[:8],
                d.reference,
                d.state,
                d.writer,
                len(d.findings),
                f"{d.created_at:%Y-%m-%d %H:%M}",
                d.stale or "",
            )
            for d in queue.drafts
        ),
        json=json,
    )


def stats(*, tenant: Tenant, json: Json = False) -> None:
    """A topic is the document cited first; changed is the median share of edited words."""
    from ui.operations.base import TenantArgs
    from ui.operations.review import STATS

    found = perform(STATS, TenantArgs(tenant=tenant))
    screen.listed(
        found,
        ("by", "name", "decided", "released", "as drafted", "accepted", "changed", "minutes"),
        (
            (
                each.by,
                each.name,
                each.decided,
                each.released,
                each.unchanged,
                f"{each.acceptance:.0%}",
                "" if each.distance_p50 is None else f"{each.distance_p50:.0%}",
                "" if each.seconds_p50 is None else f"{each.seconds_p50 / 60:.1f}",
            )
            for each in found.figures
        ),
        json=json,
    )
    print_outcomes(found.outcomes)


def show(draft: DraftId, *, tenant: Tenant, login: Login, json: Json = False) -> None:
    from ui.operations.review import SHOW, OneDraft

    one = OneDraft(tenant=tenant, draft=draft)
    found = perform(SHOW, one, credential=credential(login))
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
    screen.notices(found.draft.notices)
    if found.brief:
        screen.say(f"\nfor agents only:\n\n{found.brief}\n")
    screen.citations(found.draft.citations)
    for finding in found.draft.findings:
        screen.say(f"  ! {finding.kind}: {finding.note}{' (blocks)' if finding.blocks else ''}")
    for finding in found.draft.refused:
        screen.say(f"  ! in what it said, which was not used: {finding.kind}: {finding.note}")
    for each in found.decisions:
        screen.say(f"  {each.at:%Y-%m-%d %H:%M} {each.login}: {each.action}")
    _show_news(found)


def _show_news(found: ReviewDetail) -> None:
    if not found.draft.stale:
        return
    screen.say(f"\nStale: {found.draft.stale} new since this draft was made.")
    for each in found.news:
        screen.say(f"\n{each.at:%Y-%m-%d %H:%M} {each.author} ({each.role})\n{each.text}")
    screen.note(f"Decide with `--seen {found.seen}` once you have read this, or draft again.")


def seen(draft: DraftId, seen: Seen, *, tenant: Tenant, login: Login, json: Json = False) -> None:
    """A draft that is older than a message of its ticket can be approved or released after this."""
    from ui.operations.review import SEEN, SeenArgs

    args = SeenArgs(tenant=tenant, draft=draft, seen=seen)
    _print(perform(SEEN, args, credential=credential(login)), json=json)


def approve(
    draft: DraftId, *, tenant: Tenant, login: Login, seen: SeenOption = None, json: Json = False
) -> None:
    """Refused while the ticket has newer messages, unless --seen says that you have read them."""
    from ui.operations.review import APPROVE

    _decide(APPROVE, draft, tenant, login, seen=seen, json=json)


def reject(draft: DraftId, *, tenant: Tenant, login: Login, json: Json = False) -> None:
    from ui.operations.review import REJECT

    _decide(REJECT, draft, tenant, login, json=json)


def edit(
    draft: DraftId,
    *,
    tenant: Tenant,
    login: Login,
    file: Annotated[
        str,
        typer.Option(
            "--file",
            "-f",
            help="The file of the new text (- is stdin); otherwise your editor opens.",
        ),
    ] = "",
    confirm_internal: Annotated[
        bool,
        typer.Option(help="Confirm that the customer may read what in it is for agents only."),
    ] = False,
    json: Json = False,
) -> None:
    from ui.operations.review import EDIT, EditArgs

    who = credential(login)
    text = text_of(file) if file else _from_editor(draft, tenant, who)
    args = EditArgs(tenant=tenant, draft=draft, text=text, confirm_internal=confirm_internal)
    done = perform(EDIT, args, credential=who)
    _print(done, json=json)


def release(
    draft: DraftId, *, tenant: Tenant, login: Login, seen: SeenOption = None, json: Json = False
) -> None:
    """Refused while the ticket has newer messages, unless --seen says that you have read them."""
    from ui.operations.review import RELEASE, DecideArgs

    one = DecideArgs(tenant=tenant, draft=draft, seen=seen)
    done = perform(RELEASE, one, credential=credential(login))
    screen.tell(
        done, f"The reply to {done.reference} is in the outbox ({done.reply[:8]}).", json=json
    )


def _from_editor(draft: str, tenant: str, who: Credential) -> str:
    from assistant.settings import load_settings
    from ui.operations.review import SHOW, OneDraft

    found = perform(SHOW, OneDraft(tenant=tenant, draft=draft), credential=who)
    return edited(found.to_send, load_settings().home)


def _decide(
    operation: Operation[DecideArgs, Decided],
    draft: str,
    tenant: str,
    login: str,
    *,
    json: bool,
    seen: str | None = None,
) -> None:
    from ui.operations.review import DecideArgs

    one = DecideArgs(tenant=tenant, draft=draft, seen=seen)
    _print(perform(operation, one, credential=credential(login)), json=json)


def _print(done: Decided, *, json: bool) -> None:
    screen.tell(done, f"The draft for {done.reference} is {done.state}.", json=json)
