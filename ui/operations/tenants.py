"""Tenants: add one, list them, show one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from assistant.model import Role
from ui.operations.base import NoArgs, Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.documents import Readers, count_readers
from ui.operations.needs import OWNER, owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.model import Tenant


class PrivateNotes(StrEnum):
    """What a summary does with the private notes of a ticket."""

    MARK = "mark"
    LEAVE_OUT = "leave_out"


class TenantView(Shape):
    """A tenant and its policy."""

    slug: str
    id: str
    created_at: datetime
    policy_version: int
    ai_enabled: bool


class TenantDetail(TenantView):
    """A tenant with the amount of data stored for it."""

    training_allowed: bool
    regions: tuple[str, ...]
    phi: bool
    library: bool
    resolved_tickets: bool
    private_notes: PrivateNotes
    counts: dict[str, int]
    readers: Readers
    stale_documents: int
    stale_vectors: int


class TenantRules(TenantArgs):
    """Rules of a tenant's policy to change; None leaves one as it is."""

    ai_enabled: bool | None = None
    training_allowed: bool | None = None
    regions: tuple[str, ...] | None = None
    phi: bool | None = None
    library: bool | None = None
    resolved_tickets: bool | None = None
    private_notes: PrivateNotes | None = None


class TenantList(Shape):
    """Every tenant of a home."""

    tenants: tuple[TenantView, ...]


def _add(home: Home, _caller: Caller, args: TenantArgs, _progress: Progress) -> TenantView:
    return _view(home.add_tenant(args.tenant))


def _list(home: Home, _caller: Caller, _args: NoArgs, _progress: Progress) -> TenantList:
    return TenantList(tenants=tuple(_view(tenant) for tenant in home.tenants()))


def _show(home: Home, _caller: Caller, args: TenantArgs, _progress: Progress) -> TenantDetail:
    from ingestion.staleness import stale

    tenant = home.tenant(args.tenant)
    desk = home.desk(args.tenant)
    return TenantDetail(
        **_view(tenant).model_dump(),
        training_allowed=tenant.policy.training_allowed,
        regions=tenant.policy.regions,
        phi=tenant.policy.phi,
        library=tenant.policy.library,
        resolved_tickets=tenant.policy.resolved_tickets,
        private_notes=PrivateNotes(tenant.policy.private_notes),
        counts=dict(desk.records.counts()),
        readers=count_readers(desk),
        stale_documents=stale(desk),
        stale_vectors=home.stale_vectors(args.tenant),
    )


def _set(home: Home, caller: Caller, args: TenantRules, progress: Progress) -> TenantDetail:
    from dataclasses import replace

    from ingestion.resolved import bring_resolved

    policy = home.tenant(args.tenant).policy
    wanted = args.model_dump(exclude={"tenant"}, exclude_none=True)
    if args.private_notes is not None:
        wanted["private_notes"] = args.private_notes.value
    changed = replace(policy, **wanted)
    if changed != policy:
        home.set_policy(args.tenant, changed)
        bring_resolved(home.desk(args.tenant))
    return _show(home, caller, args, progress)


def _view(tenant: Tenant) -> TenantView:
    return TenantView(
        slug=tenant.slug,
        id=tenant.id,
        created_at=tenant.created_at,
        policy_version=tenant.policy.version,
        ai_enabled=tenant.policy.ai_enabled,
    )


ADD = Operation("tenant.add", TenantArgs, TenantView, _add, needs=OWNER)
LIST = Operation("tenant.list", NoArgs, TenantList, _list, needs=OWNER)
SET = Operation(
    "tenant.set", TenantRules, TenantDetail, _set, needs=owner_or(Role.ADMIN), takes_turn=True
)
SHOW = Operation("tenant.show", TenantArgs, TenantDetail, _show, needs=owner_or(Role.ADMIN))
