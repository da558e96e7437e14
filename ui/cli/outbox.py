"""``outbox …``: replies that a person released."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Login, Tenant
from ui.cli.typed import credential

if TYPE_CHECKING:
    from ui.operations.outbox import NotTaken, Outbox, ReplyView


def list_all(
    *,
    tenant: Tenant,
    login: Login,
    failed: Annotated[
        bool, typer.Option("--failed", help="Only replies whose delivery was given up.")
    ] = False,
    json: Json = False,
) -> None:
    found = _released(tenant, login, failed=failed)
    screen.listed(
        found,
        ("reply", "ticket", "released", "by", "delivered"),
        (
            (
                each.reply[:8],
                each.reference,
                f"{each.released_at:%Y-%m-%d %H:%M}",
                each.released_by,
                _delivered(each),
            )
            for each in found.replies
        ),
        json=json,
    )


def export(
    *,
    tenant: Tenant,
    login: Login,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A new file that only you can read.")
    ] = None,
    json: Json = False,
) -> None:
    """Write released replies with their texts: JSON lines, or one JSON object with --json."""
    found = _released(tenant, login)
    text = found.model_dump_json(indent=2) + "\n" if json else _lines(found)
    if out is None:
        typer.echo(text, nl=False)
    else:
        _write_new(out, text)
        screen.note(f"{len(found.replies)} replies are in {out}.")


def deliver(*, tenant: Tenant, login: Login, json: Json = False) -> None:
    """A reply that the webhook does not accept is tried again later, 8 times in all, then given up.

    The exit code is 1 if a reply was not accepted; all others are delivered.
    """
    from ui.operations.base import TenantArgs
    from ui.operations.outbox import DELIVER

    done = perform(DELIVER, TenantArgs(tenant=tenant), credential=credential(login))
    if json:
        screen.as_json(done)
    else:
        screen.say(f"{done.delivered} delivered.")
        for each in done.failed:
            screen.note(f"{each.reference} ({each.reply[:8]}): {_tried(each)}")
    if done.failed:
        raise typer.Exit(1)


def retry(
    reply: Annotated[
        str,
        typer.Argument(metavar="REPLY", help="The reply's id, or its first digits; otherwise all."),
    ] = "",
    *,
    tenant: Tenant,
    login: Login,
    json: Json = False,
) -> None:
    """`outbox deliver` then sends them; `outbox list --failed` lists them."""
    from ui.operations.outbox import RETRY, RetryArgs

    args = RetryArgs(tenant=tenant, reply=reply)
    done = perform(RETRY, args, credential=credential(login))
    screen.tell(done, f"{done.retried} replies are due again.", json=json)


def _released(tenant: str, login: str, *, failed: bool = False) -> Outbox:
    from ui.operations.outbox import LIST, OutboxArgs

    args = OutboxArgs(tenant=tenant, failed=failed)
    return perform(LIST, args, credential=credential(login))


def _delivered(reply: ReplyView) -> str:
    if reply.delivered_at:
        return f"{reply.delivered_at:%Y-%m-%d %H:%M}"
    return _tried(reply) if reply.failure else "no"


def _tried(reply: ReplyView | NotTaken) -> str:
    """Return why a reply was not accepted, how often, and when it is tried again."""
    at = reply.next_attempt_at
    again = f"next attempt after {at:%Y-%m-%d %H:%M}Z" if at else "given up"
    return f"{reply.failure}, {reply.attempts} attempts, {again}"


def _lines(found: Outbox) -> str:
    return "".join(f"{each.model_dump_json()}\n" for each in found.replies)


def _write_new(path: Path, text: str) -> None:
    """Write a complete new 0600 file or none, because its texts contain identity."""
    from assistant.errors import BadInput

    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.link(part, path)
        finally:
            part.unlink()
    except FileExistsError:
        raise BadInput(f"{path} exists already.", todo="Name a new file.") from None
    except (FileNotFoundError, PermissionError, NotADirectoryError) as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from None
