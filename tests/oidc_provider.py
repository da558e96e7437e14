"""An OpenID Connect provider on loopback, whose tokens and documents a test can spoil."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "quietdesk"
SECRET = "a client's secret"


class OidcProvider:
    """Logs ``subject`` in at once; ``claims`` and ``sign`` let a test spoil the ID token."""

    def __init__(self) -> None:
        self.subject, self.login, self.groups = "s-1", "olga@corp.example", ["helpdesk"]
        self.claims: Callable[[dict[str, Any]], dict[str, Any]] = dict
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        self.sign: Callable[[dict[str, Any]], str] = self._signed
        self.document: Callable[[dict[str, Any]], dict[str, Any]] = dict
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def authorize(self, url: str) -> dict[str, str]:
        """Do what the provider's page does; return the query that the browser comes back with."""
        query = {name: some[0] for name, some in parse_qs(urlsplit(url).query).items()}
        code = secrets.token_urlsafe(8)
        self._codes[code] = query
        return {"state": query["state"], "code": code}

    def _signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)

    def _token(self, form: dict[str, str], auth: str) -> tuple[int, dict[str, Any]]:
        asked = self._codes.pop(form.get("code", ""), None)  # a code counts once
        right = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or auth != f"Basic {right}":
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "preferred_username": self.login,
            "groups": self.groups,
        }
        return 200, {"id_token": self.sign(self.claims(claims)), "token_type": "Bearer"}

    def _known(self) -> dict[str, Any]:
        return self.document(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                if self.path == "/.well-known/openid-configuration":
                    return self._say(200, provider._known())
                if self.path == "/keys":
                    return self._say(200, {"keys": [provider.key.as_dict(private=False)]})
                if self.path.startswith("/authorize"):
                    back = provider.authorize(self.path)
                    query = parse_qs(urlsplit(self.path).query)
                    self.send_response(302)
                    self.send_header("location", f"{query['redirect_uri'][0]}?{urlencode(back)}")
                    self.send_header("content-length", "0")
                    self.end_headers()
                    return None
                return self._say(404, {})

            def do_POST(self) -> None:
                provider.asked.append(self.path)
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                form = {name: some[0] for name, some in parse_qs(body).items()}
                self._say(*provider._token(form, self.headers.get("authorization", "")))

            def _say(self, status: int, found: dict[str, Any]) -> None:
                body = json.dumps(found).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's
                pass

        return Handler
