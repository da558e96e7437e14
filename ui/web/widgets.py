"""The Gradio components of the desk, and the handling of events.

Every event checks the membership, runs in a thread, returns values and a notice, and never raises:
Gradio would print the exception's message, which may contain customer text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, cast

import gradio as gr
from gradio.blocks import Block
from gradio.components import Component

from assistant.errors import BadInput, QuietdeskError
from ui.crash import crash, translated
from ui.web.html import NOTHING, Html
from ui.web.views.notice import problem
from ui.web.visit import open_visit

if TYPE_CHECKING:
    from ui.operations.operator import Operator

__all__ = [
    "UNCHANGED",
    "Block",
    "Pace",
    "Wiring",
    "button",
    "flag",
    "held",
    "panel",
    "seen",
    "usable",
    "word",
]

_PICK = """
element.addEventListener('click', (event) => {
  const picked = event.target.closest('[data-do]');
  if (picked && element.contains(picked) && picked.tagName === 'BUTTON') {
    const form = picked.closest('form');
    if (form && !form.reportValidity()) return;
    window.quietdesk.mark(picked);
    trigger('click', {...picked.dataset, ...Object.fromEntries(form ? new FormData(form) : [])});
  }
});
element.addEventListener('submit', (event) => {
  const first = event.target.querySelector('button[data-do]');
  if (first) { event.preventDefault(); first.click(); }
});
element.addEventListener('change', (event) => {
  const picked = event.target.closest('select[data-do]');
  if (picked) trigger('click', {...picked.dataset, value: picked.value});
});
"""
"""Turns a click on any of our buttons into an event with the button's `data-` attributes.

A button in a form adds the form's values.
"""

Handler = Callable[..., Sequence[object]]
"""Takes the visit and the fields' values; returns new values, then the notice."""

UNCHANGED: object = {"__type__": "update"}
"""The result of `gr.skip`, which has no useful type."""


class Pace(StrEnum):
    """The kind of work of an event."""

    LOOK = "look"
    """Only shows something; of several in a row, the last one counts."""
    PICK = "pick"
    """Shows what was clicked; each click counts, because Gradio repeats a delayed event with the
    data of the one before it."""
    DECIDE = "decide"
    """Changes something; a second click while the first runs does nothing."""
    WRITE = "write"
    """May wait for a model; few at a time, so that they never take every thread."""


_AT_ONCE = {Pace.LOOK: 8, Pace.PICK: 8, Pace.DECIDE: 4, Pace.WRITE: 3}
_REPEATED = {Pace.LOOK: "always_last", Pace.PICK: "multiple"}


class Listen(Protocol):
    """An event listener of Gradio: ``button.click``, ``tab.select``, ``blocks.load``."""

    def __call__(self, fn: Callable[..., Any], **how: Any) -> object: ...


@dataclass(frozen=True, slots=True)
class Wiring:
    """Shared parts of every event: the operator, the tenant's field, the place for notices."""

    operator: Operator
    tenant: gr.Textbox
    notice: gr.HTML

    def on(
        self,
        listen: object,
        handler: Handler,
        *,
        inputs: Sequence[Component] = (),
        outputs: Sequence[Block],
        pace: Pace = Pace.LOOK,
        busy: Component | None = None,
    ) -> None:
        """Run ``handler`` when ``listen`` fires; ``busy`` shows that it is running."""

        def handle(
            request: gr.Request, event: gr.EventData, tenant: object, *values: object
        ) -> list[object]:
            return self._answer(
                len(outputs),
                lambda: handler(
                    open_visit(self.operator, _login(request), _word(tenant), _picked(event)),
                    *values,
                ),
            )

        cast("Listen", listen)(
            handle,
            inputs=[self.tenant, *inputs],
            outputs=[*outputs, self.notice],
            preprocess=False,  # the handlers check values, in one way
            api_visibility="private",
            show_progress="full" if busy else "hidden",
            show_progress_on=busy,
            concurrency_id=pace.value,
            concurrency_limit=_AT_ONCE[pace],
            trigger_mode=_REPEATED.get(pace, "once"),
        )

    def stream(
        self,
        listen: object,
        handler: Callable[..., Iterator[Sequence[object]]],
        *,
        inputs: Sequence[Component],
        outputs: Sequence[Block],
    ) -> None:
        """Run ``handler`` when ``listen`` fires, and show each result as it is yielded.

        A model may write, so few run at a time; a second click while it runs does nothing.
        """

        def handle(
            request: gr.Request, event: gr.EventData, tenant: object, *values: object
        ) -> Iterator[list[object]]:
            try:
                with translated():
                    visit = open_visit(
                        self.operator, _login(request), _word(tenant), _picked(event)
                    )
                    for shown in handler(visit, *values):
                        yield list(shown)
            except Exception as error:  # noqa: BLE001 - its words may be a customer's
                yield self._excused(len(outputs), error)

        cast("Listen", listen)(
            handle,
            inputs=[self.tenant, *inputs],
            outputs=[*outputs, self.notice],
            preprocess=False,
            api_visibility="private",
            show_progress="hidden",
            concurrency_id=Pace.WRITE.value,
            concurrency_limit=_AT_ONCE[Pace.WRITE],
            trigger_mode="once",
        )

    def on_arrival(self, blocks: gr.Blocks, handler: Handler, outputs: Sequence[Block]) -> None:
        """Run ``handler`` with the login when the page opens, before any tenant is chosen."""

        def handle(request: gr.Request) -> list[object]:
            return self._answer(len(outputs), lambda: handler(_login(request)))

        cast("Listen", blocks.load)(
            handle,
            inputs=[],
            outputs=[*outputs, self.notice],
            api_visibility="private",
            show_progress="hidden",
        )

    def _answer(self, width: int, run: Callable[[], Sequence[object]]) -> list[object]:
        try:
            with translated():
                return list(run())
        except Exception as error:  # noqa: BLE001 - its words may be a customer's
            return self._excused(width, error)

    def _excused(self, width: int, error: Exception) -> list[object]:
        home = self.operator.home.settings.home
        known = error if isinstance(error, QuietdeskError) else crash(error, home)
        return [*(UNCHANGED for _ in range(width)), problem(known)]


def panel(name: str, value: Html = NOTHING) -> gr.HTML:
    """Return a panel for our own HTML; its buttons fire ``click`` with their `data-` attributes."""
    classes = ["qd-panel", f"qd-panel-{name}"]
    return gr.HTML(
        value, elem_id=f"qd-{name}", elem_classes=classes, js_on_load=_PICK, apply_default_css=False
    )


def held(name: str) -> gr.Textbox:
    """Return an invisible field; the browser keeps an id of ours in it."""
    return gr.Textbox(visible=False, elem_id=f"qd-{name}")


def button(label: str, *, kind: str = "secondary", name: str, on: bool = True) -> gr.Button:
    """Return a button; ``kind`` is primary, secondary or stop."""
    return gr.Button(
        label,
        variant=cast("Any", kind),
        size="sm",
        elem_id=f"qd-{name}",
        elem_classes=["qd-button"],
        interactive=on,
        min_width=90,
    )


def usable(on: bool) -> object:
    """Return the update that enables or disables a button."""
    return gr.update(interactive=on)


def seen(on: bool) -> object:
    """Return the update that shows or hides a component."""
    return gr.update(visible=on)


def word(value: object) -> str:
    """Return a field's value if it is text. `BadInput` otherwise."""
    return _word(value)


def flag(value: object) -> bool:
    """Return a checkbox's value."""
    return value is True


def _word(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadInput("A field contains something that is not text.")
    return value


def _login(request: gr.Request) -> str:
    login = request.username
    if not login:
        raise BadInput("You are not logged in.", todo="Log in again.")
    return login


def _picked(event: gr.EventData) -> Mapping[str, str]:
    data = cast("object", event._data)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the only way to all of it
    if not isinstance(data, dict):
        return {}
    pairs = cast("dict[str, object]", data).items()
    return {name: value for name, value in pairs if isinstance(value, str)}
