"""The table of controls. A family is a module here that ends in a tuple ``CONTROLS``."""

from __future__ import annotations

from collections.abc import Mapping

from eval.evidence.control import Control
from eval.evidence.controls import (
    access,
    ai,
    ai_notice,
    audits,
    egress,
    erasing,
    kept,
    ledgers,
    policies,
    review,
    seal,
    tenants,
    transport,
)
from guardrails.policy.controls import CONTROLS as CONTROL_LINES

IDS = tuple(CONTROL_LINES)
"""Every control that a clause may name, built or not, in the order of a report."""

_FAMILIES = (
    access,
    ai,
    ai_notice,
    audits,
    egress,
    erasing,
    kept,
    ledgers,
    policies,
    review,
    seal,
    tenants,
    transport,
)

CONTROLS: Mapping[str, Control] = {
    control.id: control for family in _FAMILIES for control in family.CONTROLS
}
"""The controls that are built, by id. Others of `IDS` are not measured."""
