"""Generates ``docs/roles.md``: who may call which operation."""

from __future__ import annotations

from assistant.model import Membership, Role, User
from ui.operations.registry import OPERATIONS

TEXT = """\
Who may call which operation. The owner is the account of this machine that owns the home. A user
may have several roles at a tenant, and none of them counts at another tenant. A rule in the last
column is one of the tenant's policy: of the roles of the line, only those that it names may call.

An **agent** reads tickets, asks and drafts. A **reviewer** does that and decides on drafts, terms
and imports. A **knowledge manager** manages documents and reads no ticket. An **officer** is
responsible for privacy: policy, evidence, ledger, erasure; an officer reads and decides nothing.
An **admin** manages the tenant's people and settings, and reads no ticket.

Two more rules narrow what is shown, whatever is called: `access.read_raw` names the roles that
see unredacted tickets and replies, `access.restore` those that see names in place of
placeholders. Others see the redacted text. Each view of unredacted text is a row `raw.viewed` of
the ledger, and each view with restored values a row `identity.restored`: the user's id, the
operation, the id of the ticket or draft, and how many values. The row is written before the text
is given.
"""


def page(made: str) -> str:
    """Return who may call which operation, as one table."""
    heads = ("operation", "owner", *Role, "rule")
    lines = [made.format("ui/operations") + "# Roles\n", TEXT]
    lines += [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for name, operation in sorted(OPERATIONS.items()):
        needs = operation.needs
        held = (any(_has(role, each) for each in needs.roles) for role in Role)
        marks = ("yes" if each else "" for each in (needs.owner, *held))
        rule = f"`access.{needs.right}`" if needs.right else ""
        lines.append(f"| `{name}` | {' | '.join((*marks, rule))} |")
    return "\n".join((*lines, ""))


def _has(role: Role, wanted: Role) -> bool:
    return Membership(User("", ""), "", frozenset({role})).may(wanted)
