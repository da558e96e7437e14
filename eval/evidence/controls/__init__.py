"""The table of controls. A family is a module here that ends in a tuple ``CONTROLS``."""

from __future__ import annotations

from collections.abc import Mapping

from eval.evidence.control import Control
from eval.evidence.controls import tenants

IDS: tuple[str, ...] = (
    "inventory",
    "egress.register",
    "egress.washed",
    "egress.recorded",
    "training.none",
    "ai.off",
    "ai.notice",
    "review.gate",
    "review.second-look",
    "audit.sample",
    "access.roles",
    "access.restore-logged",
    "access.login",
    "tenant.walls",
    "seal.at-rest",
    "transport.tls",
    "backup.sealed",
    "retention.class",
    "account.closure",
    "derived.follows",
    "erase.record",
    "erase.person",
    "rights.identity",
    "rights.clock",
    "rights.export",
    "rights.change",
    "phi.quarantine",
    "minors.rule",
    "region.served",
    "consent.log",
    "incident.alerts",
    "escalation.rules",
    "policy.notice",
    "policy.pinned",
    "ledger.holds",
)
"""Every control that a clause may name, built or not, in the order of a report."""

_FAMILIES = (tenants,)

CONTROLS: Mapping[str, Control] = {
    control.id: control for family in _FAMILIES for control in family.CONTROLS
}
"""The controls that are built, by id. Others of `IDS` are not measured."""
