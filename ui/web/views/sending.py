"""What will be sent, with every word that identity put back coloured, and findings marked.

The pieces are set together from the redacted text and compared with what the review flow says will
be sent: if they differ in one character, the plain text is shown instead, because the promise of
this column is that it is the very text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assistant.flows.review import ReviewView
from guardrails import RedactedText
from guardrails import join as join_redacted
from guardrails.identity.permissions import show
from guardrails.identity.restore import placeholders_of
from guardrails.placeholders import Found, Placeholder, find
from ui.web.chips import put_back
from ui.web.findings import Numbered, Piece, lay
from ui.web.html import Html, text
from ui.web.views.shown import Shown


class _Restored(NamedTuple):
    found: Found
    value: str


def sending(view: ReviewView, shown: Shown, found: Sequence[Numbered]) -> Html:
    """Return the text of a reply as it will leave."""
    made = view.draft.written
    origin = join_redacted("\n", [made.saw, made.body]) if made.writer == "person" else made.saw
    back = list(_restored(made.body, placeholders_of(origin), shown))
    whole = view.to_send.for_display()
    value = made.body.reveal()
    if _set_together(value, back) != whole:
        return text(whole)
    return lay(value, [_piece(*each) for each in back], found)


def _restored(
    body: RedactedText, allowed: frozenset[Placeholder], shown: Shown
) -> Iterator[_Restored]:
    for found in find(body.reveal()):
        restored = shown.desk.restorer.restore(body.cut(found.start, found.end), allowed)
        seen = show(restored.text, shown.person, shown.desk.tenant.slug)
        yield _Restored(found, seen.for_display())


def _piece(found: Found, value: str) -> Piece:
    left = value == str(found.placeholder)  # nobody may be put back here, or nobody is known
    return Piece(
        found.start, found.end, text(value) if left else put_back(value, found.placeholder)
    )


def _set_together(value: str, back: Sequence[_Restored]) -> str:
    parts: list[str] = []
    at = 0
    for found, name in back:
        parts += (value[at : found.start], name)
        at = found.end
    return "".join((*parts, value[at:]))
