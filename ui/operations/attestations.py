"""Attestations: an officer vouches for clauses of the tenant's policy."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from assistant.errors import BadInput
from assistant.model import Role
from guardrails.policy.clauses import Profile
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import member, owner_or
from ui.operations.profiles import ClauseView, clause_view

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.flows.attestations import Vouched


class AttestArgs(TenantArgs):
    """A clause, the SHA-256 (hex) of the document that shows it, and the last day, if not full."""

    clause: str
    sha256: str
    until: date | None = None


class VouchedView(Shape):
    """A clause that an officer vouches for, and the last attestation of it, if there is one.

    ``by`` is a login, or the user's id once the user is removed.
    """

    clause: ClauseView
    state: Literal["open", "vouched", "lapsed"]
    by: str | None = None
    user: str | None = None
    role: str | None = None
    at: datetime | None = None
    until: date | None = None
    sha256: str | None = None


class VouchedList(Shape):
    """The clauses of a tenant's policy that an officer vouches for."""

    profile: str
    clauses: tuple[VouchedView, ...]

    @property
    def open(self) -> int:
        """Return how many nobody vouches for now."""
        return sum(each.state != "vouched" for each in self.clauses)


def profile_of(home: Home, tenant: str) -> Profile | None:
    """Return the profile of a tenant's last version, None without a published policy."""
    return home.policies.profile(home.tenant(tenant))


def vouched_of(home: Home, tenant: str, profile: Profile) -> VouchedList:
    """Return the clauses of ``profile`` that an officer vouches for, with their states."""
    from assistant.flows.attestations import vouched

    names = {each.user.id: each.user.login for each in home.accounts.users.list()}
    found = vouched(home.desk(tenant), profile)
    return VouchedList(profile=profile.id, clauses=tuple(_view(each, names) for each in found))


def _attest(home: Home, caller: Caller, args: AttestArgs, _progress: Progress) -> VouchedList:
    from assistant.flows.attestations import attest

    profile = _must_have(home, args.tenant)
    by = caller.memberships[args.tenant].user
    attest(home.desk(args.tenant), by, profile, args.clause, args.sha256, args.until)
    return vouched_of(home, args.tenant, profile)


def _list(home: Home, _caller: Caller, args: TenantArgs, _progress: Progress) -> VouchedList:
    return vouched_of(home, args.tenant, _must_have(home, args.tenant))


def _must_have(home: Home, tenant: str) -> Profile:
    found = profile_of(home, tenant)
    if found is None:
        raise BadInput(
            f"{tenant} is under no published policy, so there is nothing to attest.",
            todo=f"`quietdesk policy apply --tenant {tenant} --profile PROFILE` sets one.",
        )
    return found


def _view(found: Vouched, names: dict[str, str]) -> VouchedView:
    last = found.last
    if last is None:
        return VouchedView(clause=clause_view(found.clause), state="open")
    return VouchedView(
        clause=clause_view(found.clause),
        state="vouched" if found.holds else "lapsed",
        by=names.get(last.user_id, last.user_id),
        user=last.user_id,
        role=last.role.value,
        at=last.at,
        until=last.until,
        sha256=last.sha256,
    )


ATTEST = Operation("policy.attest", AttestArgs, VouchedList, _attest, needs=member(Role.OFFICER))
ATTESTATIONS = Operation(
    "policy.attestations", TenantArgs, VouchedList, _list, needs=owner_or(Role.OFFICER, Role.ADMIN)
)
