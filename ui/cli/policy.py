"""``policy show``, ``diff``, ``apply``, ``history`` and ``trust-clock``: the policy of a tenant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import AnyLogin, Json, Tenant
from ui.cli.typed import any_credential, text_of

if TYPE_CHECKING:
    from ui.operations.policy import PolicyView, RuleChange, VersionView

ProfileId = Annotated[
    str,
    typer.Option("--profile", metavar="ID", help="A shipped profile; `policy list` lists them."),
]
ProfileFile = Annotated[
    str, typer.Option("--file", metavar="FILE", help="The file of a profile; `-` is stdin.")
]
_TITLES = ("rule", "from", "to", "is", "holds")


def show(*, tenant: Tenant, login: AnyLogin = "", json: Json = False) -> None:
    from ui.operations.base import TenantArgs
    from ui.operations.policy import SHOW

    found = perform(SHOW, TenantArgs(tenant=tenant), credential=any_credential(login))
    if json:
        screen.as_json(found)
    else:
        _show(found)


def diff(
    *,
    tenant: Tenant,
    profile: ProfileId = "",
    file: ProfileFile = "",
    old: Annotated[
        int | None, typer.Option("--from", metavar="VERSION", help="Instead of what is in force.")
    ] = None,
    new: Annotated[
        int | None, typer.Option("--to", metavar="VERSION", help="Instead of the last version.")
    ] = None,
    login: AnyLogin = "",
    json: Json = False,
) -> None:
    """Without a profile, the last version is compared with what is in force."""
    from ui.operations.policy import DIFF, DiffArgs

    text, name = _file(file, profile)
    args = DiffArgs(tenant=tenant, profile=name, text=text, old=old, new=new)
    found = perform(DIFF, args, credential=any_credential(login))
    screen.listed(found, _TITLES, map(_line, found.changes), json=json)


def apply(
    *,
    tenant: Tenant,
    profile: ProfileId = "",
    file: ProfileFile = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change; change nothing.")
    ] = False,
    login: AnyLogin = "",
    json: Json = False,
) -> None:
    """What is stricter holds at once; what is weaker holds when its notice is over.

    `--profile none` leaves the profile of before.
    """
    from ui.operations.policy import APPLY, ApplyArgs

    text, name = _file(file, profile)
    args = ApplyArgs(tenant=tenant, profile=name, text=text, dry_run=dry_run)
    done = perform(APPLY, args, credential=any_credential(login))
    if json:
        screen.as_json(done)
        return
    if not done.new:
        screen.say(f"{tenant} is under this policy already; nothing was changed.")
        return
    verb = "would be" if dry_run else "is"
    screen.say(f"Version {done.version.version} {verb} published for {tenant}.")
    screen.table(_TITLES, map(_line, done.changes))
    waiting = sum(each.holds_from is not None for each in done.changes)
    if waiting:
        rules = "One rule becomes" if waiting == 1 else f"{waiting} rules become"
        screen.note(f"{rules} weaker on {done.version.holds_from:%Y-%m-%d}, and not before.")


def history(*, tenant: Tenant, login: AnyLogin = "", json: Json = False) -> None:
    from ui.operations.base import TenantArgs
    from ui.operations.policy import HISTORY

    found = perform(HISTORY, TenantArgs(tenant=tenant), credential=any_credential(login))
    screen.listed(
        found,
        ("version", "profile", "published", "holds from", "by", "loosens", "sha256"),
        (
            (
                each.version,
                _profile(each),
                f"{each.published_at:%Y-%m-%d %H:%M}Z",
                f"{each.holds_from:%Y-%m-%d %H:%M}Z",
                each.by[:8] or "owner",
                ", ".join(each.loosens),
                each.sha256[:12],
            )
            for each in found.versions
        ),
        json=json,
    )


def trust_clock(*, tenant: Tenant, login: AnyLogin = "", json: Json = False) -> None:
    """After a wrong clock, nothing becomes weaker until then. The ledger of each tenant says so."""
    from ui.operations.base import TenantArgs
    from ui.operations.policy import TRUST

    done = perform(TRUST, TenantArgs(tenant=tenant), credential=any_credential(login))
    said = f"The clock is trusted: it is {done.clock:%Y-%m-%d %H:%M}Z."
    screen.tell(done, said if done.doubt else f"There was no doubt. {said}", json=json)


def _show(found: PolicyView) -> None:
    profile = f"{found.profile} version {found.profile_version}: {found.profile_title}"
    screen.table(
        ("what", "value"),
        (
            ("tenant", found.tenant),
            ("version in force", found.version),
            ("hash of the rules in force", found.sha256),
            ("profile", profile if found.profile else "none"),
            ("last published", f"{found.published_at:%Y-%m-%d %H:%M}Z"),
            ("notice of weaker rules", f"{found.notice_days} days"),
            ("pending versions", len(found.pending)),
            *(("choice without effect", each) for each in found.without_effect),
        ),
    )
    for each in found.pending:
        screen.say()
        screen.say(f"Version {each.version} ({_profile(each)}) is pending:")
        screen.table(_TITLES, map(_line, each.changes))
    if found.clock:
        screen.note(f"{found.clock} Nothing becomes weaker until `policy trust-clock`.")


def _line(change: RuleChange) -> tuple[object, ...]:
    holds = f"{change.holds_from:%Y-%m-%d}" if change.holds_from else "at once"
    return change.path, change.old, change.new, change.way, holds


def _profile(version: VersionView) -> str:
    return f"{version.profile} {version.profile_version}" if version.profile else "own choices"


def _file(file: str, profile: str) -> tuple[str, str]:
    """Return the text of a profile's file and its name, or no text and the id of a profile."""
    if not file:
        return "", profile
    if profile:
        from assistant.errors import BadInput

        raise BadInput("Give --profile or --file, not both.")
    return text_of(file), Path(file).name
