"""TLS on the wire: the page under a real certificate, and what plain HTTP is refused."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Generator
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode

from cryptography import x509

from assistant.bootstrap import Home
from assistant.errors import BadInput
from assistant.model import Role
from assistant.settings import Settings
from eval.certificate import self_signed
from eval.evidence.control import Control, Off, Seen, same
from eval.evidence.switches import of_ui
from eval.evidence.twin import PASSWORD, Twin
from guardrails.clock import utc_now

_NAME = "desk.test"
_STRANGER = "203.0.113.7"
"""A browser elsewhere: an address for documentation (RFC 5737)."""

_SECONDS = 20
_SPOKEN = "TLS 1.2 and 1.3 are spoken, each with the page's certificate"
_FLOOR = "a version below the settings' oldest is spoken"
_PLAIN = "plain HTTP is answered where a certificate is set"
_COOKIE = "a login's cookie is of this host and of TLS alone"
_HSTS = "browsers are told to come by TLS from now on"
_OUT = "the page is served over plain HTTP to other machines"
_HOP = "the page is served over plain HTTP to a proxy on another machine"
_BROWSER = "status for a browser that came to the proxy over plain HTTP"
_NAMED = "status for a request that asks for another name"


def _transport(twin: Twin) -> Generator[Seen]:
    certificate, key = self_signed(twin.folder / "tls", _NAME)
    files = {"tls_certificate": certificate, "tls_key": key}
    with twin.doors.page(twin.home, _settings(twin, **files)) as port:
        old, new = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
        spoken = [_version(port, certificate, each, each) for each in (old, new)]
        yield same(_SPOKEN, "TLSv1.2 TLSv1.3", " ".join(spoken))
        yield same(_PLAIN, expected=False, found=bool(_status(port)))
        cookie, strict = _logged_in(twin, port, certificate)
        yield same(_COOKIE, expected=True, found=cookie)
        yield same(_HSTS, expected=True, found=strict)
    with twin.doors.page(twin.home, _settings(twin, **files, tls_minimum="1.3")) as port:
        yield same(_FLOOR, "", _version(port, certificate, old, old))
    yield from _plain(twin)


def _plain(twin: Twin) -> Generator[Seen]:
    """Try what the page may do without a certificate."""
    proxy = {"trusted_proxies": "127.0.0.1", "hosts": _NAME}
    out = {"host": "0.0.0.0"}  # noqa: S104 - to be refused; the door listens on loopback
    yield same(_OUT, expected=False, found=_is_served(twin, **out))
    hop = _is_served(twin, **out, **proxy, tls_by_proxy=True)
    yield same(_HOP, expected=not twin.rules.security.tls, found=hop)
    with twin.doors.page(twin.home, _settings(twin, **proxy)) as port:
        reported = {"x-forwarded-for": _STRANGER, "x-forwarded-proto": "http"}
        yield same(_BROWSER, 403, _status(port, reported))
        yield same(_NAMED, 400, _status(port, {"host": "evil.test"}))


def _settings(twin: Twin, **changes: object) -> Settings:
    return twin.home.settings.model_copy(update=changes)


def _is_served(twin: Twin, **changes: object) -> bool:
    try:
        with twin.doors.page(twin.home, _settings(twin, **changes)):
            return True
    except BadInput:
        return False


def _trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def _version(port: int, certificate: Path, least: ssl.TLSVersion, most: ssl.TLSVersion) -> str:
    """Return the version that a client of these gets, nothing without an answer."""
    context = _trusting(certificate)
    context.minimum_version, context.maximum_version = least, most
    call = HTTPSConnection("127.0.0.1", port, context=context, timeout=_SECONDS)
    try:
        call.connect()
        return str(call.sock.version())
    except OSError:
        return ""
    finally:
        call.close()


def _status(port: int, headers: dict[str, str] | None = None) -> int:
    """Return the status of the login page over plain HTTP, 0 without an answer."""
    call = HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        call.request("GET", "/login", headers=headers or {})
        return call.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        call.close()


def _logged_in(twin: Twin, port: int, certificate: Path) -> tuple[bool, bool]:
    """Log in under TLS; return whether the cookie is bound, and whether TLS is asked for."""
    call = HTTPSConnection("127.0.0.1", port, context=_trusting(certificate), timeout=_SECONDS)
    form = urlencode({"login": twin.login(Role.AGENT), "password": PASSWORD})
    headers = {"origin": f"https://127.0.0.1:{port}"}
    try:
        call.request("POST", "/login", form, headers)
        answer = call.getresponse()
    except (OSError, HTTPException):
        return False, False
    finally:
        call.close()
    cookie = answer.headers.get("set-cookie", "")
    bound = cookie.startswith("__Host-") and "secure" in cookie.lower()
    return bound, "strict-transport-security" in answer.headers


def _watch(home: Home, slug: str) -> Generator[Seen]:
    settings, tls = home.settings, home.policy(slug).rules.security.tls
    out = settings.tls_certificate is None and not _local(settings.host)
    allowed = settings.tls_by_proxy and not tls
    yield same(_OUT, expected=False, found=out and not allowed)
    if settings.tls_certificate is not None:
        yield same("the certificate is in force", expected=True, found=_in_force(settings))


def _local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _in_force(settings: Settings) -> bool:
    assert settings.tls_certificate is not None
    try:
        found = x509.load_pem_x509_certificates(settings.tls_certificate.read_bytes())[0]
    except (OSError, ValueError):
        return False
    return found.not_valid_before_utc <= utc_now() <= found.not_valid_after_utc


CONTROLS = (
    Control(
        "transport.tls",
        "The page is served under TLS, and plain HTTP only on this machine.",
        _transport,
        _watch,
        {
            "certificate": Off(of_ui("certificate"), _PLAIN),
            "version floor": Off(of_ui("version floor"), _FLOOR),
            "listening": Off(of_ui("listening"), _OUT),
            "border": Off(of_ui("border"), _BROWSER),
            "cookie prefix": Off(of_ui("cookie prefix"), _COOKIE),
        },
    ),
)
