"""Where entries of the register are: their origin, and whether that is this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

from assistant.errors import BadInput
from assistant.model import ModelEntry, ModelKind

IN_PROCESS = "http://in-process.invalid"
"""The origin of a model in this process: a name that RFC 2606 reserves."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS = {"http": 80, "https": 443, "postgresql": 5432}


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL, without a user and a password."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def origin_of_model(entry: ModelEntry) -> str:
    """Return the origin of a model."""
    return IN_PROCESS if entry.kind is ModelKind.GGUF else origin_of(entry.where)


def on_this_machine(origin: str) -> bool:
    """Return whether an origin is the provider's own: loopback, or in this process."""
    return origin == IN_PROCESS or urlsplit(origin).hostname in _LOOPBACK


def endpoint(origin: str) -> tuple[str, int] | None:
    """Return host and port of an origin, None for one that needs no connection."""
    parts = urlsplit(origin)
    if origin == IN_PROCESS or not parts.hostname or parts.scheme not in _PORTS:
        return None
    return parts.hostname, parts.port or _PORTS[parts.scheme]


def must_be_a_url(url: str, what: str) -> None:
    """`BadInput` unless ``url`` is an http or https URL with a host and no user in it."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadInput(f"{what} begins with http:// or https:// and has a host.")
    if parts.username or parts.password or parts.fragment:
        raise BadInput(f"{what} holds no user, password or fragment.")
