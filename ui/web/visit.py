"""One event of one logged-in person at one tenant's desk, checked again every time.

The browser sends the tenant, which is only a request. The memberships are looked up on every event,
so a browser cannot open another tenant's desk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ui.operations.base import ArgsT, Operation, ResultT, silent
from ui.operations.callers import Caller, Interface, logged_in
from ui.operations.operator import Operator


@dataclass(frozen=True, slots=True)
class Visit:
    """The person, the tenant's desk, and what the person picked."""

    operator: Operator
    caller: Caller
    tenant: str
    picked: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def login(self) -> str:
        """Return the person."""
        return self.caller.login or ""

    def may(self, operation: Operation[ArgsT, ResultT]) -> bool:
        """Return whether the visitor may call ``operation``; this only decides what is shown."""
        return operation.needs.met_now(self.operator.home, self.caller, self.tenant)

    def perform(self, operation: Operation[ArgsT, ResultT], args: ArgsT) -> ResultT:
        """Run an operation as the visitor."""
        return self.operator.perform(operation, self.caller, args, silent)

    def stream(self, operation: Operation[ArgsT, ResultT], args: ArgsT) -> Iterator[ResultT]:
        """Run an operation as the visitor, and yield its result as it grows."""
        return self.operator.stream(operation, self.caller, args)


def open_visit(
    operator: Operator, login: str, tenant: str, picked: Mapping[str, str] | None = None
) -> Visit:
    """Return the visit. `NotPermitted` for a tenant of which ``login`` is not a member."""
    caller = logged_in(operator.home, login, Interface.PAGE)
    caller.person(operator.home, tenant)
    return Visit(operator, caller, tenant, picked or {})
