"""What an organisation knows somebody or something by: user names, staff and serial numbers."""

# ruff: noqa: PLR2004, PLW0108 - the checks stand below the table; lengths and counts that the line itself explains

from __future__ import annotations

import re

from guardrails.detect.lexicon import is_common, is_family, is_given, is_name, is_technical
from guardrails.detect.rule import Rule, run
from guardrails.spans import EntityType, Span


def find_devices(text: str) -> list[Span]:
    """Return user names, staff numbers, serial numbers and service tags in ``text``."""
    return [*run(_RULES, text), *_beside(text)]


_NOBODY = frozenset(
    """admin administrator root user username users guest system nobody public default all shared
ubuntu ec2-user
    centos debian pi vagrant jenkins git postgres mysql oracle www-data nginx apache daemon none
    null test someone
    anyone you me us your name example localuser localsystem networkservice service runner builder
    app node core
    id account password name names login logon group role email data agent profile owner access
    file files home
    interface experience session portal settings manual guide error permissions defined input
    space mode""".split()
)
_USER = r"[^\W\d_][\w.-]{1,31}"


def _is_user(name: str) -> bool:
    """A user name is no word of the language; a digit, a dot or an underscore inside helps."""
    lowered = name.lower().rstrip(".")
    if lowered in _NOBODY or len(lowered) < 3 or _NO_USER.fullmatch(name):
        return False
    if any(char.isdigit() or char in "._" for char in lowered):
        parts = [part for part in re.split(r"[._]", lowered) if part]
        worded = len(parts) > 1 and all(is_common(part) for part in parts)
        return not worded and not is_technical(lowered) and not name.isupper()
    cased = name.islower() or (name.isupper() and len(name) > 5)
    return cased and not is_common(lowered) and not is_technical(lowered)


_NO_USER = re.compile(
    r".*\.(?:exe|dll|py|js|sh|yaml|yml|json|conf|txt|log|md|com|org|net|io|html?|cfg|ini"
    r"|xml|msi|ps1|service|local)"
    r"|v?\d[\d.]*|[A-Z]+-?\d+|[a-z]+\d{1,2}\.\d+.*|.*__.*",
)
_BRACKETED = re.compile(
    r"(?<![\w.])[A-ZÀ-Þ][\w'’-]{1,30}[ ](?P<last>[A-ZÀ-Þ][\w'’-]{2,30})[ ]\("
    r"(?P<x>[a-z][a-z0-9._-]{2,24})\)"
)
_ADDED = re.compile(
    r"\b(?:add|remove|grant|give|unlock|disable|delete|move"
    r"|invite)[ ](?:user[ ])?(?P<a>[a-z][a-z0-9._]{2,24})"
    r"(?:,[ ]|[ ]and[ ])(?P<b>[a-z][a-z0-9._]{2,24})(?=[ ](?:to|from|in|on|access|as)\b)",
    re.IGNORECASE,
)


def _beside(text: str) -> list[Span]:
    """``Jean Moreau (jmoreau)``, and two logins side by side of which one shows itself."""
    spans = [
        Span(*match.span("x"), EntityType.USERNAME, 0.8, "user-bracketed")
        for match in _BRACKETED.finditer(text)
        if match["last"][:4].casefold() in match["x"].casefold()
    ]
    for match in _ADDED.finditer(text):
        if all(_is_login(match[name]) for name in "ab"):
            spans.extend(
                Span(*match.span(name), EntityType.USERNAME, 0.75, "user-added") for name in "ab"
            )
    return spans


_NEAR_MISS = re.compile(r"[a-z]+_[a-z]+_[a-z_]+")


def _is_login(name: str) -> bool:
    """``fmahmood``, ``stone74``, ``will.lindqvist``: what stands behind a word such as "user"."""
    return _is_user(name) and not _NEAR_MISS.fullmatch(name)


def _is_dotted_person(name: str) -> bool:
    first, _, last = name.partition(".")
    last = last.rstrip("0123456789")
    if len(first) == 1 or len(last) == 1:  # ``p.varga``, ``maria.g``; ``maria.c`` is a file
        name = last if len(first) == 1 else first
        return len(name) > 3 and last not in {"c", "h", "o"} and is_name(name)
    known = (is_given(first) or is_family(first)) and (is_given(last) or is_family(last))
    return known and (is_name(first) or is_name(last))


_RULES = (
    Rule(
        "service-account",
        EntityType.USERNAME,
        re.compile(
            r"(?<![\w.@/-])(?:svc|srv|sa|adm|admin|usr|bot|ext"
            r"|tmp)[_.-][a-z][a-z0-9]{2,20}(?:[._-][a-z0-9]{1,20})?(?![\w@-]|\.\w|/)"
        ),
        0.8,
        ("svc", "srv", "sa_", "sa-", "sa.", "adm", "usr", "bot", "ext", "tmp"),
        accept=lambda name: _is_service_account(name),
    ),
    Rule(
        "user-in-context",
        EntityType.USERNAME,
        re.compile(
            r"\b(?:user(?:[ -]?name|[ -]?id)?|login(?: name| id| as)?|logon(?: name| id"
            r"| as)?|log(?:ged|s)? in as|signed in as|samaccountname|upn"
            r"|account(?: name)?|acct|ad account|alias|handle|uid|run(?:ning|s)? as"
            r"|owned by|executed by|submitted by|job owner|"
            r"(?:pw|pwd|pass|passw(?:or)?d|mfa|2fa)(?: reset)?(?= for )|"
            r"same (?:rights|access|permissions|groups|setup) as|mirror|copy(?: rights"
            r"| access| permissions)? (?:of|from)|"
            r"(?:pushed|created|changed|modified|deleted|deployed|triggered|acknowledged"
            r"|resolved|handled|reviewed|reported|requested|logged|escalated|signed off"
            r"|committed"
            r"|approved|opened|closed|raised|merged|edited|started|run)"
            r" by|rights (?:as|of|from)|access like|unlock|disable|as user|su -|sudo -u|chown|id:)"
            rf"(?: is| was| for|:|=)?[ ]{{1,2}}[\"'`(]?(?P<x>{_USER})(?![\w@\\(]|-\w|:\w)",
            re.IGNORECASE,
        ),
        0.75,
        accept=_is_login,
    ),
    Rule(
        "user-assigned",
        EntityType.USERNAME,
        re.compile(
            rf"(?<![?&])(?<!&amp;)\b(?:user(?:[ _]?name|[ _]?id)?|login|uid|samaccountname"
            rf"|upn|accountname"
            rf"|account)[\"']?[ ]{{0,2}}[=:][ ]{{0,2}}[\"']?(?P<x>{_USER})"
            r"(?![\w@\\(.]|-\w)",
            re.IGNORECASE,
        ),
        0.75,
        accept=_is_login,
    ),
    Rule(
        "user-speaking",
        EntityType.USERNAME,
        re.compile(
            r"\b(?:I am|I'm|this is|my (?:user(?:name| id)?|login|id"
            r"|account) is)[ ](?P<x>[a-z][a-z0-9]*(?:[._][a-z0-9]+)+|[a-z]{3,20}\d{1,4}"
            r"|[a-z]{5,16}(?= (?:on|at|from) [A-Z]{2}))(?![\w@-]|\.\w)",
        ),
        0.8,
        accept=_is_login,
    ),
    Rule(
        "user-of-domain",
        EntityType.USERNAME,
        re.compile(
            r"(?<![\w\\:/.%-])(?P<x>[A-Za-z][A-Za-z0-9.-]{1,20}\\[A-Za-z][\w.$-]{1,31})(?![\w\\/])"
        ),
        0.8,
        ("\\",),
        accept=lambda name: _is_domain_user(name),
    ),
    Rule(
        "home-folder",
        EntityType.USERNAME,
        re.compile(
            r"(?:(?<![\w.])/(?:home|Users|u)/|[A-Za-z]:\\+(?:Users"
            r"|Documents and Settings)\\+|\\Users\\|(?<![\w/])~)"
            r"(?P<x>[A-Za-z][\w.-]{1,31})(?=[/\\\s\"'`,;:)]|$)",
        ),
        0.8,
        ("/home", "/users", "\\users", "/u/", "documents and", "~"),
        accept=lambda name: (
            name.lower() not in _NOBODY and not is_technical(name) and not is_common(name)
        ),
    ),
    Rule(
        "user-dotted",
        EntityType.USERNAME,
        re.compile(r"(?<![\w.@/\\-])[a-z]{1,15}\.[a-z]{1,20}\d{0,4}(?![\w@(.-])"),
        0.75,
        (".",),
        accept=_is_dotted_person,
    ),
    Rule(
        "employee-number",
        EntityType.EMPLOYEE_ID,
        re.compile(
            r"\b(?:staff|employee|personnel|payroll|badge|clock|worker|associate|colleague"
            r"|student|emp\.?|hr|contractor|crew|works|pay|personal|person|mitarbeiter|matricule|eid|pernr)"
            r"[ -]?(?:number|num|no\.?|id|#|nr\.?|code|card)?(?: is"
            r"| was)?[ :#=]{1,3}(?P<x>[A-Z]{0,4}-?\d{2,10}(?:-\d{2,8})?)(?![\w-]|\.\d)",
            re.IGNORECASE,
        ),
        0.85,
        accept=lambda value: sum(c.isdigit() for c in value) >= 3,
    ),
    Rule(
        "serial-number",
        EntityType.SERIAL_NUMBER,
        re.compile(
            r"(?:(?<![\w/])(?:S/N|SN|S/NR|svc[ -]?tag|Ser\.? ?No\.?"
            r"|serial(?:[ -]?(?:number|no\.?|num|nr\.?|#|code))?|service[ -]?tags?"
            r"|(?-i:ST)(?=:)|express service code"
            r"|asset(?:[ -]?(?:tag|id|number|no\.?))?|IMEI|MEID|ICCID|UDID|device id"
            r"|chassis(?: id| no\.?)?|seriennummer|VIN|inventory(?: tag| no\.?| number)?)"
            r"(?: is| was)?[ :#=]{1,3}(?:is )?)[\"'`(]?(?P<x>"
            r"(?=[A-Z0-9-]{0,24}\d)[A-Z0-9][A-Z0-9-]{3,24}[A-Z0-9])(?![\w-])",
            re.IGNORECASE,
        ),
        0.85,
        accept=lambda value: not re.fullmatch(r"[a-z-]+\d?|\d{1,3}", value),
    ),
    Rule(
        "serial-number-shape",
        EntityType.SERIAL_NUMBER,
        re.compile(
            r"(?:(?:(?<=\bST[ :])|(?<=\bST: ))(?=[A-Z]{0,6}\d)(?=\d{0,6}[A-Z])[A-Z0-9]{7}"
            r"|\bQ[2-9][A-Z0-9]{2}-[A-Z0-9]{4}-[A-Z0-9]{4})(?![\w-])"
        ),
        0.8,
    ),
    Rule(
        "serial-number-listed",
        EntityType.SERIAL_NUMBER,
        re.compile(
            r"\b(?:S/N|SN|serials?|service tags?|asset tags?)[ :]{1,2}[A-Z0-9-]{5,20}(?:,"
            r"| and)[ ](?P<x>(?=[A-Z]{0,12}\d)[A-Z0-9]{6,14})\b"
        ),
        0.8,
    ),
)


def _is_service_account(name: str) -> bool:
    prefix, rest = name[:3].lower(), re.split(r"[_.-]", name, maxsplit=1)[1]
    if prefix == "svc":
        return "_" in name or not is_common(rest)
    named = is_name(rest) or is_family(rest) or is_family(rest[1:])
    return named and not is_common(rest) and not is_technical(rest)


def _is_domain_user(name: str) -> bool:
    domain, _, user = name.partition("\\")
    if domain.lower() in (
        "nt",
        "builtin",
        "authority",
        "hklm",
        "hkcu",
        "hkey",
        "software",
        "files",
        "domain",
        "windows",
        "system32",
        "microsoft",
    ):
        return False
    if user.lower() in _NOBODY or is_common(user) or is_technical(user) or is_technical(domain):
        return False
    return domain.isupper() or any(char.isdigit() or char in "._" for char in user) or is_name(user)
