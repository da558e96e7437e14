"""Recognizers of numbers that identify a person: cards, accounts, ids, telephones, birth dates."""

# ruff: noqa: PLR2004 - the checks follow the table; lengths and counts that the line itself explains

from __future__ import annotations

import re

import phonenumbers

from guardrails.detect.rule import run, words_before
from guardrails.detect.table import load
from guardrails.spans import EntityType, Span

_TABLE = load("accounts")
_CARD = _TABLE.pattern("card")
_CARD_CONTEXT = _TABLE.pattern("card_context")
_PHONE = _TABLE.pattern("phone")
_PHONE_CONTEXT = _TABLE.pattern("phone_context")
_PHONE_AFTER = _TABLE.pattern("phone_after")
_EXTENSION = _TABLE.pattern("extension")
_NO_PHONE = _TABLE.pattern("no_phone")
_FIELD = _TABLE.pattern("field")
_GROUPED = _TABLE.pattern("grouped")


def find_accounts(text: str) -> list[Span]:
    """Return card, bank, national and telephone numbers, dates of birth and ages in ``text``."""
    return [*run(RULES, text), *_cards(text), *_phones(text)]


def _is_iban(value: str) -> bool:
    """ISO 13616: the country and check digits moved to the end, letters as numbers, mod 97 is 1."""
    plain = value.replace(" ", "")
    if not 15 <= len(plain) <= 34:
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def _cards(text: str) -> list[Span]:
    spans: list[Span] = []
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        announced = _CARD_CONTEXT.search(words_before(text, match.start(), 60)) is not None
        shaped = digits[0] in "23456" and len(digits) >= 13 and not _is_stamp(match[0])
        if (shaped and _luhn(digits)) or (announced and len(digits) >= 12):
            spans.append(Span(*match.span(), EntityType.CREDIT_CARD, 0.9, "card"))
    return spans


def _is_stamp(value: str) -> bool:
    """A time such as 20240131101500, which one time in ten passes Luhn's check."""
    return re.match(r"20\d\d-?[01]\d-?[0-3]\d", value) is not None


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = [sum(divmod(int(d) * 2, 10)) if i % 2 else int(d) for i, d in enumerate(digits[::-1])]
    return sum(doubled) % 10 == 0


_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "AU", "NL", "SE", "CH")


def _phones(text: str) -> list[Span]:
    spans: list[Span] = []
    for match in _PHONE.finditer(text):
        value = match[0]
        digits = sum(char.isdigit() for char in value)
        if 7 <= digits <= 16 and not _NO_PHONE.fullmatch(value.strip()):
            before = words_before(text, match.start(), 45)
            announced = _PHONE_CONTEXT.search(before) is not None or _starts_line(
                text, match.start()
            )
            announced = announced or _PHONE_AFTER.match(text, match.end()) is not None
            if _is_phone(value, announced):
                spans.append(Span(*match.span(), EntityType.PHONE_NUMBER, 0.8, "phone"))
    spans.extend(
        Span(*match.span(), EntityType.PHONE_NUMBER, 0.75, "extension")
        for match in _EXTENSION.finditer(text)
        if match[0][0] not in "xX" or _PHONE_CONTEXT.search(words_before(text, match.start(), 45))
    )
    return spans


def _starts_line(text: str, at: int) -> bool:
    """Return whether the line before names the field: ``Phone:`` and below it the number."""
    line = text.rfind("\n", 0, at)
    return (
        line >= 0
        and not text[line:at].strip()
        and _FIELD.search(text, max(0, line - 12), line) is not None
    )


def _is_phone(value: str, announced: bool) -> bool:
    """A telephone number by its ``+``, by the words around it, or by a national format."""
    if value.startswith("+"):
        return _is_valid(value, None) or announced
    separated = any(char in " ().-/–" for char in value.strip())
    if announced:
        return separated or value.startswith("0") or (len(value) >= 9 and _valid_anywhere(value))
    if not separated:
        return False
    grouped = _GROUPED.fullmatch(value.strip())
    return grouped is not None and (_valid_anywhere(value) or value.startswith("("))


def _valid_anywhere(value: str) -> bool:
    return any(_is_valid(value, region) for region in _REGIONS)


def _is_valid(value: str, region: str | None) -> bool:
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number)


RULES = _TABLE.rules(
    {
        "five-digits": lambda value: sum(c.isdigit() for c in value) >= 5,
        "iban": _is_iban,
        "long": lambda word: len(word) > 3,
    }
)
