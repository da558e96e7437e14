"""The operations as the command line and the page call them, for twins."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never

from assistant.errors import NotPermitted
from assistant.model import Role
from eval.evidence.doors import Gate, Patch
from ui.evidence.switches import switches

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.settings import Settings


class _Reached(Exception):
    """An operation's own code was reached."""


def _reached(*_of: object) -> Never:
    raise _Reached


def _meant(roles: Iterable[Role]) -> frozenset[Role]:
    named = frozenset(roles)
    return named | {Role.REVIEWER} if Role.AGENT in named else named


class TwinDoors:
    """The interfaces of one process."""

    @contextmanager
    def logging(self, home: Path) -> Generator[None]:
        """Configure logging as the product does, and restore it after."""
        import structlog

        from ui import logs

        before, handlers = structlog.get_config(), logging.getLogger().handlers
        with logs.configure(home):
            try:
                yield
            finally:
                logging.getLogger().handlers = handlers
                structlog.configure(**before)

    def perform(
        self, home: Home, operation: str, args: Mapping[str, object], login: str | None
    ) -> dict[str, Any]:
        """Run an operation; arguments that it does not have are left out."""
        from ui.operations.base import silent
        from ui.operations.callers import Interface, logged_in, owner
        from ui.operations.operator import Operator
        from ui.operations.registry import OPERATIONS

        found = OPERATIONS[operation]
        caller = logged_in(home, login, Interface.SHELL) if login else owner(Interface.SHELL)
        known = {name: each for name, each in args.items() if name in found.args.model_fields}
        done = Operator(home).perform(found, caller, found.args.model_validate(known), silent)
        return dict(done.model_dump(mode="json"))

    def matrix(self) -> Mapping[str, Gate]:
        """Return who may call each operation; a reviewer may do what an agent may."""
        from ui.operations.registry import OPERATIONS

        return {
            name: Gate(_meant(each.needs.roles), each.needs.right)
            for name, each in OPERATIONS.items()
        }

    def admits(self, home: Home, operation: str, tenant: str, login: str | None) -> bool:
        """Call an operation whose own code is replaced, and return whether it was reached."""
        from dataclasses import replace

        from ui.operations.base import silent
        from ui.operations.callers import Caller, Interface, logged_in
        from ui.operations.operator import Operator
        from ui.operations.registry import OPERATIONS

        found = OPERATIONS[operation]
        shell = Interface.SHELL  # where operations on files of this machine may be called too
        caller = logged_in(home, login, shell) if login else Caller(shell)
        args = found.args.model_construct(tenant=tenant)
        try:
            Operator(home).perform(replace(found, run=_reached), caller, args, silent)
        except NotPermitted:
            return False
        except _Reached:
            return True
        raise AssertionError(operation)

    def enters(self, home: Home, login: str, password: str, code: str, address: str) -> bool:
        """Log in as the command line does."""
        from ui.operations.callers import Interface, authenticated

        shell = Interface.SHELL
        try:
            found = authenticated(home, login, password, shell, code=code, address=address)
        except NotPermitted:
            return False
        return bool(found.login)

    def crash(self, error: BaseException, home: Path) -> str:
        """Write the report of ``error`` and return the message."""
        from ui.crash import crash

        return str(crash(error, home))

    def page(self, home: Home, settings: Settings) -> AbstractContextManager[int]:
        """Serve the login page under ``settings``, on a free port of loopback; return the port."""
        from ui.evidence.page import login_page

        return login_page(home, settings)

    def draft_page(self, home: Home, tenant: str, login: str, draft: str) -> str:
        """Return the HTML of a draft in review."""
        from ui.operations.base import silent
        from ui.operations.callers import Interface, logged_in
        from ui.operations.operator import Operator
        from ui.operations.review import SHOW, OneDraft
        from ui.web.views.review import compare

        caller = logged_in(home, login, Interface.PAGE)
        args = OneDraft(tenant=tenant, draft=draft)
        shown = Operator(home).perform(SHOW, caller, args, silent)
        return str(compare(shown, may_decide=True))

    def switches(self) -> Mapping[str, Patch]:
        """Return the guards of this package that can be disabled."""
        return switches()
