"""Secrets that their name betrays: ``key = value`` in every notation, flags, headers, vendor words.

One scan looks for a word such as ``password`` or ``token``; from there the rest of the identifier,
the separator and the value are read forwards, each of bounded length, so the scan stays linear.
"""

# ruff: noqa: PLR2004 - lengths and counts that the line itself explains

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.detect import tokens
from guardrails.detect.lexicon import is_common
from guardrails.spans import EntityType, Span


def find(text: str) -> list[Span]:
    """Return the secrets in ``text`` that stand behind a name, a flag or a header."""
    spans = [span for word in _WORD.finditer(text) for span in _after_name(text, word)]
    spans.extend(_matches(text))
    spans.extend(_lone_values(text))
    return spans


_SOFT = r"token|secret|key|private|access|credentials?|creds|cred|sid|auth|crumb|login|bearer"
_HARD = (
    r"passw(?:or)?d|passwort|passphrase|passcode|password|pwd|mot de passe|contraseña"
    r"|kennwort|passwd"
    r"|\bpass|userpass|\bpw\b|\bpsk\b|(?<=db_)pw\b|(?<=_)pass\b|apikey|appkey|clave|senha|lozinka"
)
_WORD = re.compile(rf"(?P<hard>{_HARD})|(?P<soft>{_SOFT})", re.IGNORECASE)
_TAIL = re.compile(r"[\w-]{0,30}")
_HARMLESS_TAIL = re.compile(
    r"""[_-]?(?:s$|name|ref|id$|ids$|file|path|len|size|pol|typ|ttl|expir|exp$|url|uri|endpoint|min|max
      |age|day|count|field|label|manag|stor|rotat|vers|usage|state|reset|chang|prompt|hint|rule|less
      |protect|valid|check|format|hash_?alg|algorithm|length|words?$|board|pair|chain|cloak|stone
      |ring|spec|space|map|frame|gen$|gen-|bucket|scan|tab|code$|ed$|ized?$|iz|or$|entic|ation|ing$
      |attempt|fail|error|lock|update|sync|arn|alias|metadata|fingerprint|selector|s?_dir
      |enabled)""",
    re.VERBOSE | re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"""["'\])}]{0,3}\s{0,20}(?P<how>=>|:=|==|!=|->|=|:(?!:)|,(?=\s{0,2}["'])|\|)\s{0,4}
        (?:(?:String|str|string)\()?(?P<open>\\?["'`]|[bru]["'](?=\S))?
      | (?P<space>[ \t]{1,3})(?P<quoted>["'])(?=[^"'\n]{3,80}["'])""",
    re.VERBOSE,
)
_XML = re.compile(
    r"""["']?\s{0,3}(?:>\s{0,3}|["']?\s{0,3}value\s{0,3}=\s{0,3}["'])(?P<x>[^<"'\s]{3,200})"""
)
_BARE = re.compile(
    r"(?:[ \t]{1,4}(?:is[ \t])?|-|[ \t]{0,2}x[ \t]|#)?[\"']?(?P<x>[A-Za-z0-9+/_.~-]{10,4096}={0,2})"
)
_VALUE = re.compile(r"[^\s\"'<>,;()\[\]{}|]{1,4096}|[<\[{][^\s]{0,80}|\$\{?[\w.]{0,60}\}?")
_WHITESPACE = frozenset(" \t\n\r")


def _after_name(text: str, word: re.Match[str]) -> Iterator[Span]:
    hard = word["hard"] is not None
    begin = word.end()
    tail_match = _TAIL.match(text, begin)
    tail = tail_match[0] if tail_match else ""
    at = begin + len(tail)
    glued = bool(tail) and tail[0].islower() and text[begin - 1].islower()
    harmless = glued or _HARMLESS_TAIL.match(tail) is not None
    if harmless and not _WORD.search(tail) and not tokens.is_random(tail.lstrip("-_"), 12):
        return
    if separator := _SEPARATOR.match(text, at):
        yield from _assigned(text, separator, hard, word)
    elif hard and (xml := _XML.match(text, at)):
        yield from _made(xml.start("x"), xml.end("x"), text, hard)
    if bare := _BARE.match(text, begin):
        yield from _juxtaposed(text, bare, word)


def _assigned(  # noqa: PLR0911 - each notation ends where it fails
    text: str, separator: re.Match[str], hard: bool, word: re.Match[str]
) -> Iterator[Span]:
    """Read what stands behind ``=``, ``:``, ``=>`` … and yield it if it is a value."""
    start = separator.end()
    how = separator["how"] or " "
    if quote := separator["open"] or separator["quoted"]:
        end = _closing(text, start, quote[-1])
        value = text[start:end]
        if not value.strip() or len(value) < 2 or "\n" in value or _is_no_value(value):
            return
        if how == " " and not (hard and not is_common(value)):
            return
        if hard or tokens.is_random(value, 8) or tokens.classes(value) >= 3:
            if how == "," and not _is_env(text, word.start()) and not tokens.is_random(value, 10):
                return
            if " " in value and not hard:
                return
            yield Span(start, end, EntityType.SECRET, 0.85, "secret-assigned")
        return
    if how == ",":
        return
    found = _VALUE.match(text, start)
    if found is None:
        return
    crossed_line = "\n" in text[separator.start() : start]
    yield from _unquoted(text, start, found.end(), hard, how, crossed_line)


def _unquoted(
    text: str, start: int, end: int, hard: bool, how: str, crossed_line: bool
) -> Iterator[Span]:
    value = text[start:end].rstrip(".,;:" if how == ":" else ",;")
    end = start + len(value)
    if crossed_line and not (hard and tokens.is_passwordish(value)):
        return
    if not value or _is_no_value(value):
        return
    if hard and how in ("=", ":=", "=>", "->") and len(value) >= 3:
        dotted = value.isidentifier() and text[end : end + 1] in (".", "(", "[")
        if not dotted and not (value.isdigit() and len(value) < 4):
            yield Span(start, end, EntityType.SECRET, 0.8, "secret-assigned")
        return
    if hard and how in (":", "|", "==") and (tokens.is_passwordish(value) or _ends_line(text, end)):
        announced = not value.isalpha() or not value.islower() or not _is_remark(text, start, end)
        if len(value) >= 4 and announced:
            yield Span(start, end, EntityType.SECRET, 0.8, "secret-assigned")
        return
    long_hex = len(value) >= 24 and tokens.is_hex(value)
    if long_hex or (tokens.is_random(value, 12) and not tokens.is_wordy(value)):
        yield Span(start, end, EntityType.SECRET, 0.8, "secret-assigned")


def _juxtaposed(text: str, bare: re.Match[str], word: re.Match[str]) -> Iterator[Span]:
    """A name, then at once a long token: ``sendbird key 123abc…``, ``d7networkSECRET abc…``."""
    start, end = bare.span("x")
    value = text[start:end].rstrip(".-")
    end = start + len(value)
    joined = start == word.end()
    least = 20 if joined or word[0].lower() in ("auth", "login", "access", "key") else 12
    if tokens.is_random(value, least) and not tokens.is_wordy(value) and not _is_no_value(value):
        if value[0] in "./" or value.count("/") > 3:
            return
        if tokens.is_hex(value) and _names_a_digest(text, word.start()):
            return
        yield Span(start, end, EntityType.SECRET, 0.75, "secret-named")


def _made(start: int, end: int, text: str, hard: bool) -> Iterator[Span]:
    value = text[start:end]
    if _is_no_value(value) or is_common(value):
        return
    if hard or tokens.is_random(value, 12):
        yield Span(start, end, EntityType.SECRET, 0.8, "secret-assigned")


def _closing(text: str, start: int, quote: str) -> int:
    """Return where the quoted value ends: at its quote, the line's end, or 500 characters on."""
    at = start
    limit = min(len(text), start + 500)
    while at < limit and text[at] != quote and text[at] != "\n":
        at += (
            2
            if text[at] == "\\" and at + 1 < limit and text[at + 1] == quote and quote != "'"
            else 1
        )
    return min(at, limit)


def _is_no_value(value: str) -> bool:
    value = value.strip("'\"`")
    return (
        tokens.is_placeholder(value)
        or tokens.is_reference(value)
        or value.startswith(("sha256:", "sha512:", "arn:", "ssh-rsa", "ssh-ed25519", "SHA256:"))
        or "{{" in value
        or "${" in value
    )


def _is_env(text: str, at: int) -> bool:
    return "env" in text[max(0, at - 60) : at].lower()


def _ends_line(text: str, at: int) -> bool:
    return at >= len(text) or text[at] in "\r\n" or text[at : at + 3].strip() in ("", '"', "'", "`")


_REMARKS = frozenset(
    """required optional expired incorrect invalid wrong empty unknown missing changed reset failed
denied
    accepted rejected files file systemd login text string hidden see same ok error must enter
    type use
    this that you your click choose select set here there below above via none""".split()
)


def _is_remark(text: str, start: int, end: int) -> bool:
    """Tell whether a lower-case word behind ``password:`` begins a remark and is no password."""
    return text[start:end] in _REMARKS or not _ends_line(text, end)


def _names_a_digest(text: str, at: int) -> bool:
    line = text[text.rfind("\n", 0, at) + 1 : at].lower()
    return any(word in line for word in ("commit", "sha", "md5", "digest", "public", "checksum"))


_HEADERS_AND_FLAGS = re.compile(
    r"""(?:(?<![\w-])(?:Bearer|Basic|Digest|Negotiate|ApiKey|Api-Token|SharedKey|GenieKey
    |Token)[ \t]{1,4}
          (?:token=)?["']?(?P<header>[^\s"'<>,;]{12,4096})
      | (?<![\w-])(?:-p|-P|-pw|-a|--pass(?:word)?|--token|--api-?key|--secret|--auth|--key|--passwd
          |--client-secret|--access-token|/p:|/pass(?:word)?:|-Password|-AsPlainText)
          (?:[ \t=]{1,4}|(?<=:))["']?(?P<flag>[^\s"']{4,512})
      | (?<![\w-])(?:-u|--user|--userpass
      |-U)[ \t=]{1,4}["']?(?P<user>[^\s"':${<]{1,100}:[^\s"'${<]{3,200})
      | (?<![\w.-])[\w.-]{0,40}(?:session|sess|auth|remember)[\w.-]{0,20}
          =(?P<cookie>[\w%+/~-]{20,4096})
      | \bIDENTIFIED[ ]BY[ ]["'](?P<sql>[^"'\n]{3,200})
      | ConvertTo-SecureString[ ](?:-String[ ])?["'](?P<posh>[^"'\n$]{3,200})
      | \b(?:NetworkCredential|DirectoryEntry|PSCredential|basic_auth|BasicAuth|HTTPBasicAuth
      |HttpBasicAuth|auth)
          [ ]?[(=]\(?[ ]?(?:\s{0,20}["'][^"'\n]{1,80}["'],\s{0,20}){1,2}
          ["'](?P<pair>[^"'\n]{3,120})["']
      | \bnet[ ]use[ ][^\n]{1,120}?/user:\S{1,80}[ ](?P<net>[^\s/]{4,120})
      | \bsshpass[ ]-p[ ]?["']?(?P<sshpass>[^\s"'$]{3,120})
      )""",
    re.VERBOSE | re.IGNORECASE,
)
_LOGIN_COMMAND = re.compile(
    r"login|mysql|psexec|smb|sshpass|redis-cli|curl|wget|plink|pscp|ftp|rdesktop|xfreerdp"
    r"|mongo|sqlcmd|docker"
    r"|podman|helm|mount|ldap|htpasswd|cmdkey|runas|keytool|openssl",
    re.IGNORECASE,
)


def _matches(text: str) -> Iterator[Span]:
    for match in _HEADERS_AND_FLAGS.finditer(text):
        kind = match.lastgroup
        if kind is None:
            continue
        start, end = match.span(kind)
        value = text[start:end]
        if tokens.is_placeholder(value) or (kind != "posh" and tokens.is_reference(value)):
            continue
        if kind == "flag" and not _is_flag_value(text, match, value):
            continue
        if kind == "cookie" and (tokens.is_uuid(value) or not tokens.is_random(value, 20)):
            continue
        if kind == "header" and not (tokens.is_random(value, 12) or len(value) >= 30):
            continue
        yield Span(start, end, EntityType.SECRET, 0.9, f"secret-{kind}")


def _is_flag_value(text: str, match: re.Match[str], value: str) -> bool:
    """``-p`` means much: a password where the line logs in and the value is no port or path."""
    if value.startswith("-"):
        return False
    line_start = text.rfind("\n", 0, match.start()) + 1
    logs_in = _LOGIN_COMMAND.search(text, line_start, match.start()) is not None
    random = tokens.is_random(value, 16)
    if match[0].startswith("--"):
        announced = tokens.is_passwordish(value) or not is_common(value)
        return random or (announced and "=" not in value)
    if re.match(r"\d+:\d+|\d+$|[A-Za-z]:|/", value):
        return random
    named = _NAMED_USER.search(text, line_start, match.start()) is not None
    return random or (logs_in and (named or tokens.is_passwordish(value)))


_LONE = re.compile(
    r"""^[ \t>"'`]{0,8}(?:(?P<name>[A-Za-z][\w.:-]{1,40})["'\]]{0,2}
        (?:[ ]x)?[ \t]{0,3}[=: ][ \t]{0,3}["'`]?)?
        (?P<x>[A-Za-z0-9+/_.~!*^%@#&-]{18,4096}={0,2})["'`,;]{0,3}[ \t]*\r?$""",
    re.VERBOSE | re.MULTILINE,
)
_STAMP = re.compile(r"[\d.:/TZ+-]+")
_NOT_SECRET_NAMES = re.compile(
    r"commit|sha|md5|etag|digest|hash|checksum|rev|tree|parent|object|index|uuid|guid|id$"
    r"|_id|fingerprint|merge"
    r"|version|image|ref|trace|span|request|session_?id|correlation|serial|build|file|name"
    r"|host|url|path|http",
    re.IGNORECASE,
)


_NAMED_USER = re.compile(
    r"(?:psexec|plink|winexe|sqlcmd|docker login|podman login).{1,200}?\s-u[ ]?\S", re.IGNORECASE
)


def _lone_values(text: str) -> Iterator[Span]:
    """A line that holds a random token and at most one word before it: ``wandb 3f9c…``."""
    for match in _LONE.finditer(text):
        name, value = match["name"], match["x"]
        if name is None and (tokens.is_hex(value) or tokens.is_uuid(value)):
            continue
        if name is not None and (_NOT_SECRET_NAMES.search(name) or is_common(name)):
            continue
        digits = sum(char.isdigit() for char in value)
        if (
            digits < 3
            or tokens.is_wordy(value)
            or _is_no_value(value)
            or "..." in value
            or "--" in value
        ):
            continue
        plain = value.count(".") <= 2 and value.count("/") <= 2 and value.count("-") <= 6
        if plain and tokens.is_random(value, 18) and not _STAMP.fullmatch(value):
            yield Span(*match.span("x"), EntityType.SECRET, 0.65, "secret-lone")
