"""The filter fields of a question: they limit it to some documents; all may be empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import gradio as gr

from assistant.errors import BadInput
from ui.operations.ask import Question
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
class Filters:
    """The fields, in the order in which `filtered` takes their values."""

    fields: tuple[gr.Textbox, ...]

    def fresh(self) -> list[object]:
        """Return empty fields."""
        return [""] * len(self.fields)


def build_filters() -> Filters:
    """Lay out the fields in a row."""
    with gr.Row(elem_classes=["qd-narrow"]):
        return Filters(
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


def filtered(question: Question, *values: object) -> Question:
    """Return the question with the filter in the fields. `BadInput` if the date is not valid."""
    tag, product, type_, below, since = (word(each).strip()[:_LONGEST] for each in values)
    return question.model_copy(
        update={
            "type": type_,
            "source": below,
            "tags": tuple(tag.split(",")),
            "products": tuple(product.split(",")),
            "since": _day(since) if since else None,
        }
    )


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise BadInput(
            "“Updated since” is not a date.", todo="Write it as year-month-day, such as 2026-01-31."
        ) from None
