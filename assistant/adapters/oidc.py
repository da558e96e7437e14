"""Logging in through an OpenID Connect provider: authorization code with PKCE, no token kept.

Requests go to the issuer's origin alone, without redirects and without a proxy of the environment.
What a login needs between its two steps is kept in memory, once, for a few minutes.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import httpx

from assistant.errors import BadInput, NotPermitted, Trouble
from assistant.settings import Settings
from guardrails.clock import Clock

_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures with a public key; ``none`` and shared secrets are not among them."""

_LEEWAY_S = 60
_PATIENCE = timedelta(minutes=10)
_TIMEOUT_S = 10.0
_MOST_BYTES = 262_144
_MOST_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Provider:
    """An issuer, and this program as it is registered there; a public client has no ``secret``."""

    issuer: str
    client_id: str
    secret: str
    redirect_url: str
    scopes: str = "openid profile email"
    groups_claim: str = "groups"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the issuer says has logged in; ``subject`` is unique there, ``login`` is only a name."""

    issuer: str
    subject: str
    login: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Started:
    """A login that began: the ``url`` at the issuer, and the ``ticket`` that its browser keeps."""

    url: str
    ticket: str


@dataclass(frozen=True, slots=True)
class _Waiting:
    nonce: str
    verifier: str
    ticket: str
    until: datetime


class Oidc:
    """Logins through one provider."""

    def __init__(self, provider: Provider, now: Clock) -> None:
        self._provider = provider
        self._now = now
        self._waiting: OrderedDict[str, _Waiting] = OrderedDict()
        self._lock = Lock()

    def start(self) -> Started:
        """Return where the browser goes. `Trouble` when the issuer does not answer."""
        from authlib.oauth2 import rfc7636

        challenge = cast("Callable[[str], str]", rfc7636.create_s256_code_challenge)
        found = self._discovered()
        state, nonce, ticket = (secrets.token_urlsafe(32) for _ in range(3))
        verifier = secrets.token_urlsafe(64)
        self._remember(state, _Waiting(nonce, verifier, ticket, self._now() + _PATIENCE))
        query = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": self._provider.redirect_url,
            "scope": self._provider.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        page = self._at_issuer(found, "authorization_endpoint")
        return Started(f"{page}?{urlencode(query)}", ticket)

    def finish(self, state: str, code: str, ticket: str) -> Identity:
        """Return who logged in. `NotPermitted` when any check of the answer fails.

        ``ticket`` is what the browser kept of `start`: another browser cannot finish this login.
        """
        waiting = self._recall(state)
        if waiting is None or not secrets.compare_digest(waiting.ticket, ticket):
            raise _refused("it was not begun in this browser, took too long, or was used")
        found = self._discovered()
        token = self._token(found, code, waiting.verifier)
        claims = self._claims(token, self._keys(found), waiting.nonce)
        return self._identity(claims)

    def _remember(self, state: str, waiting: _Waiting) -> None:
        with self._lock:
            self._waiting[state] = waiting
            while len(self._waiting) > _MOST_WAITING:
                self._waiting.popitem(last=False)

    def _recall(self, state: str) -> _Waiting | None:
        with self._lock:
            waiting = self._waiting.pop(state, None)
        return waiting if waiting and waiting.until > self._now() else None

    def _discovered(self) -> Mapping[str, Any]:
        issuer = self._provider.issuer
        found = self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise _refused("the issuer calls itself by another name")
        return found

    def _at_issuer(self, found: Mapping[str, Any], name: str) -> str:
        """Return an address of the issuer. `BadInput` when it is at another origin."""
        url = str(found.get(name, ""))
        if urlsplit(url)[:2] != urlsplit(self._provider.issuer)[:2]:
            raise BadInput(
                f"The provider's {name.replace('_', ' ')} is not at its issuer's origin.",
                todo="Quietdesk connects to the configured issuer alone.",
            )
        return url

    def _token(self, found: Mapping[str, Any], code: str, verifier: str) -> str:
        ours = self._provider
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": ours.redirect_url,
            "client_id": ours.client_id,
            "code_verifier": verifier,
        }
        auth = httpx.BasicAuth(ours.client_id, ours.secret) if ours.secret else None
        answer = self._ask("POST", self._at_issuer(found, "token_endpoint"), form, auth)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise _refused("the issuer sent no ID token")
        return token

    def _keys(self, found: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._ask("GET", self._at_issuer(found, "jwks_uri"))

    def _claims(self, token: str, keys: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        ours = self._provider
        options = {
            "iss": {"essential": True, "value": ours.issuer},
            "aud": {"essential": True, "value": ours.client_id},
        }
        params = {"nonce": nonce, "client_id": ours.client_id}
        try:
            read = jwt.decode(token, KeySet.import_key_set(cast("Any", keys)), _ALGORITHMS)
            claims = CodeIDToken(read.claims, read.header, options, params)
            now = int(self._now().timestamp())
            claims.validate(now, _LEEWAY_S)  # pyright: ignore[reportUnknownMemberType] - untyped
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _refused(f"its ID token is not valid ({type(error).__name__})") from None
        return cast("Mapping[str, Any]", claims)

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        subject = claims.get("sub")
        if not isinstance(subject, str) or not subject:
            raise _refused("its ID token names nobody")
        named = claims.get("preferred_username") or claims.get("email") or subject
        groups = claims.get(self._provider.groups_claim)
        some = cast("list[object]", groups) if isinstance(groups, list) else []
        return Identity(self._provider.issuer, subject, str(named), frozenset(map(str, some)))

    def _ask(
        self,
        method: str,
        url: str,
        form: Mapping[str, str] | None = None,
        auth: httpx.BasicAuth | None = None,
    ) -> Mapping[str, Any]:
        try:
            with (
                httpx.Client(timeout=_TIMEOUT_S, trust_env=False, follow_redirects=False) as client,
                client.stream(method, url, data=form, auth=auth) as answer,
            ):
                answer.raise_for_status()
                body = b""
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > _MOST_BYTES:
                        raise _refused("its answer is too long")
            return _object(body)
        except httpx.HTTPStatusError as error:
            raise _refused(f"the issuer answered {error.response.status_code}") from None
        except httpx.HTTPError as error:
            raise Trouble(
                f"The identity provider does not answer ({type(error).__name__}).",
                todo="Try again, or log in with a password.",
            ) from None


def oidc_of(settings: Settings, now: Clock) -> Oidc | None:
    """Return the provider of the settings, None without one. `BadInput` when part of it is missing.

    Plain HTTP is accepted on this machine only.
    """
    issuer = settings.oidc_issuer
    if not issuer:
        return None
    for name in ("oidc_client_id", "oidc_redirect_url"):
        if not getattr(settings, name):
            raise BadInput(f"QUIETDESK_{name.upper()} is missing.", todo="See docs/settings.md.")
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise BadInput("QUIETDESK_OIDC_ISSUER must begin with https://.")
    secret = settings.oidc_client_secret
    provider = Provider(
        issuer,
        settings.oidc_client_id,
        secret.get_secret_value() if secret else "",
        settings.oidc_redirect_url,
        settings.oidc_scopes,
        settings.oidc_groups_claim,
    )
    return Oidc(provider, now)


def _object(body: bytes) -> Mapping[str, Any]:
    import json

    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _refused("its answer is not JSON")
    return cast("Mapping[str, Any]", found)


def _refused(why: str) -> NotPermitted:
    return NotPermitted(
        f"The login through the identity provider was refused: {why}.",
        safe="Nobody was logged in.",
        todo="Begin again at the login page.",
    )
