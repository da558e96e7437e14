"""The policy of a tenant: show it, compare it, apply a profile, and what was published before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from assistant.errors import BadInput, NotPermitted
from assistant.model import Role
from guardrails.policy.length import Length
from guardrails.policy.order import changed, weaker
from guardrails.policy.versions import in_force
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import owner_or
from ui.operations.settling import settled

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.model import Tenant
    from assistant.policies import Change, Check
    from guardrails.policy.profile import Profile
    from guardrails.policy.rules import Rules
    from guardrails.policy.versions import Version

NO_PROFILE = "none"
"""The name that leaves the profile; its rules hold until the notice that it promised is over."""


_NAMED = 3
"""The most rules that a refusal names."""


class Way(StrEnum):
    """How a rule changes."""

    STRICTER = "stricter"
    WEAKER = "weaker"
    BESIDE = "beside"
    """Stricter in one respect and weaker in another; the stricter part holds at once."""


class RuleChange(Shape):
    """A rule that differs; ``holds_from`` is None for a change that holds at once."""

    path: str
    old: str
    new: str
    way: Way
    holds_from: datetime | None = None


class VersionView(Shape):
    """One version; ``loosens`` are the rules that were stricter when it was published.

    ``by`` is the id of the user who published it, empty for the owner of the home.
    """

    version: int
    sha256: str
    profile: str
    profile_version: int | None
    published_at: datetime
    holds_from: datetime
    loosens: tuple[str, ...]
    by: str


class PendingView(VersionView):
    """A version that waits for the end of its notice, and what it will change then."""

    changes: tuple[RuleChange, ...]


class PolicyView(Shape):
    """The policy of a tenant.

    ``version`` is the last one whose time has come; ``sha256`` is the hash of the rules in force,
    which include what later versions tighten. ``clock`` says why the clock is in doubt, and is
    empty if it is not. ``without_effect`` are own choices that the profile does not allow.
    """

    tenant: str
    version: int
    sha256: str
    profile: str
    profile_version: int | None
    profile_title: str
    published_at: datetime
    notice_days: int
    pending: tuple[PendingView, ...]
    without_effect: tuple[str, ...]
    clock: str


class History(Shape):
    """Every version of a tenant's policy, by number."""

    versions: tuple[VersionView, ...]


class ProfileArgs(TenantArgs):
    """A shipped profile by its id, or the ``text`` of a profile's file, which ``profile`` names."""

    profile: str = ""
    text: str = ""


class DiffArgs(ProfileArgs):
    """What to compare with the rules in force: a profile, or the last version without one.

    With ``old`` or ``new``, versions of these numbers are compared instead.
    """

    old: int | None = None
    new: int | None = None


class ApplyArgs(ProfileArgs):
    """The profile to apply; ``none`` leaves the profile of before. ``dry_run`` stores nothing."""

    dry_run: bool = False


class Diff(Shape):
    """The rules that differ."""

    changes: tuple[RuleChange, ...]


class Applied(Diff):
    """The version that was published, or would be; ``new`` is False if nothing changed."""

    version: VersionView
    new: bool
    dry_run: bool


class ClockTrusted(Shape):
    """The clock that is trusted from now on; ``doubt`` is why it was not, empty if it was."""

    clock: datetime
    doubt: str


def _show(home: Home, _caller: Caller, args: TenantArgs, _progress: Progress) -> PolicyView:
    tenant, reading = home.tenant(args.tenant), home.accounts.time.read()
    last, profile = tenant.versions[-1], home.policies.profile(tenant)
    waiting = [each for each in tenant.versions if each.holds_from > reading.at]
    return PolicyView(
        tenant=tenant.slug,
        version=tenant.policy.version,
        sha256=tenant.policy.digest,
        profile=profile.id if profile else "",
        profile_version=profile.version if profile else None,
        profile_title=profile.title if profile else "",
        published_at=last.published_at,
        notice_days=tenant.policy.rules.notice.weaker_days,
        pending=tuple(_pending(tenant, each) for each in waiting),
        without_effect=last.layers.without_effect,
        clock=reading.why,
    )


def _history(home: Home, _caller: Caller, args: TenantArgs, _progress: Progress) -> History:
    versions = home.policies.history(home.tenant(args.tenant))
    return History(versions=tuple(VersionView(**_facts(each)) for each in versions))


def _diff(home: Home, _caller: Caller, args: DiffArgs, _progress: Progress) -> Diff:
    tenant = home.tenant(args.tenant)
    if args.old is not None or args.new is not None:
        if args.profile or args.text:
            raise BadInput("A profile and numbers of versions cannot both be compared.")
        versions = {each.number: each for each in home.policies.history(tenant)}
        old = _numbered(versions, args.old).rules if args.old else tenant.policy.rules
        new = _numbered(versions, args.new) if args.new else tenant.versions[-1]
        return Diff(changes=differences(old, new.rules))
    new = tenant.versions[-1]
    if args.profile or args.text:
        new = home.policies.next(tenant, _change_to(args))
    return Diff(changes=differences(tenant.policy.rules, new.rules, new))


def _apply(home: Home, caller: Caller, args: ApplyArgs, _progress: Progress) -> Applied:
    tenant = home.tenant(args.tenant)
    if not args.profile and not args.text:
        raise BadInput("No profile is given.", todo="Name one with --profile or --file.")
    profile, source = _profile(args)
    if args.dry_run:
        version = home.policies.next(tenant, _change_to(args))
        if version != tenant.versions[-1]:
            must_be_allowed(caller)(tenant, version)
    else:
        by, check = user_id(caller, tenant.slug), must_be_allowed(caller)
        version = settled(
            home,
            tenant.slug,
            lambda: home.policies.apply(tenant.slug, profile, source, by, check),
        )
    return Applied(
        version=VersionView(**_facts(version)),
        new=version.number != tenant.versions[-1].number,
        dry_run=args.dry_run,
        changes=differences(tenant.policy.rules, version.rules, version),
    )


def _trust(home: Home, caller: Caller, args: TenantArgs, _progress: Progress) -> ClockTrusted:
    tenants = home.tenants()
    promised = any(each.policy.rules.notice.weaker_days for each in tenants)
    if promised and not caller.may(args.tenant, Role.OFFICER):
        raise NotPermitted(
            "A policy of this home promises notice, so an officer has to agree to the clock.",
            todo="Give the login of an officer with --as.",
        )
    by = user_id(caller, args.tenant)
    before = home.trust_clock(by)
    return ClockTrusted(clock=before.clock, doubt=before.why)


def must_be_allowed(caller: Caller) -> Check:
    """Return the check that ``caller`` may publish a version.

    One that is weaker than the last version takes a role that the policy names.
    Where nobody has been promised notice, the owner of the home may publish a weaker version too.
    """

    def check(tenant: Tenant, version: Version) -> None:
        rules = tenant.policy.rules
        loosened = weaker(tenant.versions[-1].rules, version.rules)
        if not loosened or (caller.owner and not rules.notice.weaker_days):
            return
        if not any(caller.may(tenant.slug, role) for role in rules.access.policy):
            wanted = " or ".join(sorted(rules.access.policy)) or "of nobody"
            raise NotPermitted(
                f"This loosens {_some(loosened)}: it needs the role {wanted}.",
                todo="Give the login of such a person with --as.",
            )

    return check


def _some(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _NAMED} more rules" if len(paths) > _NAMED else ""
    return f"{', '.join(paths[:_NAMED])}{more}"


def user_id(caller: Caller, tenant: str) -> str:
    """Return the id of the user who calls, empty for the owner of the home."""
    membership = caller.memberships.get(tenant)
    return membership.user.id if membership else ""


def differences(old: Rules, new: Rules, version: Version | None = None) -> tuple[RuleChange, ...]:
    """Return the rules that differ, and when those of ``version`` hold that are not stricter."""
    loosened, tightened = set(weaker(old, new)), set(weaker(new, old))
    waits = version is not None and version.holds_from > version.published_at
    return tuple(
        RuleChange(
            path=path,
            old=_words(before),
            new=_words(after),
            way=_way(path in loosened, path in tightened),
            holds_from=version.holds_from if version and waits and path in loosened else None,
        )
        for path, before, after in changed(old, new)
    )


def _way(loosened: bool, tightened: bool) -> Way:
    if loosened and tightened:
        return Way.BESIDE
    return Way.WEAKER if loosened else Way.STRICTER


def _change_to(args: ProfileArgs) -> Change:
    from assistant.policies import under

    return under(_profile(args)[0])


def _profile(args: ProfileArgs) -> tuple[Profile | None, str]:
    """Return the profile and its file. `NotFound` for no such id, `BadInput` for a fault."""
    from guardrails.policy.profile import parse, sound, source

    if args.profile == NO_PROFILE and not args.text:
        return None, ""
    if args.text:
        name, body = args.profile or "the profile", args.text.encode()
    else:
        name = args.profile
        body = source(name.removesuffix(".toml"))  # an id; a path is read by the caller
    return sound(name, parse(name, body)), body.decode()


def _numbered(versions: dict[int, Version], number: int) -> Version:
    if number not in versions:
        raise BadInput(
            f"There is no version {number} of this policy.",
            todo="`quietdesk policy history` lists them.",
        )
    return versions[number]


def _pending(tenant: Tenant, version: Version) -> PendingView:
    """Return a version with what it changes; what a later version tightens does not change."""
    then = in_force(tenant.versions, version.holds_from)
    found = differences(tenant.policy.rules, then.rules, version)
    return PendingView(**_facts(version), changes=found)


def _facts(version: Version) -> dict[str, Any]:
    profile = version.layers.profile
    return {
        "version": version.number,
        "sha256": version.sha256,
        "profile": profile.id if profile else "",
        "profile_version": profile.version if profile else None,
        "published_at": version.published_at,
        "holds_from": version.holds_from,
        "loosens": version.loosens,
        "by": version.by,
    }


def _words(value: object) -> str:
    """Return a value of a rule for people."""
    if isinstance(value, frozenset):
        return ", ".join(sorted(str(each) for each in cast("frozenset[object]", value))) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "not limited"
    return str(value) if isinstance(value, (Length, str)) else f"{value}"


_READS = owner_or(*Role)
_CHANGES = owner_or(Role.OFFICER, Role.ADMIN)
SHOW = Operation("policy.show", TenantArgs, PolicyView, _show, needs=_READS)
HISTORY = Operation("policy.history", TenantArgs, History, _history, needs=_READS)
DIFF = Operation("policy.diff", DiffArgs, Diff, _diff, needs=_READS)
APPLY = Operation("policy.apply", ApplyArgs, Applied, _apply, needs=_CHANGES, takes_turn=True)
TRUST = Operation(
    "policy.trust_clock", TenantArgs, ClockTrusted, _trust, needs=owner_or(Role.OFFICER)
)
