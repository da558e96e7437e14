"""What will be sent, with every word that identity put back coloured, and findings marked.

The pieces are set together from the redacted text and compared with what the operation says will be
sent: if they differ in one character, the plain text is shown instead, because the promise of this
column is that it is the very text.
"""

from __future__ import annotations

from collections.abc import Sequence

from ui.operations.review import PutBack, ReviewDetail
from ui.web.chips import named, put_back
from ui.web.findings import Numbered, Piece, lay
from ui.web.html import Html, text


def sending(view: ReviewDetail, found: Sequence[Numbered]) -> Html:
    """Return the text of a reply as it will leave."""
    value = view.draft.body
    if _set_together(value, view.put_back) != view.to_send:
        return text(view.to_send)
    return lay(value, [_piece(each) for each in view.put_back], found)


def _piece(each: PutBack) -> Piece:
    left = each.value == each.placeholder  # nobody may be put back here, or nobody is known
    shown = text(each.value) if left else put_back(each.value, named(each.placeholder))
    return Piece(each.start, each.end, shown)


def _set_together(value: str, back: Sequence[PutBack]) -> str:
    parts: list[str] = []
    at = 0
    for each in back:
        parts += (value[at : each.start], each.value)
        at = each.end
    return "".join((*parts, value[at:]))
