"""Where and how `serve` may listen: under TLS, behind a proxy that terminates it, or locally.

Plain HTTP is for this machine alone. Whoever must reach the page from elsewhere comes under TLS,
which is ours, or that of a reverse proxy that the settings name.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from assistant.errors import BadInput
from assistant.settings import Settings
from ui.loopback import is_loopback
from ui.tls import Tls

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Border:
    """What a request must fulfil: ``hosts`` are the names it may ask for, ``*.`` before a domain.

    ``proxies`` are the addresses and networks whose forwarded headers are used.
    """

    hosts: frozenset[str]
    proxies: tuple[str, ...]

    def allows(self, host: str) -> bool:
        """Return whether a request may ask for ``host``, a name or address without its port."""
        below = f"*.{host.partition('.')[2]}"
        return host in self.hosts or below in self.hosts


def make_border(settings: Settings, tls: Tls | None) -> Border:
    """Return what requests must fulfil. `BadInput` when the settings let plain HTTP off loopback.

    The names are those of the settings, else those of the certificate; loopback's are among them.
    """
    proxies = _proxies(settings)
    if tls is None and not is_loopback(settings.host):
        _must_have_proxy(settings, proxies)
    hosts = frozenset(map(_name, _listed(settings.hosts)))
    if not hosts and proxies:
        raise BadInput(
            "The names by which browsers open the page through the proxy are not set.",
            todo="Set QUIETDESK_HOSTS, such as desk.example.com; more than one with commas.",
        )
    if not hosts and tls is not None:
        hosts = tls.certificate.names
    return Border(hosts | LOCAL | {settings.host.lower()}, proxies)


def must_hold(settings: Settings, tls: Tls | None, wanted_by: Sequence[str]) -> None:
    """`BadInput` when plain HTTP would leave this machine though tenants' policies ask for TLS."""
    if tls is None and wanted_by and not is_loopback(settings.host):
        raise BadInput(
            f"{settings.host} can be reached by other machines over plain HTTP, and the policy of "
            f"{', '.join(wanted_by)} asks for TLS on the wire.",
            todo="Set QUIETDESK_TLS_CERTIFICATE and QUIETDESK_TLS_KEY, or listen on 127.0.0.1 "
            "behind a proxy on this machine.",
        )


def _must_have_proxy(settings: Settings, proxies: Sequence[str]) -> None:
    where = f"{settings.host} can be reached by other machines"
    if not settings.tls_by_proxy:
        raise BadInput(
            f"{where}, and no TLS is set, so the page was not served.",
            todo="Set QUIETDESK_TLS_CERTIFICATE and QUIETDESK_TLS_KEY, or QUIETDESK_TLS_BY_PROXY=1 "
            "where a proxy terminates TLS, or QUIETDESK_HOST=127.0.0.1.",
        )
    if not proxies:
        raise BadInput(
            f"{where}, and the proxy that terminates TLS is not named, so the page was not served.",
            todo="Set QUIETDESK_TRUSTED_PROXIES to the address of the proxy.",
        )


def _proxies(settings: Settings) -> tuple[str, ...]:
    """Return the addresses and networks of the proxies; a name or ``*`` would trust anybody."""
    found = _listed(settings.trusted_proxies)
    for each in found:
        try:
            ipaddress.ip_network(each)
        except ValueError:
            raise BadInput(
                f"QUIETDESK_TRUSTED_PROXIES has {each!r}, which is no address and no network.",
                todo="Give addresses such as 127.0.0.1, or networks such as 10.1.2.0/28.",
            ) from None
    return found


def _name(given: str) -> str:
    """Return the name or address of ``given`` as a browser would ask for it, without a port."""
    try:
        name = urlsplit(f"//{given}").hostname
    except ValueError:
        name = None
    if name is None:
        raise BadInput(
            f"QUIETDESK_HOSTS has {given!r}, which is no name and no address.",
            todo="Give names such as desk.example.com or *.example.com.",
        )
    return name


def _listed(value: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in value.split(",") if each.strip())
