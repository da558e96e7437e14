"""Properties of each entity type: how precise it is, how it is compared, where it cannot occur.

A new type needs its name in `guardrails.spans`, its entry here, and a rule in one of the tables of
``guardrails/detect/tables``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, Flag, auto
from typing import Literal

from guardrails.spans import EntityType


class Form(Enum):
    """Which parts of two spellings must be equal for them to be one value of the vault."""

    FOLDED = "words without regard to case"
    ALPHANUMERIC = "letters and digits"
    HEXADECIMAL = "hexadecimal digits"
    EXACT = "every character"


class Looks(Enum):
    """The least shape that a guess of the model must have, see `tagger.plausible`."""

    ANY = "any"
    ADDRESS = "address"
    BIRTH = "birth"
    DIGITS = "digits"
    HOST = "host"
    IP = "ip"
    MAIL = "mail"
    NAME = "name"
    PERSON = "person"
    SECRET = "secret"  # noqa: S105 - the name of a shape
    SERIAL = "serial"
    USER = "user"
    WEB = "web"


class Within(Flag):
    """Structures that never contain a value of a type: a guess inside one is dropped."""

    NOTHING = 0
    COUNT = auto()
    """Bare digits after a word such as “line” or “ticket”."""
    FILE = auto()
    PATH = auto()
    UUID = auto()


Group = Literal["who", "reach", "place", "machine", "secret"]
"""What colour a placeholder has on the page."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Properties of every value of an entity type."""

    group: Group
    precise: bool = False
    """Found by shape alone: one of them in a prompt means that redaction was bypassed."""
    guessed: bool = False
    """Found by context: a technical term vetoes an unsure guess."""
    mild: bool = False
    """Often found wrongly: masked and shown in an answer, but no reason to stop it."""
    thing: bool = False
    """Neither a person's name nor contact: a document for customers may say it to all of them."""
    unique: bool = False
    """Two people never share one, so it is enough to recognise a person by."""
    destroyed: bool = False
    """Never stored in the vault, so it cannot be restored."""
    form: Form = Form.FOLDED
    edges: str = " \t\r\n,;:>|"
    """Characters that are cut from both ends of what was found."""
    unbroken: bool = False
    """Contains no blank: text after a blank is not part of it."""
    listed: bool = False
    """Comes in lists: a comma between two of them stays readable, and they stay two."""
    lines: bool = False
    """May continue on the next line."""
    in_address: bool = False
    """May stand between two parts of a street address and is then part of it."""
    looks: Looks = Looks.ANY
    digits: int = 0
    """The least number of digits where it `looks` like digits."""
    never: Within = Within.NOTHING


_LOGIN_EDGES = " \t\r\n,;:>|."
"""A full stop after a login is not part of it: otherwise one value would have two records."""

KINDS: Mapping[EntityType, Kind] = {
    EntityType.PERSON: Kind(
        "who", guessed=True, listed=True, looks=Looks.PERSON, never=Within.PATH
    ),
    EntityType.ORGANIZATION: Kind(
        "place",
        thing=True,
        guessed=True,
        mild=True,
        listed=True,
        in_address=True,
        looks=Looks.NAME,
        never=Within.PATH,
    ),
    EntityType.LOCATION: Kind(
        "place",
        thing=True,
        guessed=True,
        mild=True,
        listed=True,
        in_address=True,
        looks=Looks.NAME,
        never=Within.PATH,
    ),
    EntityType.STREET_ADDRESS: Kind("reach", lines=True, looks=Looks.ADDRESS, never=Within.COUNT),
    EntityType.EMAIL_ADDRESS: Kind("reach", unique=True, precise=True, looks=Looks.MAIL),
    EntityType.PHONE_NUMBER: Kind(
        "reach",
        unique=True,
        precise=True,
        form=Form.ALPHANUMERIC,
        looks=Looks.DIGITS,
        digits=3,
        never=Within.COUNT | Within.UUID,
    ),
    EntityType.HOSTNAME: Kind(
        "machine",
        thing=True,
        precise=True,
        edges=_LOGIN_EDGES,
        unbroken=True,
        looks=Looks.HOST,
        never=Within.FILE,
    ),
    EntityType.URL: Kind("machine", thing=True, edges=_LOGIN_EDGES, looks=Looks.WEB),
    EntityType.USERNAME: Kind(
        "who",
        unique=True,
        precise=True,
        edges=_LOGIN_EDGES,
        unbroken=True,
        looks=Looks.USER,
        never=Within.PATH | Within.UUID,
    ),
    EntityType.IP_ADDRESS: Kind("machine", thing=True, precise=True, looks=Looks.IP),
    EntityType.MAC_ADDRESS: Kind("machine", thing=True, precise=True, form=Form.HEXADECIMAL),
    EntityType.EMPLOYEE_ID: Kind(
        "who", unique=True, looks=Looks.DIGITS, digits=3, never=Within.COUNT | Within.UUID
    ),
    EntityType.SERIAL_NUMBER: Kind(
        "machine", thing=True, unbroken=True, looks=Looks.SERIAL, never=Within.COUNT | Within.UUID
    ),
    EntityType.ACCOUNT_NUMBER: Kind(
        "machine",
        precise=True,
        form=Form.ALPHANUMERIC,
        looks=Looks.DIGITS,
        digits=6,
        never=Within.COUNT | Within.UUID,
    ),
    EntityType.CREDIT_CARD: Kind("machine", precise=True, form=Form.ALPHANUMERIC),
    EntityType.NATIONAL_ID: Kind("who", precise=True, looks=Looks.DIGITS, digits=6),
    EntityType.DATE_OF_BIRTH: Kind("who", looks=Looks.BIRTH, never=Within.COUNT),
    EntityType.DEMOGRAPHIC: Kind("who", guessed=True, mild=True, never=Within.COUNT),
    EntityType.SECRET: Kind(
        "secret",
        precise=True,
        destroyed=True,
        edges=" \t\r\n",
        looks=Looks.SECRET,
        never=Within.FILE | Within.PATH | Within.UUID,
    ),
    EntityType.LITERAL: Kind("secret", thing=True, form=Form.EXACT),
}
"""Every type has one entry; a test holds that no other module keeps a table of types."""
