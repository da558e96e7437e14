"""Network identity: addresses of machines, their names, and e-mail."""

# ruff: noqa: PLR2004, PLW0108 - the checks stand below the table; lengths and counts that the line itself explains

from __future__ import annotations

import ipaddress
import re

from guardrails.detect.lexicon import words
from guardrails.detect.rule import Rule, run, words_before
from guardrails.spans import EntityType, Span

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"


def find_network(text: str) -> list[Span]:
    """Return e-mail, IP and MAC addresses, host names and customers' web addresses in ``text``."""
    spans = [*run(_RULES, text), *_addresses(text), *_web(text)]
    return [*spans, *_mail_domains(text, spans)]


def _is_mac(text: str) -> bool:
    digits = re.sub(r"[^0-9A-Fa-f]", "", text)
    return len(digits) == 12 and len(set(digits.lower())) > 1


_ROLE = (
    r"SRV|SVR|SERVER|DC|ADC|RODC|FILE|FS|SQL|DB|APP|WEB|PRT|PRN|PRINT|HV|ESX|ESXI|NAS|SAN"
    r"|FW|SW|RTR|MAIL|EXCH|EX|BKP"
    r"|BACKUP|RDS|TS|VPN|VDI|CTX|SCCM|WSUS|DHCP|DNS|PROXY|LAB|KIOSK|MON|LOG|VM|NODE|HOST"
)
_KIND = (
    r"LT|LAPTOP|LAP|DT|DESKTOP|PC|WS|WKS|WIN|NB|NBK|MBP|MAC|IMAC|TAB|VM|SRV|SVR|RDP|THIN"
    r"|KIOSK|CLIENT|PRN|PRT|SURFACE"
    r"|NOTEBOOK|WORKSTATION|COMP|LNX|TC|POS"
)
_NO_HOST = re.compile(
    r"(?:ISO|UTF|CVE|KB|INC|CHG|REQ|TKT|RFC|SHA|AES|RSA|RS|USB|HTTP|HTTPS|TLS|SSL|MD|PCI"
    r"|IEEE|EN|BS|X|A|B|C|MS|SR|PR|PRB"
    r"|RITM|CTASK|TASK|BUG|JIRA|GPO|IBM|WIN32|CRC|ANSI|IPV|COVID|PMR|APAR)-.*",
)

_PROVIDERS = "|".join(
    re.escape(domain)
    for domain in (
        "atlassian.net my.salesforce.com lightning.force.com jfrog.io zendesk.com freshdesk.com "
        "freshservice.com service-now.com okta.com oktapreview.com auth0.com onmicrosoft.com "
        "sharepoint.com slack.com blob.core.windows.net file.core.windows.net database.windows.net "
        "vault.azure.net azurecr.io azurewebsites.net snowflakecomputing.com cloud.databricks.com "
        "myworkday.com bamboohr.com itglue.com myshopify.com webex.com zoom.us statuspage.io "
        "pagerduty.com splunkcloud.com grafana.net elastic-cloud.com visualstudio.com netsuite.com "
        "halopsa.com topdesk.net hostedrmm.com screenconnect.com"
    ).split()
)
"""Where a customer's own name stands before the provider's."""
_EVERYBODYS = re.compile(
    r"(?:www|support|help|docs?|developers?|api|status|login|signin|account|accounts|community|blog"
    r"|go|get|hooks|app|apps|my|portal|id|admin|marketplace|cdn|static|download|downloads|trust|cloud"
    r"|learn|training|test|demo|example|your-?\w*|my-?(?:company|org|site|tenant|app|domain|instance)|company|tenant|contoso|fabrikam|us\d*"
    r"|eu\d*|us-\w+|eu-\w+)\.",
    re.IGNORECASE,
)

_RULES = (
    Rule(
        "email",
        EntityType.EMAIL_ADDRESS,
        re.compile(
            r"(?<![\w.+%/-])[\w.+%'-]{1,64}(?:\[at\]|\(at\)|@)"
            rf"(?:{_LABEL}\.){{1,8}}[A-Za-z][A-Za-z-]{{1,23}}(?![\w@])",
        ),
        0.95,
        ("@", "[at]", "(at)"),
        accept=lambda mail: not mail.startswith(("git@", "noreply@github")),
    ),
    Rule(
        "email-quoted",
        EntityType.EMAIL_ADDRESS,
        re.compile(r"\"[^\"\n@]{1,64}\"@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}"),
        0.9,
        ('"@',),
    ),
    Rule(
        "mac",
        EntityType.MAC_ADDRESS,
        re.compile(
            r"(?<![\w:.-])(?:[0-9A-Fa-f]{2}(?P<s>[:-])(?:[0-9A-Fa-f]{2}(?P=s)){4}[0-9A-Fa-f]{2}"
            r"|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![\w-]|:[0-9A-Fa-f])",
        ),
        0.95,
        accept=_is_mac,
    ),
    Rule(
        "mac-in-context",
        EntityType.MAC_ADDRESS,
        re.compile(
            r"\b(?:MAC|hardware|physical|BSSID|ethernet)(?: address| addr| id)?[ :=#(]{1,4}(?:is )?"
            r"(?P<x>[0-9A-Fa-f]{12})\b",
            re.IGNORECASE,
        ),
        0.9,
        accept=_is_mac,
    ),
    Rule(
        "hostname-shape",
        EntityType.HOSTNAME,
        re.compile(
            rf"(?<![\w.-])(?:(?:{_KIND})\d{{0,3}}-[A-Z0-9]{{2,15}}(?:-[A-Z0-9]{{1,12}}){{0,3}}"
            rf"|[A-Z]{{2,6}}\d{{0,3}}-(?:[A-Z0-9]{{2,8}}-)?(?:{_ROLE})(?:-?[A-Z]{{0,6}}\d{{1,4}})?"
            rf"(?:-[A-Z0-9]{{1,8}}){{0,2}}|[A-Z]{{2,6}}-[A-Z]{{2,8}}-[A-Z]{{2,8}}0\d{{1,3}}|[A-Z]{{2,5}}-[A-Z]{{1,3}}-\d{{3,6}})(?![\w-])",
        ),
        0.85,
        accept=lambda name: any(c.isdigit() for c in name) and not _NO_HOST.fullmatch(name),
    ),
    Rule(
        "hostname-in-context",
        EntityType.HOSTNAME,
        re.compile(
            r"\b(?:host ?name|host|machine|server|computer|laptop|desktop|workstation|pc"
            r"|device|node|endpoint|box|isolate|reboot"
            r"|rdp (?:in)?to|ssh (?:in)?to|remote (?:in)?to|log(?:ged)? on to|ping"
            r"|printer queue|joined|rename)"
            r"(?: name)?(?: is| was|:"
            r"|=)?[ ]{1,2}[\"'`]?(?P<x>[A-Za-z][A-Za-z0-9]{1,12}-[A-Za-z0-9-]{2,24}[0-9]"
            r"|[A-Z]{3,12}\d{2,6}|"
            r"[a-z]{2,10}-?\d{2,4}|(?:adfs|idp|dc|sql|fs|web|app|mail|mx|ns|proxy|print|prn|nas|esx"
            r"|hv|radius|relay|jump|vpn|ldap|rds|sccm|wsus)\d)(?![\w.-]\w)",
            re.IGNORECASE,
        ),
        0.75,
        accept=lambda name: _is_host(name),
    ),
    Rule(
        "hostname-internal",
        EntityType.HOSTNAME,
        re.compile(
            rf"(?:(?<![\w@./\\-])|(?<=://))(?:{_LABEL}\.){{1,6}}(?:corp|internal|intranet|intra|local"
            rf"|lan|ad|priv|private|home|office)"
            rf"(?:\.{_LABEL}){{0,4}}(?![\w-])",
            re.IGNORECASE,
        ),
        0.85,
        ("corp", "int", "local", "lan", ".ad", "priv", "home", "office"),
        accept=lambda name: _is_internal(name),
    ),
    Rule(
        "hostname-role",
        EntityType.HOSTNAME,
        re.compile(
            r"(?<![\w@./\\-])(?:fs|file|sql|db|print|prn|prt|mail|mx|dc|ad|srv|web|app|vpn"
            r"|ns|ex|exch|proxy|ldap|nas|host|node|vm"
            r"|esx|esxi|hv|rds|ts|bkp|backup|fw|sw|ap|ftp|sftp|dev|test|prod|intranet|erp"
            r"|crm|sip|pbx|wsus|sccm)-?\d{1,4}"
            rf"\.(?:{_LABEL}\.){{1,5}}[a-z]{{2,12}}(?![\w-])",
            re.IGNORECASE,
        ),
        0.85,
        accept=lambda name: _is_internal(name),
    ),
    Rule(
        "hostname-numbered",
        EntityType.HOSTNAME,
        re.compile(
            r"(?<![\w.-])(?:SRV|SVR|SQL|HV|ESX|ESXI|NAS|CTX|RDS|VDI|WKS|WS|KIOSK|PRN|PRT|EXCH|LT|NB"
            r"|LAPTOP|PC|MBX|DAG)-?\d{1,3}(?![\w-]|\.\d)"
        ),
        0.75,
    ),
    Rule(
        "hostname-short",
        EntityType.HOSTNAME,
        re.compile(
            r"(?<![\w@./\\-])(?:fs|file|dc|sql|srv|svr|db|web|app|prt|print|mail|exch|rds"
            r"|ts|hv|esx|nas|vpn|bkp|host|node)"
            r"-?0\d{1,2}(?![\w.-]\w|\w)",
            re.IGNORECASE,
        ),
        0.75,
        ("0",),
    ),
    Rule(
        "hostname-of-site",
        EntityType.HOSTNAME,
        re.compile(
            r"https?://(?P<x>(?:erp|sso|owa|webmail|autodiscover|remote|vpn|intranet|crm"
            r"|adfs|payroll|citrix|exchange|extranet)\d{0,2}\."
            rf"(?:{_LABEL}\.){{1,4}}[a-z]{{2,12}})(?![\w.])",
            re.IGNORECASE,
        ),
        0.7,
        ("://",),
        accept=lambda name: _is_internal(name),
    ),
    Rule(
        "hostname-at-provider",
        EntityType.HOSTNAME,
        re.compile(
            r"(?<![\w@.-])(?P<x>[a-z0-9][a-z0-9-]{1,62}(?:\.[a-z0-9-]{1,63})?\."
            rf"(?:{_PROVIDERS}))(?![\w-]|\.\w)",
            re.IGNORECASE,
        ),
        0.75,
        accept=lambda name: not _EVERYBODYS.match(name),
    ),
    Rule(
        "unc-host",
        EntityType.HOSTNAME,
        re.compile(r"(?<![\w\\:])\\\\(?P<x>[A-Za-z0-9][\w.-]{1,62})(?=\\|\s|$)"),
        0.9,
        ("\\\\",),
        accept=lambda name: name.lower() not in _EVERY_SERVER,
    ),
    Rule(
        "share-host",
        EntityType.HOSTNAME,
        re.compile(
            r"\b(?:smb|cifs|nfs|rdp|vnc|ldaps?|ssh"
            r"|sftp)://(?:[^\s@/]{1,64}@)?(?P<x>[A-Za-z0-9][\w.-]{1,100})"
        ),
        0.8,
        ("smb:", "cifs:", "nfs:", "rdp:", "vnc:", "ldap", "ssh:", "sftp:"),
        accept=lambda name: _is_internal(name) or "." not in name,
    ),
)

_EVERY_SERVER = frozenset(
    {
        "server",
        "servername",
        "localhost",
        "hostname",
        "computer",
        "host",
        "fileserver",
        "fqdn",
        "device",
    }
)
_CLUSTER = re.compile(
    r"(?:\.cluster\.local|\.svc|\.svc\.\w+|\.k8s\.io|\.local\.\w+|\.(?:py|js|ts|json|ya?ml"
    r"|md|html?|conf|cfg|ini|sh|txt|log|xml"
    r"|service|socket|exe|dll|go|rb|php|java|so|jar|lock))$",
    re.IGNORECASE,
)


_PACKAGE = re.compile(r"(?:org|com|net|io|java|javax|edu|sun|de|uk)\.[a-z]")
"""``org.eclipse.core.internal``: code writes a domain backwards."""


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
    return not re.fullmatch(
        r"(?:v|port|vlan|rack|windows|win|http|ip|ipv|sha|md|usb|exit|rc|error|code|part"
        r"|step)-?\d+",
        name,
        re.IGNORECASE,
    )


_V4 = re.compile(r"(?<![\w.:/-])(?<!\d,)(?:\d{1,3}\.){3}\d{1,3}(?P<net>/\d{1,2})?(?![\w]|\.\d)")
_V6 = re.compile(
    r"(?<![\w:.])(?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{3,39}(?:\.\d{1,3}){0,3}(?:%\w{1,15})?"
    r"(?P<net>/\d{1,3})?(?![\w:])"
)
_VERSION_BEFORE = re.compile(
    r"(?:(?:upgrad|updat|migrat|install|downgrad|patch)\w*(?: to| from| with)?"
    r"|\bv|version|ver\.?|firmware|release|build|driver|patch|update|fix ?pack|fp|bios"
    r"|agent|client)[ :=]*$"
)
_ADDRESS_BEFORE = re.compile(
    r"(?:\bips?|address|addr|host|ping|server|dns|gateway|from|to|peer|src|dst|@)[ :=]*(?:is )?$"
)
_NETWORK_BEFORE = re.compile(r"(?:netmask|subnet mask|mask|wildcard)[ :=]*$")
_ANYWHERE = frozenset({"0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1"})  # noqa: S104 - text to look for, nothing binds to it


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
    """Tell whether ``value`` is one machine's address: no range, mask, loopback or version."""
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
    """Four small numbers are a fix level, ``7.1.1.2``, far oftener than an address."""
    parts = [int(part) for part in value.split(".")]
    return 1 <= parts[0] < 10 and max(parts) <= 50


def _is_range(value: str) -> bool:
    """``10.1.0.0/16`` is a range; ``10.1.2.3/16`` is a machine, with its mask told."""
    try:
        ipaddress.ip_network(value, strict=True)
    except ValueError:
        return False
    return not value.endswith(("/32", "/128"))


_SITE = re.compile(
    rf"(?<![\w@.-])https?://(?P<host>(?>(?:{_LABEL}\.){{1,6}}[A-Za-z]{{2,24}}))(?>"
    rf"(?::\d{{2,5}})?/?)(?![\w/?#&=%+~:-]|\.\w)",
    re.IGNORECASE,
)
_WWW = re.compile(
    rf"(?<![\w@./-])www\.(?:{_LABEL}\.){{1,5}}[A-Za-z]{{2,24}}/?(?![\w/])", re.IGNORECASE
)
_SITE_CONTEXT = re.compile(
    r"(?:website|web site|homepage|domain|site|url|shared files with you|our (?:page"
    r"|portal)|company)[ :]*(?:is |at |name )?[ ]*$"
)
_DOMAIN = re.compile(
    rf"\b(?:domain|tenant|website|web site)(?: name)?(?: is"
    rf"|:)?[ ]{{1,2}}(?P<x>(?:{_LABEL}\.){{1,4}}[A-Za-z]{{2,12}})(?![\w/-])",
    re.IGNORECASE,
)


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
    """The domain of an e-mail address seen here is its owner's wherever else it stands."""
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
