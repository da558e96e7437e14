"""Spans and entity types: characters of a text that identify a person or a machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class EntityType(StrEnum):
    """The kinds of identity that Quietdesk masks; the value is the word inside a placeholder."""

    PERSON = "PERSON"
    ORGANIZATION = "ORGANIZATION"
    LOCATION = "LOCATION"
    STREET_ADDRESS = "STREET_ADDRESS"
    EMAIL_ADDRESS = "EMAIL_ADDRESS"
    PHONE_NUMBER = "PHONE_NUMBER"
    HOSTNAME = "HOSTNAME"
    URL = "URL"
    USERNAME = "USERNAME"
    IP_ADDRESS = "IP_ADDRESS"
    MAC_ADDRESS = "MAC_ADDRESS"
    EMPLOYEE_ID = "EMPLOYEE_ID"
    SERIAL_NUMBER = "SERIAL_NUMBER"
    ACCOUNT_NUMBER = "ACCOUNT_NUMBER"
    CREDIT_CARD = "CREDIT_CARD"
    NATIONAL_ID = "NATIONAL_ID"
    DATE_OF_BIRTH = "DATE_OF_BIRTH"
    DEMOGRAPHIC = "DEMOGRAPHIC"
    SECRET = "SECRET"  # noqa: S105 - the name of a kind
    LITERAL = "LITERAL"
    """Outside text that looks like a placeholder; masked, so that typing it restores nothing."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` (half open, in code points), which must be masked."""

    start: int
    end: int
    type: EntityType
    score: float
    recognizer: str


class Detector(Protocol):
    """Finds identity in text. There are two: the rules alone, and the rules with the tagger."""

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return, for each text in order, its spans: sorted, disjoint, never empty."""
        ...
