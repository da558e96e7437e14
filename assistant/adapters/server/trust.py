"""Which certificates of servers are trusted."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import httpx

from assistant.errors import BadInput

_CA_FILE = "QUIETDESK_MODEL_CA_FILE"


def trust(authorities: Path | None) -> ssl.SSLContext:
    """Return how certificates are checked: by the system's and Mozilla's authorities, and ours.

    ``authorities`` is a PEM file; `BadInput` when it cannot be used. OpenSSL reads SSL_CERT_FILE
    and SSL_CERT_DIR by itself.
    """
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    configured = (("SSL_CERT_FILE", os.environ.get("SSL_CERT_FILE")), (_CA_FILE, authorities))
    for name, file in configured:
        if not file:
            continue
        try:
            context.load_verify_locations(file)
        except (OSError, ssl.SSLError):
            raise BadInput(
                f"{file} holds no certificates that can be read.", todo=f"Set {name} to a PEM file."
            ) from None
    return context
