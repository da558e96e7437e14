"""The fields that narrow a question down to some documents; all of them may be empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import gradio as gr

from assistant.errors import BadInput
from assistant.search.filters import DocumentFilter, parse_filter
from ui.web.visit import Visit
from ui.web.widgets import word

_LONGEST = 200
_FIELDS = (
    ("tag", "Tag", "vpn, remote"),
    ("product", "Product", "Tunnel"),
    ("type", "Type of file", "md, pdf, json"),
    ("below", "File or folder", "runbooks/vpn"),
    ("since", "Updated since", "2026-01-31"),
)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The fields, in the order in which `filter_of` takes their values."""

    fields: tuple[gr.Textbox, ...]

    def fresh(self) -> list[object]:
        """Return empty fields."""
        return [""] * len(self.fields)


def build_narrowing() -> Narrowing:
    """Lay the fields out in a row."""
    with gr.Row(elem_classes=["qd-narrow"]):
        return Narrowing(
            tuple(
                gr.Textbox(
                    label=label,
                    placeholder=example,
                    max_length=_LONGEST,
                    min_width=120,
                    elem_id=f"qd-{name}",
                    html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
                )
                for name, label, example in _FIELDS
            )
        )


def filter_of(visit: Visit, *values: object) -> DocumentFilter:
    """Return the filter that stands in the fields. `BadInput` for a date that is none."""
    tag, product, type_, below, since = (word(each).strip()[:_LONGEST] for each in values)
    return parse_filter(
        visit.desk.redactor,
        type_=type_,
        source=below,
        tags=tag.split(","),
        products=product.split(","),
        since=_day(since) if since else None,
    )


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise BadInput(
            "“Updated since” holds no date.", todo="Write it as year-month-day, 2026-01-31."
        ) from None
