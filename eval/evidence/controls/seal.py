"""Encryption at rest: no file shows a text, and a value opens only where it was sealed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager

from assistant.bootstrap import Home
from assistant.model import Role
from eval.evidence.bytes import change, planted
from eval.evidence.control import Control, Off, Seen, same
from eval.evidence.material import MESSAGE, TICKET, TRANSCRIPT
from eval.evidence.switches import of_leakage, replaced
from eval.evidence.twin import Twin
from guardrails.crypto.seal import Place, Sealer

_FOUND = "planted texts in files of the home"
_MOVED = "a text that was moved to another row opens"
_COPIED = "a text that was copied from another tenant opens"
_SAMPLE = 20

_MOVE = """
    UPDATE ticket_turns SET raw_text =
        (SELECT t.raw_text FROM ticket_turns t JOIN tickets k ON k.id = t.ticket_id
          WHERE k.reference = '{source}' AND k.tenant_id {which} '{tenant}')
     WHERE ticket_id =
        (SELECT id FROM tickets WHERE reference = '{target}' AND tenant_id = '{tenant}')
"""


def _sealed(twin: Twin) -> Generator[Seen]:
    twin.perform("summarise", role=Role.AGENT, references=[TICKET])
    twin.perform("draft", role=Role.AGENT, references=[TICKET])
    twin.perform("ask", role=Role.AGENT, question="The printer stops after a page.")
    texts = (*twin.material().canaries, *twin.material(twin.neighbour).canaries)
    yield same(_FOUND, 0, planted(texts, twin.files()))
    yield same("a text opens in its own row", expected=True, found=_opens(twin, MESSAGE))
    _move(twin, TICKET, MESSAGE, "=")
    yield same(_MOVED, expected=False, found=_opens(twin, MESSAGE))
    _move(twin, TRANSCRIPT, TRANSCRIPT, "<>")
    yield same(_COPIED, expected=False, found=_opens(twin, TRANSCRIPT))


def _move(twin: Twin, source: str, target: str, which: str) -> None:
    """Put the text of one ticket into another's row, past every guard."""
    statement = _MOVE.format(source=source, target=target, which=which, tenant=twin.desk.tenant.id)
    assert change(twin.home.settings.home / "quietdesk.db", statement) == 1


def _opens(twin: Twin, reference: str) -> bool:
    return not twin.attempt("tickets.show", role=Role.AGENT, reference=reference).refused


def _watch(home: Home, slug: str) -> Generator[Seen]:
    records = home.desk(slug).records
    listed = records.tickets.list(limit=_SAMPLE)
    opened = [records.tickets.get(each.reference) for each in listed]
    yield same("sampled tickets whose texts open", len(listed), sum(map(bool, opened)))


def _no_binding() -> AbstractContextManager[None]:
    def anywhere(_self: Sealer, _place: Place, _kind: str) -> bytes:
        return b""

    return replaced((Sealer, "_bind", anywhere))


CONTROLS = (
    Control(
        "seal.at-rest",
        "No file of the home shows a stored text, and a sealed value opens in its own row alone.",
        _sealed,
        _watch,
        {
            "seal": Off(of_leakage("seal"), _FOUND),
            "binding to the row": Off(_no_binding, _MOVED),
        },
    ),
)
