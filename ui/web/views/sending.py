"""What will be sent, with every restored value coloured, and findings marked.

The pieces are assembled from the redacted text and compared with the operation's text to send. If
they differ in one character, that text is shown instead, because this column must show the words
that will be sent, all of them and no others.
"""

from __future__ import annotations

from collections.abc import Sequence

from ui.operations.review import PutBack, ReviewDetail
from ui.web.chips import named, put_back
from ui.web.findings import Numbered, Piece
from ui.web.html import Html, text
from ui.web.markdown import rendered


def sending(view: ReviewDetail, found: Sequence[Numbered]) -> Html:
    """Return the text of a reply as it will be sent."""
    value = view.draft.body
    if _set_together(value, view.put_back) != view.to_send:
        return rendered(view.to_send, breaks=True)
    return rendered(value, [_piece(each) for each in view.put_back], found, breaks=True)


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
