"""What will be sent, with every restored value coloured, and findings marked.

The pieces are assembled from the redacted text and compared with the operation's text to send. If
they differ in one character, the plain text is shown instead, because this column must show exactly
the text that will be sent.
"""

from __future__ import annotations

from collections.abc import Sequence

from ui.operations.review import PutBack, ReviewDetail
from ui.web.chips import named, put_back
from ui.web.findings import Numbered, Piece, lay
from ui.web.html import Html, text


def sending(view: ReviewDetail, found: Sequence[Numbered]) -> Html:
    """Return the text of a reply as it will be sent."""
    value = view.draft.body
    if _set_together(value, view.put_back) != view.to_send:
        return text(view.to_send)
    return lay(value, [_piece(each) for each in view.put_back], found)


def _piece(each: PutBack) -> Piece:
    left = each.value == each.placeholder  # restoring is not permitted here, or no value is known
    shown = text(each.value) if left else put_back(each.value, named(each.placeholder))
    return Piece(each.start, each.end, shown)


def _set_together(value: str, back: Sequence[PutBack]) -> str:
    parts: list[str] = []
    at = 0
    for each in back:
        parts += (value[at : each.start], each.value)
        at = each.end
    return "".join((*parts, value[at:]))
