"""Tenants: add one, list them, show one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from assistant.errors import BadInput
from assistant.model import Role
from guardrails.identity.permissions import Right
from guardrails.policy import AiFeature
from guardrails.policy.words import PhiRule, Training
from ui.operations.base import NoArgs, Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.documents import Readers, count_readers
from ui.operations.needs import OWNER, owner_or
from ui.operations.settling import settled

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.model import Tenant
    from guardrails.policy import Rules
    from guardrails.policy.layers import Layers
    from guardrails.policy.versions import Version


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
    ai_features: tuple[AiFeature, ...]


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
    pending_versions: int


class TenantRules(TenantArgs):
    """Rules of a tenant's policy to change; None leaves one as it is.

    ``ai_enabled`` switches every feature of AI on or off, before ``ai_on`` and ``ai_off`` switch
    single ones.
    """

    ai_enabled: bool | None = None
    ai_on: tuple[AiFeature, ...] | None = None
    ai_off: tuple[AiFeature, ...] | None = None
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
    from guardrails.policy.versions import pending
    from ingestion.staleness import stale

    tenant = home.tenant(args.tenant)
    rules, desk = tenant.policy.rules, home.desk(args.tenant)
    return TenantDetail(
        **_view(tenant).model_dump(),
        training_allowed=rules.training is Training.ALLOWED,
        regions=tuple(sorted(rules.regions.destinations)),
        phi=rules.phi.allowed is not PhiRule.ALLOWED,
        library=rules.library,
        resolved_tickets=rules.resolved_tickets,
        private_notes=PrivateNotes.LEAVE_OUT if rules.leave_out_notes else PrivateNotes.MARK,
        counts=dict(desk.records.counts()),
        readers=count_readers(desk),
        stale_documents=stale(desk),
        stale_vectors=home.stale_vectors(args.tenant),
        pending_versions=len(pending(tenant.versions, home.accounts.time.read().at)),
    )


def _set(home: Home, caller: Caller, args: TenantRules, progress: Progress) -> TenantDetail:
    from ui.operations.policy import must_be_allowed, user_id  # here: help must not wait for it

    by, check = user_id(caller, args.tenant), must_be_allowed(caller)

    def publish() -> Version:
        return home.publish(args.tenant, lambda layers: _choose(layers, args), by, check)

    if _changes_documents(args):
        settled(home, args.tenant, publish)
    else:
        publish()
    return _show(home, caller, args, progress)


def _choose(layers: Layers, args: TenantRules) -> Layers:
    """Return the layers with the choices. `BadInput` for one that the profile does not allow."""
    asked = [path for name, path in _PATHS.items() if getattr(args, name) is not None]
    chosen = layers.choosing(_changed(layers, args), asked)
    refused = [path for path in chosen.without_effect if path in asked]
    if layers.profile and refused:
        raise BadInput(
            f"The profile {layers.profile.id} does not allow this: {', '.join(refused)}.",
            todo="Own choices can only be stricter than the profile; `quietdesk policy show`.",
        )
    return chosen


_PATHS = {
    "ai_enabled": "ai.features",
    "ai_on": "ai.features",
    "ai_off": "ai.features",
    "training_allowed": "training",
    "regions": "regions.destinations",
    "phi": "phi.allowed",
    "library": "library",
    "resolved_tickets": "resolved_tickets",
    "private_notes": "leave_out_notes",
}
"""Which rule an argument sets."""


def _changed(layers: Layers, args: TenantRules) -> Rules:
    rules, wanted = layers.rules, dict[str, object]()
    wanted["ai"] = replace(rules.ai, features=_features(layers, args))
    if args.training_allowed is not None:
        wanted["training"] = Training.ALLOWED if args.training_allowed else Training.NEVER
    if args.regions is not None:
        wanted["regions"] = replace(rules.regions, destinations=frozenset(args.regions))
    if args.phi is not None:
        allowed = PhiRule.WITH_BAA if args.phi else PhiRule.ALLOWED
        wanted["phi"] = replace(rules.phi, allowed=allowed)
    if args.private_notes is not None:
        wanted["leave_out_notes"] = args.private_notes is PrivateNotes.LEAVE_OUT
    for name in ("library", "resolved_tickets"):
        if (value := getattr(args, name)) is not None:
            wanted[name] = value
    return replace(rules, **wanted)  # pyright: ignore[reportArgumentType] - names and types above


def _features(layers: Layers, args: TenantRules) -> frozenset[AiFeature]:
    features = layers.rules.ai.features
    if args.ai_enabled is not None:
        allowed = layers.profile.rules.ai.features if layers.profile else frozenset(AiFeature)
        features = allowed if args.ai_enabled else frozenset[AiFeature]()
    return (features | set(args.ai_on or ())) - set(args.ai_off or ())


def _changes_documents(args: TenantRules) -> bool:
    """Whether documents come or go with the change; switching AI off never waits for a turn."""
    return args.resolved_tickets is not None


def _view(tenant: Tenant) -> TenantView:
    return TenantView(
        slug=tenant.slug,
        id=tenant.id,
        created_at=tenant.created_at,
        policy_version=tenant.policy.version,
        ai_enabled=tenant.policy.allows(AiFeature.MODEL),
        ai_features=tuple(each for each in AiFeature if tenant.policy.allows(each)),
    )


ADD = Operation("tenant.add", TenantArgs, TenantView, _add, needs=OWNER)
LIST = Operation("tenant.list", NoArgs, TenantList, _list, needs=OWNER)
SET = Operation(
    "tenant.set",
    TenantRules,
    TenantDetail,
    _set,
    needs=owner_or(Role.OFFICER, Role.ADMIN, right=Right.POLICY),
    takes_turn=_changes_documents,
)
SHOW = Operation(
    "tenant.show", TenantArgs, TenantDetail, _show, needs=owner_or(Role.OFFICER, Role.ADMIN)
)
