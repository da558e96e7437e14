"""``serve``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen

if TYPE_CHECKING:
    from ui.operations.operator import Operator


def serve(
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="Set up the three sample tenants first.")
    ] = False,
) -> None:
    """Serve the agents' page and run the operations of other commands, until Ctrl-C."""
    from assistant.settings import load_settings

    settings = load_settings()
    if demo:
        from ui.demo import must_be_local

        must_be_local(settings)
    from assistant.bootstrap import stay_home

    stay_home(settings)  # before the page's framework is imported
    from ui.serve import serve as serve_until_stopped

    screen.note("Starting.")
    serve_until_stopped(settings, say=screen.note, prepare=_demo if demo else _nothing)


def _demo(operator: Operator) -> None:
    from ui import demo
    from ui.operations.base import silent

    screen.note("Setting up the sample tenants; the first time this takes a minute or two.")
    with screen.watching() as progress:
        demo.set_up(operator, progress or silent)
    for line in demo.logins():
        screen.say(line)


def _nothing(_operator: Operator) -> None:
    pass
