"""Output checks: links, commands and numbers that no source contains, and prompt injections obeyed.

Everything here reads redacted text. An item is *held* when a source contains it too; case and
spaces do not matter. An item that is held is never a finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from guardrails.findings import Finding, FindingKind
from guardrails.placeholders import ANY
from guardrails.sentences import at_every_stop

_PHONE_DIGITS = 9
_PART = rf"(?:{ANY}|[^\s<>()\[\]\"'`])"

_IMAGE = re.compile(r"!\[[^\]]*\]\s*[(\[]")
_HTML = re.compile(
    r"<\s*/?\s*(?:a|audio|base|embed|form|iframe|img|link|meta|object|script|source|style|svg|video)"
    r"\b[^>]*>?",
    re.IGNORECASE,
)
_LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s]*)")
_URL = re.compile(
    rf"\b(?:(?:https?|ftps?|sftp|file|smb)://|(?:data|javascript|mailto|tel|sms):|www\.){_PART}+"
    rf"|\b[a-z0-9-]+(?:\.[a-z0-9-]+)+/{_PART}+",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9-]{1,63}\.){1,4}(?:com|net|org|info|biz|co|io|app|dev|xyz|top|site|online"
    r"|shop|live|link|click|support|cloud|ru|cn|tk|uk|de|fr|nl|eu|us|ca|au|in|br|example|test)"
    r"(?![\w@-]|\.\w)",
    re.IGNORECASE,
)
"""A bare domain without a scheme or a path, which mail readers turn into a link."""
_CODE = re.compile(r"```[^\n`]*\n(.*?)```|(`+)([^`\n]+)\2", re.DOTALL)
_COMMAND = re.compile(
    r"\b(?:sudo|rm|chmod|chown|curl|wget|powershell|pwsh|cmd|reg|netsh|ipconfig|ifconfig|nslookup"
    r"|diskpart|sfc|dism|chkdsk|gpupdate|schtasks|wmic|taskkill|systemctl|apt|apt-get|yum|pip|npm"
    r"|docker|kubectl|ssh|scp|msiexec|regsvr32|rundll32|certutil|bcdedit|vssadmin|icacls|takeown"
    r"|iwr|iex|regedit)\b(?:[ \t]+[^\s,;]+)?"
    r"|\b(?:Add|Clear|Disable|Enable|Get|Invoke|New|Remove|Restart|Set|Start|Stop)-[A-Z]\w+"
    r"|\b(?:git|helm|oc|mysql|psql|redis-cli|terraform|ansible|aws|az|gcloud|crontab|mount|umount|mv|cp"
    r"|iptables|useradd|userdel|usermod|passwd|kill|killall|service|openssl|tar|dnf|nc|ncat)[ \t]+"
    r"(?:[\w./:-]+[ \t]+){0,2}-{1,2}\w+|\b(?:mkfs\.\w+|dd[ \t]+(?:if|of)=\S+)"
    r"|\b(?:del|erase|format|rmdir|rd|shutdown|attrib|net[ \t]+\w+)[ \t]+(?:[/-]\w+|[A-Za-z]:\S*)"
)
_PATH = re.compile(
    r"\b[A-Za-z]:\\[^\s\"'<>|]*|\\\\[\w.$-]+\\[^\s\"'|]+|\bHK(?:LM|CU|CR|EY_\w+)\\[^\s\"'|]+"
    r"|(?<![\w/.:>])(?:~|/(?:etc|usr|var|opt|home|root|tmp|bin|dev|mnt|srv|Library|Users))"
    r"(?:/[\w.@+-]+)+"
)
_NUMBER = re.compile(r"(?<![\w.-])\+?\(?\d[\d\s().-]{6,}\d(?![\w-])")
_DIALLED = re.compile(
    r"\b(?:call|dial|phone|ring|text|whatsapp|sms|fax)\b[^.!?\n\d]{0,30}?"
    r"(?P<number>\+?\d[\d -]{2,}\d)",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./]\d{2,4}.*")

_OWN_VOICE = re.compile(
    r"\b(?:system prompt|developer mode|my (?:hidden |system )?(?:instructions|prompt)"
    r"|(?:ignor|disregard|forgett?)\w* (?:(?:all|any|the|my|your) )*"
    r"(?:previous|prior|above|earlier) (?:instructions?|rules?|messages?)"
    r"|as an? (?:AI|large language model|language model)"
    r"|I (?:have been|was|am) (?:instructed|told|asked) (?:to|not to))\b"
    r"|<\|[a-z_]+\|>|\[/?INST\]|<<SYS>>|[⟦⟧]",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\b(?:answer|append|add|begin|end|finish|include|insert|output|print|repeat|reply|respond|say"
    r"|sign|start|write)\b",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"\b(?:ignore|disregard|forget|instead|exactly|only|assistant|AI|bot|language model|always"
    r"|instructions?|every (?:answer|reply|response)|you must"
    r"|the (?:phrase|word|words|text|string|code))\b",
    re.IGNORECASE,
)
_PAYLOAD = re.compile(
    "[\"“'‘`]([^\"”'’`\n]{3,160})[\"”'’`]|\\b([A-Z][A-Z0-9_-]{3,})\\b(?!>)|\\b(https?://\\S+)"
)


@dataclass(frozen=True, slots=True)
class _Check:
    kind: FindingKind
    pattern: re.Pattern[str]
    note: str
    held: Callable[[re.Match[str], str], bool]


def check_output(text: str, *, saw: str, sources: str) -> list[Finding]:
    """Return the findings in ``text``, an answer to ``saw`` that may rest on ``sources`` only."""
    flat = _flat(sources)
    found = [
        Finding(check.kind, match.start(), _end(match), check.note, blocks=True)
        for check in _CHECKS
        for match in check.pattern.finditer(text)
        if not check.held(match, flat)
    ]
    return [*found, *_obeyed(text, saw, sources)]


def _obeyed(text: str, saw: str, sources: str) -> Iterator[Finding]:
    """Yield where ``text`` says what a prompt injection in ``saw`` asks for."""
    said = text.casefold()
    harmless = _flat(" ".join(each for each in _sentences(sources) if not _is_order(each)))
    for sentence in filter(_is_order, _sentences(saw)):
        for match in _PAYLOAD.finditer(sentence):
            payload = next(group for group in match.groups() if group)
            at = said.find(payload.casefold())
            if at != -1 and _flat(payload) not in harmless:
                note = "It does what a sentence of the ticket or of a passage asks for."
                yield Finding(FindingKind.INSTRUCTION, at, at + len(payload), note, blocks=True)


def _is_order(sentence: str) -> bool:
    return bool(_ORDER.search(sentence) and _ADDRESSED.search(sentence))


def _sentences(text: str) -> list[str]:
    """Return the sentences, each with the marks after its stop, which may close a quotation."""
    starts = [start for start, _ in at_every_stop(text)]
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()


def _end(match: re.Match[str]) -> int:
    return match.start() + len(match[0].rstrip(".,;:!? \t\n"))


def _whole(match: re.Match[str], sources: str) -> bool:
    return _flat(match[0].rstrip(".,;:!?")) in sources


def _target(match: re.Match[str], sources: str) -> bool:
    return bool(match[1]) and _flat(match[1]) in sources


def _lines(match: re.Match[str], sources: str) -> bool:
    code = match[1] if match[1] is not None else match[3]
    return all(_flat(line) in sources for line in code.splitlines())


def _digits(match: re.Match[str], sources: str) -> bool:
    digits = re.sub(r"\D", "", match[0])
    if len(digits) < _PHONE_DIGITS or _DATE.fullmatch(match[0].strip()):
        return True
    known = [re.sub(r"\D", "", each[0]) for each in _NUMBER.finditer(sources)]
    return any(digits in number or number in digits for number in known)


def _dialled(match: re.Match[str], sources: str) -> bool:
    digits = re.sub(r"\D", "", match["number"])
    return re.search(r"[ -]*".join(digits), sources) is not None


def _never(match: re.Match[str], sources: str) -> bool:
    del match, sources
    return False


_CHECKS = (
    _Check(FindingKind.EXFILTRATION, _IMAGE, "An image is fetched when it is shown.", _never),
    _Check(FindingKind.EXFILTRATION, _HTML, "A tag can fetch or send when it is shown.", _never),
    _Check(FindingKind.EXFILTRATION, _LINK, "No source holds the address of this link.", _target),
    _Check(FindingKind.EXFILTRATION, _URL, "No source holds this address.", _whole),
    _Check(FindingKind.EXFILTRATION, _SITE, "No source holds this address.", _whole),
    _Check(FindingKind.UNSUPPORTED, _CODE, "No source holds this piece of code.", _lines),
    _Check(FindingKind.UNSUPPORTED, _COMMAND, "No source holds this command.", _whole),
    _Check(FindingKind.UNSUPPORTED, _PATH, "No source holds this path.", _whole),
    _Check(FindingKind.UNSUPPORTED, _NUMBER, "No source holds this number.", _digits),
    _Check(FindingKind.UNSUPPORTED, _DIALLED, "No source holds this number.", _dialled),
    _Check(FindingKind.INSTRUCTION, _OWN_VOICE, "It mentions its own instructions.", _whole),
)
