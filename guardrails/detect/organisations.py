"""Customers' organisations, by the words that end their names and by what is said around them."""

# ruff: noqa: PLR2004 - lengths and counts that the line itself explains

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.detect.lexicon import is_common, is_name, is_technical
from guardrails.spans import EntityType, Span


def find_organisations(text: str) -> list[Span]:
    """Return organisations in ``text`` that are no vendor."""
    return [*_suffixed(text), *_employers(text)]


_CAP = r"[A-ZÀ-ÞŠŽČĆĐŁŚŻ][\w'’-]{0,30}"
_CAPS = rf"{_CAP}(?:,? (?:{_CAP}|&|and|of|de|the)){{0,4}}"
_LEGAL = (
    r"Inc|LLC|L\.L\.C|LLP|Ltd|Limited|GmbH|AG|KG|SE|S\.A|SA|SAS|SARL|S\.r\.l|SRL|SpA"
    r"|S\.p\.A|Corp|Corporation|Company|Co|PLC|plc|Oy|Oyj|AB|A/S|AS|ApS|ASA"
    r"|B\.V|BV|N\.V|NV|Pty|Pte|Kft|Zrt|s\.r\.o|a\.s|Sp\. z o\.o|d\.o\.o"
)
_TRADE = (
    r"Credit Union|Dental|Dentistry|Clinic|Hospital|Surgery|Practice|Orchards?|Freight"
    r"|Logistics|Timber|Holdings|Insurance|Solicitors|Attorneys|Associates"
    r"|Partners|Foundation|Brewery|Bakery|Farms?|Vineyards?|Winery|Motors|Airlines|Airways"
    r"|Shipping|Construction|Plumbing|Roofing|Accounting|Accountants"
    r"|Consulting|Consultants|Architects|Pharmacy|Pharmaceuticals|Veterinary|Academy"
    r"|Elementary|High School|Primary School|University|College|Institute"
    r"|Council|Ministry|Church|Museum|Hotels?|Resorts?|Realty|Properties|Industries"
    r"|Manufacturing|Foods|Textiles|Steel|Mills|Transport|Transit|Trust|Charity"
    r"|Bancorp|Savings Bank|Law|Legal|Health|Healthcare|Medical|Wellness|Energy|Utilities"
    r"|Fisheries|Orchestra|Enterprises|Ventures|Capital|Securities|Stores"
)
_LEGAL_NAME = re.compile(rf"(?<![\w.])(?P<x>{_CAPS},? (?:{_LEGAL})\b\.?)(?!\w)")
_TRADE_NAME = re.compile(
    rf"(?<![\w.])(?P<x>{_CAP}(?: (?:{_CAP}|&|and"
    rf"|of)){{0,3}}? (?:{_TRADE}))\b(?! (?:[a-z]{{2,}} )?(?:check|status|monitor))"
)
_OF_A_SYSTEM = frozenset(
    "app application backup battery cluster data database device disk drive mailbox network node "
    "print security server service storage system systems user".split()
)
"""What stands before ``Health`` or ``Foundation`` on a dashboard."""
_SHOUTED = 3
_LEADING = re.compile(
    r"^(?:The|A|An|At|In|For|From|Our|My|Your|This|That|With|And|Or|If|When|By|To|Of|On"
    r"|Dear|Contact|New|Open|See|Use|I|We|Is|Hi|Customer|Client|Company|Supplier|Copyright"
    r"|Partner|Vendor|Site|Tenant)\s"
)


def _suffixed(text: str) -> Iterator[Span]:
    for pattern, score in ((_LEGAL_NAME, 0.75), (_TRADE_NAME, 0.6)):
        for match in pattern.finditer(text):
            start, end = match.span("x")
            while lead := _LEADING.match(text[start:end]):
                start += lead.end()
            words = text[start:end].split()
            if len(words) < 2 or any(is_technical(word.strip(".,")) for word in words[:-1]):
                continue
            if words[0].casefold() in _OF_A_SYSTEM or (
                len(words) > _SHOUTED and text[start:end].isupper()
            ):
                continue
            if score < 0.7 and all(is_common(word) for word in words) and not words[0].istitle():
                continue
            if score < 0.7 and text[max(0, start - 2) : start] in ("# ", "**"):
                continue
            yield Span(start, end, EntityType.ORGANIZATION, score, "organisation-suffix")


_EMPLOYER = re.compile(
    rf"""\b(?:works?[ ](?:for|at)|working[ ](?:for|at)|worked[ ](?:for|at)|employed[ ](?:by|at)
    |employee[ ]of|on[ ]behalf[ ]of|customers?|clients?|company|organi[sz]ation
        |tenant|account[ ]of|calling[ ]from|writing[ ]from|position[ ]at|job[ ]at|hired[ ]by
        |support|supplier|subsidiary[ ]of|firm|school|meet[ ]\w+[ ]at|according[ ]to[ ]the
        |address[ ]of|founder[ ]of|CEO[ ]of|director[ ]of|head[ ]of[ ]IT[ ]at|IT[ ]at)
        (?:[ ]name)?(?::|[ ]is)?[ ](?:the[ ])?(?P<x>{_CAP}(?:(?:,[ ](?={_CAP}(?:,| and))
            |[ ])(?:{_CAP}|&[ ]{_CAP}|and[ ]{_CAP})){{0,4}})""",
    re.VERBOSE,
)
_AT = re.compile(
    rf"(?P<who>{_CAP}(?:\.? {_CAP}){{0,3}}|\b[a-zà-ÿ]{{3,20}} [a-zà-ÿ]{{3,20}}|\b[Ii]'m"
    rf"|\bI am|\bwe are|\bperson|\bhere) (?:at|from|with|of) (?:the )?"
    rf"(?P<x>{_CAP}(?: (?:{_CAP}|&|and(?= [A-Z])|of(?= [A-Z]))){{0,4}})(?=[.,;:!?)\n]"
    rf"| (?:here|and|speaking|calling|is|has|who|reports?|says|on|in|called|can|cannot"
    rf"|needs)\b|$)"
)


def _employers(text: str) -> Iterator[Span]:
    for match in _EMPLOYER.finditer(text):
        if _is_customer(match["x"]):
            yield Span(*match.span("x"), EntityType.ORGANIZATION, 0.55, "organisation-context")
    for match in _AT.finditer(text):
        who = match["who"].split()
        known = any(is_name(word) for word in who) or who[-1].lower() in (
            "i'm",
            "am",
            "are",
            "person",
            "here",
        )
        if known and _is_customer(match["x"]):
            yield Span(*match.span("x"), EntityType.ORGANIZATION, 0.6, "organisation-of-person")


def _is_customer(name: str) -> bool:
    words = [word for word in name.split() if word not in ("&", "and", "of", "the")]
    if any(is_technical(word.strip(".,")) for word in words):
        return False
    if len(words) == 1:
        return not is_common(words[0]) and words[0] not in _DAYS
    return words[0] not in _DAYS


_DAYS = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday The This That IT HR I My Janu"
    "ary February March April May June July August September October November December".split()
)
