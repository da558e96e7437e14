"""Prevents Gradio from storing values of events, and undelivered results after a logout.

Gradio stores the last value of every field of every page so that a page can be shared by link.
Those values would be tickets in plain text, kept until ten thousand other pages were opened.
"""

from __future__ import annotations

import sys
from typing import Any, cast

import gradio as gr
from gradio.routes import App
from gradio.state_holder import SessionState, StateHolder


class ForgetfulState(SessionState):
    """One page's state without the values of its fields."""

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__(blocks)
        self.config_values = {}

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """Called by Gradio with every input and output value."""

    def _update_config(self, key: int) -> None:
        """Called by Gradio when an event changes a field's properties."""


class ForgetfulHolder(StateHolder):
    """Makes `ForgetfulState` for each page."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = ForgetfulState(self.blocks)
        return super().__getitem__(session_id)


def make_forgetful(app: App, blocks: gr.Blocks) -> None:
    """Replace Gradio's state holder by the forgetful one, and switch its statistics off."""
    holder = ForgetfulHolder()
    holder.set_blocks(blocks)
    app.state_holder = holder
    queue = blocks._queue  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - nothing public leads to it
    queue.ANALYTICS_MAX_EVENTS = 1
    queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize  # else it builds a data frame after every event


def forget_page(app: App, session_hash: str) -> None:
    """Drop the data of one page: its state and results that were not fetched."""
    queue = app.get_blocks()._queue  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - nothing public leads to it
    for event in list(queue.event_ids_to_events.values()):
        event.alive = event.alive and event.session_hash != session_hash
    states = app.state_holder
    for held in (
        cast("dict[str, object]", queue.pending_messages_per_session),
        queue.pending_event_ids_session,
        states.session_data,
        states.time_last_used,
    ):
        held.pop(session_hash, None)
