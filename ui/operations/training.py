"""Texts for training, where the tenant's policy allows that; by default it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.model import Role
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import member

if TYPE_CHECKING:
    from assistant.bootstrap import Home


class ExportArgs(TenantArgs):
    """The file to write, an absolute path of this machine that does not exist yet."""

    out: str


class ExportedView(Shape):
    """How many redacted tickets were written, and the SHA-256 of the file."""

    tickets: int
    sha256: str
    out: str


def _export(home: Home, caller: Caller, args: ExportArgs, _progress: Progress) -> ExportedView:
    from pathlib import Path

    from assistant.flows import training

    by = caller.memberships[args.tenant].user.id
    done = training.export(home.desk(args.tenant), Path(args.out), by)
    return ExportedView(tickets=done.tickets, sha256=done.sha256, out=args.out)


EXPORT = Operation(
    "training.export",
    ExportArgs,
    ExportedView,
    _export,
    needs=member(Role.OFFICER),
    local_only=True,
)
