"""The sample tenants of ``data/``, set up by the ordinary operations.

Every step can be repeated: existing data stays, so an interrupted start is completed by the next
one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.errors import BadInput
from assistant.model import Role
from assistant.settings import Settings
from ui.loopback import is_loopback
from ui.operations import directory, ingest, tenants, tickets, users
from ui.operations.base import Progress, Step, TenantArgs
from ui.operations.callers import Caller, Interface
from ui.operations.operator import Operator

PASSWORD = "quietdesk-demo"  # noqa: S105 - shown at every start, and only on loopback
_OWNER = Caller(Interface.SHELL, owner=True)
_DATA = Path(__file__).resolve().parent.parent / "data" / "tenants"


def must_be_local(settings: Settings) -> None:
    """`BadInput` unless only this machine can reach the page, because the password is public."""
    if not is_loopback(settings.host):
        raise BadInput(
            f"The demo is for this machine only, and {settings.host} can be reached by others.",
            todo="Set QUIETDESK_HOST=127.0.0.1, or serve without --demo.",
        )


def set_up(operator: Operator, progress: Progress) -> None:
    """Add the missing parts of the sample tenants. `BadInput` if the sample files are missing."""
    for folder in _samples():
        _set_up(operator, folder, progress)


def logins() -> list[str]:
    """Return the demo logins as text."""
    return [
        "Demo logins, each with a membership at every sample tenant:",
        *(f"  {role.value:<9} password {PASSWORD}" for role in Role),
    ]


def _samples() -> Sequence[Path]:
    folders = sorted(path.parent for path in _DATA.glob("*/tenant.json"))
    if not folders:
        raise BadInput(
            f"The sample tenants are not in {_DATA}.",
            todo="Run the demo from a checkout of the project, or serve without --demo.",
        )
    return folders


def _set_up(operator: Operator, folder: Path, progress: Progress) -> None:
    slug = folder.name

    def show(step: Step) -> None:
        progress(step.model_copy(update={"what": f"{slug}: {step.what}"}))

    if slug not in {tenant.slug for tenant in operator.home.tenants()}:
        operator.perform(tenants.ADD, _OWNER, TenantArgs(tenant=slug), show)
    for role in Role:
        if operator.home.accounts.member(role.value, slug) is None:
            new = users.NewUser(tenant=slug, login=role.value, password=PASSWORD, role=role.value)
            operator.perform(users.ADD, _OWNER, new, show)
    people, export = folder / "people.csv", folder / "tickets.jsonl"
    operator.perform(
        directory.IMPORT,
        _OWNER,
        directory.Staff(tenant=slug, name=people.name, text=people.read_text("utf-8")),
        show,
    )
    for part in ("kb", "runbooks"):
        args = ingest.IngestArgs(tenant=slug, path=str(folder / part))
        operator.perform(ingest.INGEST, _OWNER, args, show)
    text = export.read_text("utf-8")
    kept = operator.home.desk(slug).records.counts()["tickets"]
    if kept < len(text.splitlines()):  # redacting them again would delay every start
        args = tickets.Export(tenant=slug, name=export.name, text=text)
        operator.perform(tickets.IMPORT, _OWNER, args, show)
