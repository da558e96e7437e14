"""Recognizers of network identifiers: IP and MAC addresses, host names, e-mail addresses."""

# ruff: noqa: PLR2004 - the checks follow the table; lengths and counts that the line itself explains

from __future__ import annotations

import ipaddress
import re

from guardrails.detect.lexicon import words
from guardrails.detect.rule import run, words_before
from guardrails.detect.table import load
from guardrails.spans import EntityType, Span

_TABLE = load("network")
_LABEL = _TABLE.fragment("label")
_NO_HOST = _TABLE.pattern("no_host")
_NUMBERED_THING = _TABLE.pattern("numbered_thing")
_EVERYBODYS = _TABLE.pattern("everybodys")
_EVERY_SERVER = _TABLE.words("every_server")
_CLUSTER = _TABLE.pattern("cluster")
_PACKAGE = _TABLE.pattern("package")
_V4 = _TABLE.pattern("v4")
_V6 = _TABLE.pattern("v6")
_VERSION_BEFORE = _TABLE.pattern("version_before")
_ADDRESS_BEFORE = _TABLE.pattern("address_before")
_NETWORK_BEFORE = _TABLE.pattern("network_before")
_ANYWHERE = _TABLE.words("anywhere")
_SITE = _TABLE.pattern("site")
_WWW = _TABLE.pattern("www")
_DOMAIN = _TABLE.pattern("domain")


def find_network(text: str) -> list[Span]:
    """Return e-mail, IP and MAC addresses, host names and customers' web addresses in ``text``."""
    spans = [*run(RULES, text), *_addresses(text), *_web(text)]
    return [*spans, *_mail_domains(text, spans)]


def _is_mac(text: str) -> bool:
    digits = re.sub(r"[^0-9A-Fa-f]", "", text)
    return len(digits) == 12 and len(set(digits.lower())) > 1


"""``org.eclipse.core.internal``: a package name, which is a reversed domain."""


def _is_internal(name: str) -> bool:
    lowered = name.lower()
    if _PACKAGE.match(name):
        return False
    if _CLUSTER.search(name) or lowered.startswith(("localhost", "example.", "www.")):
        return False
    return not any(
        lowered == known or lowered.endswith("." + known) for known in words("public_domains")
    )


def _is_host(name: str) -> bool:
    if not any(char.isdigit() for char in name) or _NO_HOST.fullmatch(name.upper()):
        return False
    return not _NUMBERED_THING.fullmatch(name)


def _addresses(text: str) -> list[Span]:
    spans: list[Span] = []
    for pattern in (_V4, _V6):
        for match in pattern.finditer(text):
            net = match["net"]
            end = match.end() - len(net or "")
            if _is_address(text[match.start() : end], net, words_before(text, match.start(), 20)):
                spans.append(Span(match.start(), end, EntityType.IP_ADDRESS, 0.9, "ip"))
    return spans


def _is_address(value: str, net: str | None, before: str) -> bool:
    """Return whether ``value`` is one machine's address: no range, mask, loopback or version."""
    value = value.partition("%")[0].rstrip(":") if value.count(":") > 2 else value
    try:
        address = ipaddress.ip_address(value)
        ranged = net is not None and _is_range(value + net)
    except ValueError:
        return False
    if str(address) in _ANYWHERE or address.is_multicast or address.is_unspecified or ranged:
        return False
    if address.version == 6:
        return any(char.isdigit() for char in value) and (value.count(":") == 7 or "::" in value)
    if value.startswith(("255.", "0.", "127.")) or value.split(".")[0].startswith("0"):
        return False
    if _VERSION_BEFORE.search(before) or _NETWORK_BEFORE.search(before):
        return False
    return not _is_version(value) or _ADDRESS_BEFORE.search(before) is not None


def _is_version(value: str) -> bool:
    """Four small numbers such as ``7.1.1.2`` are a version much more often than an address."""
    parts = [int(part) for part in value.split(".")]
    return 1 <= parts[0] < 10 and max(parts) <= 50


def _is_range(value: str) -> bool:
    """``10.1.0.0/16`` is a range; ``10.1.2.3/16`` is a machine with its mask."""
    try:
        ipaddress.ip_network(value, strict=True)
    except ValueError:
        return False
    return not value.endswith(("/32", "/128"))


def _web(text: str) -> list[Span]:
    """A bare site may be a customer's; one with a path is a page that someone was pointed to."""
    spans: list[Span] = []
    for match in _SITE.finditer(text):
        host = match["host"]
        if not _is_public(host) and text[max(0, match.start() - 2) : match.start()] != "](":
            spans.append(Span(match.start(), match.end(), EntityType.URL, 0.7, "site"))
    for pattern, group in ((_WWW, 0), (_DOMAIN, "x")):
        for match in pattern.finditer(text):
            start, end = match.span(group)
            if not _is_public(text[start:end].rstrip("/")):
                spans.append(Span(start, end, EntityType.URL, 0.7, "site"))
    return spans


def _is_public(host: str) -> bool:
    lowered = host.lower().removeprefix("www.")
    if lowered.startswith(("example.", "localhost")) or _CLUSTER.search(lowered):
        return True
    return any(
        lowered == known or lowered.endswith("." + known) for known in words("public_domains")
    )


def _mail_domains(text: str, spans: list[Span]) -> list[Span]:
    """The domain of an e-mail address in the text belongs to a customer wherever else it occurs."""
    domains = {
        text[span.start : span.end].rpartition("@")[2].lower()
        for span in spans
        if span.type is EntityType.EMAIL_ADDRESS
    }
    owned = sorted(re.escape(domain) for domain in domains if not _is_public(domain))
    if not owned:
        return []
    pattern = rf"(?<![\w@.-])(?:{_LABEL}\.){{0,3}}(?:{'|'.join(owned)})(?![\w-]|\.\w)"
    return [
        Span(*match.span(), EntityType.URL, 0.8, "mail-domain")
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]


RULES = _TABLE.rules(
    {
        "customers-own": lambda name: not _EVERYBODYS.match(name),
        "host": _is_host,
        "internal": _is_internal,
        "internal-or-short": lambda name: _is_internal(name) or "." not in name,
        "mac": _is_mac,
        "mailbox": lambda mail: not mail.startswith(("git@", "noreply@github")),
        "numbered": lambda name: any(c.isdigit() for c in name) and not _NO_HOST.fullmatch(name),
        "server": lambda name: name.lower() not in _EVERY_SERVER,
    }
)
