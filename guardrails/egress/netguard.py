"""The backstop under the egress gate: this process connects only to registered addresses.

An audit hook sees every connect, every datagram and every look-up of a name that Python code makes.
It stays for the life of the process. Listening and Unix sockets are not affected. Compiled code can
bypass it, which is why ``scripts/prove_network.py`` watches the system calls instead.
"""

from __future__ import annotations

import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import NoReturn, cast

from guardrails.errors import GateClosed

_LOCAL_NAMES = frozenset({"", "localhost"})
_INTERNET = frozenset({socket.AF_INET, socket.AF_INET6})


class _Guard:
    """The state of the hook. There is one per process, because an audit hook cannot be removed."""

    def __init__(self) -> None:
        self.installed = False
        self.places: set[tuple[str, int]] = set()
        self.registered: dict[str, frozenset[tuple[str, int]]] = {}
        self.resolved: dict[tuple[str, int], set[tuple[str, int]]] = {}
        self.refused: Counter[str] = Counter()

    def hook(self, event: str, args: tuple[object, ...]) -> None:
        if event.startswith("socket.") and event in _HANDLERS:
            _HANDLERS[event](self, event, args)

    def all_places(self) -> set[tuple[str, int]]:
        return self.places.union(*self.registered.values())

    def allows(self, place: tuple[str, int]) -> bool:
        """Return whether a place is allowed, or an allowed name was resolved to it."""
        allowed = self.all_places()
        return place in allowed or any(
            place in numbers for name, numbers in self.resolved.items() if name in allowed
        )

    def connect(self, event: str, args: tuple[object, ...]) -> None:
        address = args[1]
        if cast("socket.socket", args[0]).family not in _INTERNET or not isinstance(address, tuple):
            return
        host, port = cast("tuple[str, int]", address[:2])
        if not self.allows((_plain(host), port)):
            self.refuse(event)

    def look_up(self, event: str, args: tuple[object, ...]) -> None:
        host = _text(args[0])
        known = {name for name, _ in self.all_places()}
        if host not in _LOCAL_NAMES and not _is_number(host) and host not in known:
            self.refuse(event)

    def backwards(self, event: str, args: tuple[object, ...]) -> None:
        host = args[0]
        if isinstance(host, tuple):
            host = cast("tuple[object, ...]", host)[0]
        if not _is_loopback(_text(host)):
            self.refuse(event)

    def refuse(self, event: str) -> NoReturn:
        self.refused[event] += 1
        raise GateClosed(
            "A part of the program tried to reach an address that is not registered.",
            todo="If the connection is intended, register the destination; otherwise, report it.",
        )


def install(allowed: Iterable[tuple[str, int]] = ()) -> None:
    """Refuse every address except ``allowed`` from now on; call it again to allow more."""
    for host, port in allowed:
        allow(host, port)
    if not _guard.installed:
        _guard.installed = True
        socket.getaddrinfo = _remembering(socket.getaddrinfo)
        for name in ("connect", "connect_ex", "sendto", "sendmsg"):
            setattr(socket.socket, name, _naming(name, getattr(socket.socket, name)))
        sys.addaudithook(_guard.hook)


def allow(host: str, port: int) -> None:
    """Allow one more address: a host name or number, and a port."""
    _guard.places |= _names(host, port)


def only(owner: str, places: Iterable[tuple[str, int]]) -> None:
    """Allow exactly ``places`` for ``owner``: what was allowed for it before is refused again."""
    allowed = (_names(host, port) for host, port in places)
    _guard.registered[owner] = frozenset[tuple[str, int]]().union(*allowed)


def attempts() -> dict[str, int]:
    """Return how often each kind of call was refused since the process began."""
    return dict(sorted(_guard.refused.items()))


def _remembering(look_up: Callable[..., list[_Info]]) -> Callable[..., list[_Info]]:
    """Allow the IP addresses that an allowed name resolves to."""

    def getaddrinfo(host: object, port: object, *rest: int, **named: int) -> list[_Info]:
        found = look_up(host, port, *rest, **named)
        name = _text(host)
        for info in found:
            number, service = info[4][0], info[4][1]
            if isinstance(service, int) and (name, service) in _guard.all_places():
                found_at = _guard.resolved.setdefault((name, service), set())
                found_at.add((_plain(str(number)), service))
        return found

    return getaddrinfo


def _naming(name: str, method: Callable[..., object]) -> Callable[..., object]:
    """Check a host name before it is resolved; at connect, the hook sees only the IP address."""

    def call(sock: socket.socket, *args: object) -> object:
        address = args[-1] if args else None
        if sock.family in _INTERNET and isinstance(address, tuple):
            _guard.look_up(f"socket.{name}", cast("tuple[object, ...]", address))
        return method(sock, *args)

    return call


def _names(host: str, port: int) -> set[tuple[str, int]]:
    if _plain(host) == "localhost":
        return {("localhost", port), ("127.0.0.1", port), ("::1", port)}
    return {(_plain(host), port)}


_Address = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
_Info = tuple[socket.AddressFamily, socket.SocketKind, int, str, _Address]


def _text(host: object) -> str:
    if isinstance(host, (bytes, bytearray)):
        host = host.decode("ascii", "replace")
    return _plain(host) if isinstance(host, str) else ""


def _plain(host: str) -> str:
    return host.strip("[]").rstrip(".").casefold()


def _is_number(host: str) -> bool:
    try:
        ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host in _LOCAL_NAMES or (_is_number(host) and ip_address(host).is_loopback)


_guard = _Guard()
_HANDLERS: dict[str, Callable[[_Guard, str, tuple[object, ...]], None]] = {
    "socket.connect": _Guard.connect,
    "socket.sendto": _Guard.connect,
    "socket.sendmsg": _Guard.connect,
    "socket.getaddrinfo": _Guard.look_up,
    "socket.gethostbyname": _Guard.look_up,
    "socket.gethostbyaddr": _Guard.backwards,
    "socket.getnameinfo": _Guard.backwards,
}
