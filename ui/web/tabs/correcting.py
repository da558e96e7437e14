"""What a reviewer decides about words: on a ticket, on a draft, and in the list of terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import gradio as gr

from assistant.errors import BadInput
from assistant.flows import terms
from assistant.flows.tickets import redact_again
from assistant.model import Draft, Role, Ticket
from guardrails import RawText, RedactedText
from guardrails.placeholders import find
from guardrails.spans import EntityType
from ingestion.resolved import bring_resolved
from ingestion.staleness import stale
from ui.web.html import NOTHING, Html
from ui.web.views import correcting as views
from ui.web.views.notice import said
from ui.web.visit import Visit
from ui.web.widgets import Pace, Wiring, panel

if TYPE_CHECKING:
    from assistant.bootstrap import Home


@dataclass(frozen=True, slots=True)
class Decision:
    """A visit to the desk as it masks now, and what to tell about it."""

    visit: Visit
    notice: Html


def correcting(visit: Visit, what: Ticket | Draft, *, opened: bool = False) -> Html:
    """Return where ``what`` can be corrected; nothing for whoever may not."""
    if not visit.person.may_release:
        return NOTHING
    texts = terms.texts_of(what)
    names = [each.placeholder for text in texts for each in find(text.reveal())]
    secrets = any(each.type is EntityType.SECRET for each in names)
    values = terms.masked(visit.desk, visit.person, texts)
    return views.correcting(values, secrets=secrets, opened=opened)


def decide(
    home: Home, visit: Visit, *, texts: Sequence[RedactedText] = (), reference: str = ""
) -> Decision:
    """Keep what was decided, redact the ticket of that reference again, and say what comes next."""
    desk, person, picked = visit.desk, visit.person, visit.picked
    do, written = picked.get("do", ""), picked.get("words", "").strip()
    name = None
    if do == "allow":
        name = terms.leave_readable(desk, person, picked.get("placeholder", ""), texts)
    elif do == "remove":
        terms.take_back(desk, person, picked.get("term", ""))
    elif do in ("mask", "read"):
        kind = _type(picked.get("kind", "")) if do == "mask" else None
        terms.add_term(desk, person, RawText(written), kind)
    else:
        raise BadInput("Nothing was decided.", todo="Load the page again.")
    home.directory_changed(desk.tenant.slug)
    now = replace(visit, desk=home.desk(desk.tenant.slug))
    still = ""
    if reference:
        redacted = redact_again(now.desk, reference)
        bring_resolved(now.desk)
        if name is not None and any(
            each.placeholder == name
            for text in terms.texts_of(redacted)
            for each in find(text.reveal())
        ):
            still = " Here it stays masked: the ticket's own people or the directory name it."
    return Decision(now, _outcome(now, do, still, ticket=bool(reference)))


def build_terms(wiring: Wiring) -> gr.HTML:
    """Lay the list of terms out and wire it."""
    with gr.Column(elem_classes=["qd-page"]):
        shown = panel("terms")

    def change(visit: Visit) -> list[object]:
        decision = decide(wiring.home, visit)
        return [terms_now(decision.visit), decision.notice]

    wiring.on(shown.click, change, outputs=[shown], pace=Pace.DECIDE, busy=shown)
    return shown


def terms_now(visit: Visit) -> Html:
    """Return the list of terms, or why it is not shown."""
    if not visit.role.includes(Role.REVIEWER):
        return views.not_for_you()
    return views.terms(terms.terms(visit.desk, visit.person), stale(visit.desk))


def _outcome(visit: Visit, do: str, still: str, *, ticket: bool) -> Html:
    again = (
        " This ticket was redacted again; drafts made before stay as they are." if ticket else ""
    )
    after = views.documents_stale(stale(visit.desk))
    detail = f"{still}{again} {after}".strip()
    if do == "mask":
        return said("Masked from now on.", detail)
    if do == "remove":
        return said("Removed: detection decides again.", detail)
    return said("Left readable from now on.", detail)


def _type(kind: str) -> EntityType:
    if kind not in EntityType.__members__ or kind == EntityType.LITERAL:
        raise BadInput("There is no such type.", todo="Choose one from the list.")
    return EntityType(kind)
