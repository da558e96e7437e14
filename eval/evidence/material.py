"""The invented people, documents and tickets of a twin. Its canaries occur nowhere else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from guardrails.spans import EntityType

TICKET, TRANSCRIPT, MESSAGE = "CASE-1", "CALL-1", "MAIL-1"
"""References of the tickets: one that was written, a call in words, and a message."""
GUIDE, RUNBOOK = "guide.md", "runbook.md"
"""Documents: one that customers may read, and one for agents only."""


@dataclass(frozen=True, slots=True)
class Material:
    """What one tenant of a twin is given.

    ``values`` are planted in the ticket, by type; all are to be masked. ``words`` are planted in
    texts, by the text's name (a ticket's reference or a document's), and are not to be masked: they
    belong to no type, but no file may show them unsealed. ``requester`` is the ticket's person.
    """

    requester: str
    address: str
    values: Mapping[EntityType, str]
    words: Mapping[str, str]

    @property
    def canaries(self) -> tuple[str, ...]:
        """Everything that identifies this tenant's texts."""
        return (self.requester, self.address, *self.values.values(), *self.words.values())

    def documents(self) -> dict[str, str]:
        """Return the documents by file name."""
        return {
            GUIDE: _document("Printers", "Restart the spooler.", self.words[GUIDE]),
            RUNBOOK: _document("Scanners", "Reset the service account.", self.words[RUNBOOK]),
        }

    def export(self) -> str:
        """Return the tickets as JSON lines."""
        values = " ".join(_FRAMES[kind].format(value) for kind, value in self.values.items())
        texts = {
            TICKET: f"The printer stops after a page, near the {self.words[TICKET]}. {values}",
            TRANSCRIPT: f"Caller: the scanner hums like a {self.words[TRANSCRIPT]}. What now?",
            MESSAGE: f"Please send the guide about the {self.words[MESSAGE]} to me.",
        }
        return "".join(f"{json.dumps(self.ticket(*each))}\n" for each in texts.items())

    def ticket(self, reference: str, text: str) -> dict[str, object]:
        """Return one ticket of this tenant's requester as an export holds it."""
        return {
            "id": reference,
            "subject": "Printer stops" if reference == TICKET else "A question",
            "status": "open",
            "priority": "normal",
            "created_at": "2026-10-12T08:14:00Z",
            "requester": {"name": self.requester, "email": self.address},
            "turns": [
                {
                    "at": "2026-10-12T08:14:00Z",
                    "author": self.requester,
                    "role": "requester",
                    "text": text,
                }
            ],
        }


_FRAMES: Mapping[EntityType, str] = {
    EntityType.PHONE_NUMBER: "Call me at {}.",
    EntityType.IP_ADDRESS: "Its address is {}.",
    EntityType.MAC_ADDRESS: "The label says MAC {}.",
    EntityType.HOSTNAME: "It happens on host {}.",
    EntityType.SERIAL_NUMBER: "Serial number: {}.",
    EntityType.USERNAME: "My username is {}.",
    EntityType.CREDIT_CARD: "The card is {}.",
    EntityType.SECRET: "My password is {}",
}

TENANT = Material(
    requester="Ottilie Brandreth",
    address="ottilie.brandreth@quillonberry.test",
    values={
        EntityType.PHONE_NUMBER: "+1 415 555 0142",
        EntityType.IP_ADDRESS: "10.83.17.211",
        EntityType.MAC_ADDRESS: "3c:5a:b4:19:e7:02",
        EntityType.HOSTNAME: "qb-print-0417.corp.quillonberry.test",
        EntityType.SERIAL_NUMBER: "SN-QB81-40772",
        EntityType.USERNAME: "obrandreth41",
        EntityType.CREDIT_CARD: "4556 7375 8689 9855",
        EntityType.SECRET: "Gr4vel!Osprey#92",
    },
    words={
        TICKET: "zumbelwerk",
        TRANSCRIPT: "klarpfeife",
        MESSAGE: "fenstrall",
        GUIDE: "ottergriff",
        RUNBOOK: "dachsmoor",
    },
)
NEIGHBOUR = Material(
    requester="Casimir Wolstenholme",
    address="casimir.wolstenholme@fennimore.test",
    values={
        EntityType.PHONE_NUMBER: "+1 628 555 0177",
        EntityType.IP_ADDRESS: "10.41.96.38",
        EntityType.MAC_ADDRESS: "58:9b:0c:77:d1:4e",
        EntityType.HOSTNAME: "fm-desk-2291.corp.fennimore.test",
        EntityType.SERIAL_NUMBER: "SN-FM29-11853",
        EntityType.USERNAME: "cwolstenholme7",
        EntityType.CREDIT_CARD: "4929 1213 4401 2214",
        EntityType.SECRET: "Pl0ver?Anvil$38",
    },
    words={
        TICKET: "hirsebuckel",
        TRANSCRIPT: "moorlaterne",
        MESSAGE: "spelzhorn",
        GUIDE: "krautwinkel",
        RUNBOOK: "lederfalke",
    },
)


def _document(title: str, step: str, word: str) -> str:
    return f"# {title}\n\nWhen it stops near the {word}:\n\n1. {step}\n2. Try it again.\n"
