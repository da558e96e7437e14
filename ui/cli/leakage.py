"""``eval leakage``: the leakage test, in a temporary home that it deletes."""

from __future__ import annotations

import json as to_json
import logging
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.options import Json

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from eval.leakage.measure import LeakageReport, Switch

_DEFAULT = 300
_FAILED = 1


def leakage(
    *,
    n: Annotated[
        int, typer.Option("--n", min=20, max=100_000, help="How many declared values to plant.")
    ] = _DEFAULT,
    controls: Annotated[
        bool, typer.Option(help="Also run with each guard switched off; each run must leak.")
    ] = True,
    json: Json = False,
) -> None:
    """Plant people and secrets, run every flow, and search everything sent or stored for them.

    The same for sentences for agents only, in replies to customers. The exit code is 1 if a known
    value or a sentence leaked, or if nothing leaked with a guard switched off.
    """
    from eval.leakage.measure import measure
    from eval.leakage.switches import switches
    from ui.cli.measuring import settings_of_home, steps

    with screen.watching() as progress:
        report = measure(
            n,
            settings=settings_of_home(),
            doors=CommandDoors(),
            switches={**switches(), **own_switches()} if controls else {},
            tell=steps(progress),
        )
    if json:
        typer.echo(to_json.dumps(asdict(report), indent=2))
    else:
        _show(report)
    if report.known.leaks or report.internal.leaks or not report.controls_hold:
        raise typer.Exit(_FAILED)


class CommandDoors:
    """The interfaces under test: operations as the command line and the page call them."""

    @contextmanager
    def logging(self, home: Path) -> Generator[None]:
        """Configure logging as the product does."""
        import structlog

        from ui import logs

        root, before, kept = (
            logging.getLogger(),
            structlog.get_config(),
            logging.getLogger().handlers,
        )
        with logs.configure(home):
            try:
                yield
            finally:
                root.handlers = kept
                structlog.configure(**before)

    def perform(self, home: Home, operation: str, **args: object) -> str:
        """Run an operation; return its JSON or its error message."""
        from assistant.errors import QuietdeskError
        from ui.operations.base import Credential, silent
        from ui.operations.callers import Interface
        from ui.operations.operator import Operator
        from ui.operations.registry import OPERATIONS

        found, operator = OPERATIONS[operation], Operator(home)
        known = {name: each for name, each in args.items() if name in found.args.model_fields}
        who = None
        if "login" in args:
            who = Credential(login=str(args["login"]), password=str(args["password"]))
        try:
            caller = operator.caller(Interface.SHELL, who, owns=True)
            result = operator.perform(found, caller, found.args.model_validate(known), silent)
        except QuietdeskError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - what nobody expected is a part of the run
            return self.crash(error, home.settings.home)
        return str(result.model_dump_json())

    def crash(self, error: BaseException, home: Path) -> str:
        """Write the report of ``error`` and return the message."""
        from ui.crash import crash

        return str(crash(error, home))


def own_switches() -> Mapping[str, Switch]:
    """Return the guards of this package that can be switched off."""
    return {**_of_reports(), "memberships": _no_memberships}


@contextmanager
def _no_memberships() -> Generator[None]:
    """Let every user call every operation, and disable the checks of `eval` behind that."""
    from assistant.model import Membership, User
    from eval.leakage.replaced import replaced
    from eval.leakage.switches import switches
    from guardrails.policy import Access
    from ui.operations.callers import Caller
    from ui.operations.needs import Needs

    def anybody(*_of: object) -> None:
        return None

    def as_member(self: Caller, _home: object, tenant: str) -> object:
        user = User("nobody", self.login or "")
        return Membership(user, tenant, frozenset()).person(Access())

    off = replaced((Needs, "admit_now", anybody), (Caller, "person", as_member))
    with switches()["memberships"](), off:
        yield


def _of_reports() -> Mapping[str, Switch]:
    import traceback

    from eval.leakage.replaced import replaced
    from ui import crash, logs

    def prose(home: Path) -> TextIOWrapper:
        file = configure(home)
        logging.getLogger().handlers = [logging.StreamHandler(file)]
        return file

    configure = logs.configure

    def whole(error: BaseException) -> str:
        return "".join(traceback.format_exception(error))

    return {
        "log filter": lambda: replaced((logs, "configure", prose)),
        "crash report filter": lambda: replaced((crash, "details", whole)),
    }


def _show(report: LeakageReport) -> None:
    known, unseen = report.known, report.unseen
    low, high = unseen.ci_95
    screen.table(
        ("figure", "value"),
        (
            ("known values planted", f"{known.planted:,}"),
            ("known values leaked", f"{known.leaks:,}"),
            ("upper bound of their rate, 95 %", f"{known.upper_bound_95:.3%}"),
            ("values that were not declared", f"{unseen.planted:,}"),
            ("of them leaked", f"{unseen.leaks:,} ({unseen.rate:.1%}, {low:.1%} to {high:.1%})"),
            ("requests to the model", f"{report.requests:,}"),
            ("sentences for agents planted", f"{report.internal.planted:,}"),
            ("of them in a reply", f"{report.internal.leaks:,}"),
            ("pasted briefs refused", f"{report.internal.refused:,}"),
        ),
    )
    screen.say()
    screen.table(
        ("surface", "kB", "known", "unseen"),
        (
            (name, each.bytes // 1000, each.known, each.unseen)
            for name, each in report.surfaces.items()
        ),
    )
    screen.say()
    screen.table(
        ("type", "planted", "leaked"),
        ((kind, each.planted, each.leaks) for kind, each in unseen.by_type.items()),
    )
    if report.controls:
        screen.say()
        screen.table(
            ("switched off", "leaks then", "where"),
            (
                (each.guard, each.leaks or "NONE", ", ".join(each.surfaces))
                for each in report.controls
            ),
        )
    for line in report.leaked:
        screen.note(line)
