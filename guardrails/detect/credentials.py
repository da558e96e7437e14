"""Secrets that their own shape betrays: vendors' tokens, keys, JWTs, addresses with a login."""

# ruff: noqa: PLR2004 - lengths and counts that the line itself explains

from __future__ import annotations

import re
from itertools import pairwise

from guardrails.detect import tokens
from guardrails.detect.rule import Accept, Rule, run
from guardrails.spans import EntityType, Span

_START = r"(?<![A-Za-z0-9_])"


def find(text: str) -> list[Span]:
    """Return the secrets in ``text`` that need no context."""
    return run(_RULES, text)


def _rule(
    name: str,
    pattern: str,
    *needs: str,
    score: float = 0.95,
    flags: int = 0,
    accept: Accept | None = None,
) -> Rule:
    return Rule(name, EntityType.SECRET, re.compile(pattern, flags), score, needs, accept)


def _is_prefixed_token(token: str) -> bool:
    """``ghp_…``, ``dckr_pat_…``: a short lower-case prefix and a long tail that is no word."""
    tail = re.split(r"[_-]", token)[-1] if "_" in token else token.split("-", 1)[-1]
    digits = any(char.isdigit() for char in tail)
    return digits and tokens.is_random(tail, 16) and not _HASHED.match(token)


def _is_hyphened_token(token: str) -> bool:
    """``fio-u-…``: the same with hyphens; digests, and names with an id behind, are none."""
    tail = token.rsplit("-", 1)[1]
    return sum(map(str.isdigit, tail)) >= 3 and not tokens.is_hex(tail) and _is_scattered(tail)


def _is_dotted_token(token: str) -> bool:
    """``dt0c01.….…``: parts between dots, the longest of them scattered, none a plain word."""
    longest = max(re.split(r"[.+=]", token), key=len)
    return len(longest) >= 16 and not tokens.is_hex(longest) and _is_scattered(longest)


def _is_scattered(token: str) -> bool:
    mixed = sum(map(str.isdigit, token)) >= 3 and _turns(token) >= len(token) * 0.3
    return mixed and not tokens.is_uuid(token) and tokens.entropy(token) >= 3


_HASHED = re.compile(r"(?:sha|md5|sri|ssh|ecdsa)[\d_-]", re.IGNORECASE)


def _is_mixed(token: str) -> bool:
    """A run of upper, lower and digits, well mixed, that is no path, no name and no identifier."""
    if _HASHED.match(token) or tokens.is_uuid(token) or token.count("/") > 3:
        return False
    core = token.rstrip("=")
    mixed = tokens.classes(re.sub(r"[^A-Za-z0-9]", "", core)) == 3
    return (
        mixed
        and not tokens.is_wordy(core)
        and _turns(core) >= len(core) * 0.3
        and tokens.entropy(core) >= 3.7
    )


def _turns(token: str) -> int:
    """Count the changes between lower case, upper case and digits."""
    kinds = [1 if c.isdigit() else 2 if c.isupper() else 3 for c in token if c.isalnum()]
    return sum(a != b for a, b in pairwise(kinds))


_FORMATS = (
    r"gh[pousr]_[A-Za-z0-9]{16,255}|github_pat_\w{22,255}|gl[a-z]{2,6}-(?=[\w-]{0,64}\d)[\w-]{18,255}",
    (
        r"xox[a-z]-[\w-]{10,255}|xapp-[\w-]{10,255}|(?:sk|pk|rk|whsec)_(?:live|test"
        r"|prod)_\w{8,255}"
    ),
    r"sk-[A-Za-z0-9_-]{16,255}|(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|A3T[A-Z0-9])[A-Z0-9]{16}",
    r"AIza[\w-]{30,45}|ya29\.[\w-]{20,512}|GOCSPX-[\w-]{20,64}|1//0[\w-]{30,128}",
    r"npm_[A-Za-z0-9]{30,64}|pypi-[\w-]{30,512}|rubygems_[0-9a-f]{32,64}|oy2[a-z0-9]{43}",
    r"SG\.[\w-]{16,64}\.[\w-]{16,64}|(?:SK|AC|AP)[0-9a-f]{32}|key-[0-9a-zA-Z]{32,64}",
    r"NR[A-Z]{2}-[\w-]{10,64}|(?:eu01xx|[a-z]{2}\d{2}xx)?[0-9a-f]{30,40}NRAL",
    r"dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{30,128}|hv[sbr]\.[\w-]{20,255}",
    r"AGE-SECRET-KEY-1[A-Z0-9]{20,80}|[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{30,128}",
    r"A(?:TATT3|TCTT3|TBB)[\w=-]{16,255}|AKC[a-zA-Z0-9]{20,128}|cmVmd[A-Za-z0-9]{40,128}",
    (
        r"(?:sq0[a-z]{3}|shp[a-z]{2}|PMAK|xkeysib|sntry[su]|pat-[a-z]{2}\d|pul|EAAC|EZAK"
        r"|FLWSECK\w{0,6})"
        r"[-_][\w-]{16,255}|EAA[A-Za-z0-9]{20,255}|squ_[0-9a-f]{32,64}|dapi[0-9a-f]{32}(?:-\d)?"
    ),
    (
        r"(?:sk|pk|tk)\.eyJ[\w-]{10,255}\.[\w-]{10,255}|jina_\w{30,128}"
        r"|Z?AAAA[\w-]{7}:[\w-]{100,200}"
    ),
    (
        r"\$krb5[a-z0-9]{2,8}\$[^\s\"']{20,8192}|\$(?:2[abxy]|5|6|y|1"
        r"|apr1)\$[./A-Za-z0-9$,=]{20,255}"
    ),
    r"\$argon2(?:id|i|d)\$[^\s\"']{20,255}|\d{8,10}:AA[A-Za-z0-9_-]{33}",
    r"\{(?:SSHA|SHA|SMD5|CRYPT)\d{0,3}\}[A-Za-z0-9+/=]{16,255}",
    r"hf_[A-Za-z]{30,40}|api_org_[A-Za-z]{30,40}|[rsp]k_[A-Za-z]{24,64}|API-[A-Z0-9]{25,40}",
    r"ops_eyJ[\w+/=-]{40,4096}|fm[12][ar]?_[\w+/=,-]{40,4096}|A3(?:-[A-Z0-9]{5,6}){5,8}",
    r"s\.(?=[A-Za-z]{0,23}\d)[A-Za-z0-9]{24}(?![\w.])|v1\.0-[0-9a-f]{24}-[0-9a-f]{100,200}",
    r"(?:\d{6}-){7}\d{6}(?!\d)",  # BitLocker's recovery password: eight groups of six digits
)
_KNOWN = "|".join(_FORMATS)

_RULES = (
    _rule("secret-known-format", _START + rf"(?:{_KNOWN})"),
    _rule(
        "secret-jwt",
        r"(?<![A-Za-z0-9_.-])eyJ[\w-]{10,8192}(?:\.[\w-]{2,8192}){0,4}=*",
        "eyj",
    ),
    _rule(
        "secret-private-key",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:[^-]|-(?!----END)){0,20000}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?",
        "private key",
        score=1.0,
    ),
    _rule(
        "secret-private-key-base64",
        r"LS0tLS1CRUdJTi[A-Za-z0-9+/=\s]{40,20000}",
        "ls0tls1crudjti",
    ),
    _rule(
        "secret-in-address",
        r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://[^\s/:@\"'<>{}$]{0,100}:[^\s/\"'<>{}$]{1,200}@"
        r"(?:[\w.-]{1,200}(?::\d{2,5})?(?:,[\w.-]{1,200}(?::\d{2,5})?){0,8}(?:/\w{1,60})?)?",
        "://",
    ),
    _rule(
        "secret-key-in-address",
        r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://(?P<x>[A-Za-z0-9_-]{20,200})@",
        "://",
    ),
    _rule(
        "secret-webhook",
        r"\bhttps?://(?:[\w-]{1,60}\.){0,4}(?:hooks\.slack\.com/(?:services|workflows|triggers)"
        r"|discord(?:app)?\.com/api/webhooks|hooks\.zapier\.com/hooks"
        r"|outlook\.office(?:365)?\.com/webhook"
        r"|webhook\.office\.com|logic\.azure\.com|maker\.ifttt\.com|hooks\.[\w.-]{3,60}"
        r"|chat\.googleapis\.com/v1/spaces|api\.telegram\.org/bot|hook\.\w+\.make\.com"
        r"|webhook\.site|open\.(?:feishu|larksuite)\.\w+/open-apis/bot)[^\s\"'<>)\]]{6,400}",
        "webhook",
        "hook",
        "chat.googleapis",
        "telegram",
        "logic.azure",
        "ifttt",
        "open-apis",
        flags=re.IGNORECASE,
    ),
    _rule(
        "secret-signature-in-address",
        r"[?&;](?:sig|signature|X-Amz-Signature|X-Amz-Security-Token|access_token|token"
        r"|api_?key|key|code"
        r"|auth|secret|client_secret|password|pwd|apikey|appid"
        r"|sv_token)=(?P<x>[^\s&\"'<>#]{12,1024})",
        "?",
        "&",
        ";",
        flags=re.IGNORECASE,
        accept=tokens.is_random,
    ),
    _rule(
        "secret-client-id",
        r"\b(?P<x>\d{8,14}-[a-z0-9]{20,40})\.apps\.googleusercontent\.com",
        "googleusercontent",
        score=0.7,
    ),
    _rule(
        "secret-prefixed",
        _START + r"[a-z]{1,10}[a-z0-9]{0,4}(?:_[a-z0-9]{1,10}){0,2}_[A-Za-z0-9]{16,4096}"
        r"(?![A-Za-z0-9_]|\.[a-z])",
        "_",
        score=0.8,
        accept=_is_prefixed_token,
    ),
    _rule(
        "secret-hyphened",
        _START + r"[a-z]{1,8}(?:-[a-z0-9]{1,8}){0,2}-[A-Za-z0-9]{24,4096}(?![\w.-]\w)",
        "-",
        score=0.75,
        accept=_is_hyphened_token,
    ),
    _rule(
        "secret-dotted",
        r"(?<![\w+/=.:@#~%-])[A-Za-z0-9]{1,20}(?:[._][\w+=-]{4,512}){1,4}(?![\w.:/(-]\w)",
        ".",
        score=0.7,
        accept=_is_dotted_token,
    ),
    _rule(
        "secret-mixed",
        r"(?<![A-Za-z0-9_+/=.:@#~%-])(?<!\.\.)[A-Za-z0-9+/_-]{20,4096}={0,2}"
        r"(?![A-Za-z0-9_+/=@-]|\.\w|:/)",
        score=0.7,
        accept=_is_mixed,
    ),
)
