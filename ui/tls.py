"""TLS of the page: a certificate that can be renewed without a pause, and the oldest version."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from assistant.errors import BadInput
from assistant.settings import Settings

_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2: forward secrecy and authenticated encryption only. Those of 1.3 all have both."""

_SOON = timedelta(days=21)
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


@dataclass(frozen=True, slots=True)
class Certificate:
    """The names that a certificate is for, DNS names and addresses, and its last moment (UTC)."""

    names: frozenset[str]
    ends: datetime

    def trouble(self, now: datetime) -> str | None:
        """Return a warning if it has ended or ends within three weeks."""
        if self.ends - now > _SOON:
            return None
        when = "ended" if self.ends <= now else "ends"
        return f"Warning: the certificate {when} on {self.ends:%Y-%m-%d}; renew it."


class Tls:
    """The certificate of a running server. New connections get the newest one that was read."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._newest = _context(settings)
        self.context = _context(settings)
        # OpenSSL calls this for each connection, also for one that names no host
        self.context.sni_callback = self._with_newest
        self.certificate = _certificate(_path(settings.tls_certificate))

    def read_again(self) -> None:
        """Use the files as they are now. `BadInput` when they do not fit; the old one stays."""
        newest, certificate = _context(self._settings), _certificate(self._file)
        self._newest, self.certificate = newest, certificate

    @property
    def _file(self) -> Path:
        return _path(self._settings.tls_certificate)

    def _with_newest(
        self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext
    ) -> None:
        connection.context = self._newest


def make_tls(settings: Settings) -> Tls | None:
    """Return the TLS of the settings, None without a certificate. `BadInput` for a bad one."""
    if settings.tls_certificate is None and settings.tls_key is None:
        return None
    if settings.tls_certificate is None or settings.tls_key is None:
        raise BadInput(
            "A certificate and its key are needed for TLS, and one of them is not set.",
            todo="Set both QUIETDESK_TLS_CERTIFICATE and QUIETDESK_TLS_KEY.",
        )
    return Tls(settings)


def _context(settings: Settings) -> ssl.SSLContext:
    certificate, key = _path(settings.tls_certificate), _path(settings.tls_key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = VERSIONS[settings.tls_minimum]
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.set_ciphers(_CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key, _password(settings))
    except ssl.SSLError as error:
        raise BadInput(
            f"The certificate and its key cannot be used ({error.reason or 'unreadable'}).",
            todo="Give the PEM files of one certificate with its chain, and of its key. A key with "
            "a password needs QUIETDESK_TLS_KEY_PASSWORD.",
        ) from None
    except OSError as error:
        raise BadInput(
            f"The certificate or its key cannot be read: {error.strerror}.",
            todo="Check QUIETDESK_TLS_CERTIFICATE and QUIETDESK_TLS_KEY.",
        ) from None
    return context


def _password(settings: Settings) -> Callable[[], str]:
    """Return the password of the key; without one OpenSSL would ask on the terminal."""
    given = settings.tls_key_password
    return lambda: given.get_secret_value() if given else ""


def _path(path: Path | None) -> Path:
    assert path is not None, "both files are set, or neither"
    return path


def _certificate(path: Path) -> Certificate:
    """Read the first certificate of a PEM file that OpenSSL has accepted."""
    found = x509.load_pem_x509_certificates(path.read_bytes())[0]
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return Certificate(frozenset(), found.not_valid_after_utc)
    addresses = (str(each) for each in names.get_values_for_type(x509.IPAddress))
    domains = (each.lower() for each in names.get_values_for_type(x509.DNSName))
    return Certificate(frozenset((*domains, *addresses)), found.not_valid_after_utc)
