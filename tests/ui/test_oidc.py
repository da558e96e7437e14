"""Logging in through an OpenID Connect provider, and everything that such a login must refuse."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from assistant.bootstrap import Home
from assistant.errors import BadInput, NotPermitted, Trouble
from assistant.model import Role, WaitsFor
from assistant.settings import Settings
from guardrails.policy import Policy, Rules
from tests.fakes.parts import light_parts
from tests.oidc_provider import CLIENT, SECRET, OidcProvider
from tests.ui.web_fixtures import PASSWORD, serving
from ui.operations.base import silent
from ui.operations.callers import Caller, Interface
from ui.operations.identities import enter_as, parsed
from ui.operations.operator import Operator
from ui.operations.users import LINK, LinkArgs

ROLES = "helpdesk=acme:agent, leads=acme:reviewer, leads=globex:agent"


def settings_of(provider: OidcProvider, **more: Any) -> dict[str, Any]:
    given = {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_redirect_url": "http://127.0.0.1/login-back",
        "oidc_roles": ROLES,
    }
    return {**given, **more}


@pytest.fixture
def provider() -> Generator[OidcProvider]:
    with OidcProvider() as made:
        yield made


@dataclass(frozen=True)
class House:
    home: Home
    provider: OidcProvider

    def logs_in(self) -> str:
        """Log in as a browser would; return the login."""
        oidc = self.home.identity_provider
        assert oidc
        begun = oidc.start()
        back = self.provider.authorize(begun.url)
        return enter_as(self.home, oidc.finish(**back, ticket=begun.ticket)).user.login

    def roles(self, login: str) -> dict[str, set[Role]]:
        return {each.tenant: set(each.roles) for each in self.home.accounts.memberships(login)}


@contextmanager
def opened(folder: Path, provider: OidcProvider, **more: Any) -> Generator[House]:
    settings = Settings(home=folder / "home", **settings_of(provider, **more))
    with Home.open(settings, parts=light_parts()) as home:
        for slug in ("acme", "globex"):
            home.add_tenant(slug)
        yield House(home, provider)


@pytest.fixture
def house(tmp_path: Path, provider: OidcProvider) -> Generator[House]:
    with opened(tmp_path, provider) as made:
        yield made


def test_a_person_logs_in_with_the_roles_of_their_groups(house: House) -> None:
    assert house.logs_in() == "olga@corp.example"
    assert house.roles("olga@corp.example") == {"acme": {Role.AGENT}}
    rows = [row.kind for row in house.home.desk("acme").ledger.rows()]
    assert "member.added" in rows


def test_groups_that_change_change_the_roles_at_the_next_login(house: House) -> None:
    login = house.logs_in()
    house.provider.groups = ["leads"]
    house.logs_in()
    assert house.roles(login) == {"acme": {Role.REVIEWER}, "globex": {Role.AGENT}}
    house.provider.groups = []
    with pytest.raises(NotPermitted, match="None of your groups"):
        house.logs_in()
    assert house.roles(login) == {}


def test_the_subject_decides_who_it_is_and_not_the_name(house: House) -> None:
    login = house.logs_in()
    house.provider.login = "renamed@corp.example"
    assert house.logs_in() == login
    house.provider.subject, house.provider.login = "s-2", "other@corp.example"
    assert house.logs_in() == "other@corp.example"


def test_a_login_that_exists_is_not_taken_over_by_its_name(house: House) -> None:
    house.home.accounts.add_user("olga@corp.example", PASSWORD, "globex", Role.ADMIN)
    with pytest.raises(NotPermitted, match="not linked"):
        house.logs_in()
    assert house.roles("olga@corp.example") == {"globex": {Role.ADMIN}}


def test_the_owner_links_a_user_who_exists(house: House) -> None:
    house.home.accounts.add_user("olga", PASSWORD, "acme", Role.ADMIN)
    caller = Caller(Interface.SHELL, owner=True)
    Operator(house.home).perform(LINK, caller, LinkArgs(login="olga", subject="s-1"), silent)
    assert house.logs_in() == "olga"
    assert house.roles("olga") == {"acme": {Role.AGENT}}


def test_who_has_no_group_here_gets_no_account(house: House) -> None:
    house.provider.groups = ["finance"]
    with pytest.raises(NotPermitted, match="None of your groups"):
        house.logs_in()
    assert house.home.accounts.users.get("olga@corp.example") is None


def test_an_account_of_the_provider_has_no_password(house: House) -> None:
    login = house.logs_in()
    for guess in ("", "!", PASSWORD):
        assert house.home.accounts.authenticate(login, guess) is None


Spoil = Callable[[OidcProvider], None]


def _claims(**other: Any) -> Spoil:
    def spoil(provider: OidcProvider) -> None:
        provider.claims = lambda good: {**good, **other}

    return spoil


def _without(name: str) -> Spoil:
    def spoil(provider: OidcProvider) -> None:
        provider.claims = lambda good: {key: each for key, each in good.items() if key != name}

    return spoil


def _signed(sign: Callable[[dict[str, Any], OidcProvider], str]) -> Spoil:
    def spoil(provider: OidcProvider) -> None:
        provider.sign = lambda claims: sign(claims, provider)

    return spoil


def _coded(head: dict[str, str], claims: dict[str, Any]) -> bytes:
    parts = (json.dumps(each).encode() for each in (head, claims))
    return b".".join(base64.urlsafe_b64encode(each).rstrip(b"=") for each in parts)


def _none(claims: dict[str, Any], _provider: OidcProvider) -> str:
    return f"{_coded({'alg': 'none'}, claims).decode()}."


def _shared(claims: dict[str, Any], provider: OidcProvider) -> str:
    """Sign with the public key as if it were a shared secret."""
    body = _coded({"alg": "HS256", "kid": "k1"}, claims)
    digest = hmac.new(provider.key.as_pem(private=False), body, hashlib.sha256).digest()
    return f"{body.decode()}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def _other_key(claims: dict[str, Any], _provider: OidcProvider) -> str:
    key = RSAKey.generate_key(2048, {"kid": "k1"})
    return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)


WRONG: dict[str, Spoil] = {
    "another nonce": _claims(nonce="n"),
    "no nonce": _without("nonce"),
    "another audience": _claims(aud="another"),
    "several audiences and another party": _claims(aud=[CLIENT, "x"], azp="x"),
    "another issuer": _claims(iss="https://evil.example"),
    "expired": _claims(exp=1_600_000_000),
    "no expiry": _without("exp"),
    "issued in the future": _claims(iat=4_000_000_000),
    "nobody": _without("sub"),
    "alg none": _signed(_none),
    "a shared secret": _signed(_shared),
    "another key": _signed(_other_key),
    "no token": _signed(lambda _claims, _provider: "x.y.z"),
}


@pytest.mark.parametrize("spoil", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_id_token_logs_nobody_in(house: House, spoil: Spoil) -> None:
    spoil(house.provider)
    with pytest.raises(NotPermitted, match="refused"):
        house.logs_in()
    assert house.home.accounts.users.list() == []


def test_a_login_counts_once_and_in_the_browser_that_began_it(house: House) -> None:
    oidc = house.home.identity_provider
    assert oidc
    begun, other = oidc.start(), oidc.start()
    back = house.provider.authorize(begun.url)
    with pytest.raises(NotPermitted, match="not begun in this browser"):
        oidc.finish(**back, ticket=other.ticket)
    begun = oidc.start()
    back = house.provider.authorize(begun.url)
    oidc.finish(**back, ticket=begun.ticket)
    with pytest.raises(NotPermitted, match="was used"):
        oidc.finish(**back, ticket=begun.ticket)
    with pytest.raises(NotPermitted, match="was used"):
        oidc.finish("made up", "code", begun.ticket)


def test_a_code_without_its_verifier_is_worth_nothing(house: House) -> None:
    oidc = house.home.identity_provider
    assert oidc
    stolen = house.provider.authorize(oidc.start().url)["code"]
    mine = oidc.start()
    state = house.provider.authorize(mine.url)["state"]
    with pytest.raises(NotPermitted, match="answered 400"):
        oidc.finish(state, stolen, mine.ticket)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_nothing_is_asked_of_another_origin_than_the_issuers(house: House, name: str) -> None:
    house.provider.document = lambda good: {**good, name: "https://elsewhere.example/x"}
    with pytest.raises(BadInput, match="not at its issuer"):
        house.logs_in()


def test_an_issuer_that_calls_itself_otherwise_is_refused(house: House) -> None:
    house.provider.document = lambda good: {**good, "issuer": "https://elsewhere.example"}
    with pytest.raises(NotPermitted, match="another name"):
        house.logs_in()


def test_a_provider_that_is_down_is_named(tmp_path: Path) -> None:
    with OidcProvider() as gone:
        pass
    with opened(tmp_path, gone) as house, pytest.raises(Trouble, match="does not answer"):
        house.logs_in()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"oidc_client_id": ""}, "CLIENT_ID is missing"),
        ({"oidc_redirect_url": ""}, "REDIRECT_URL is missing"),
        ({"oidc_issuer": "http://login.example"}, "https"),
    ],
)
def test_settings_that_cannot_be_used_are_named(
    tmp_path: Path, provider: OidcProvider, more: dict[str, str], why: str
) -> None:
    with opened(tmp_path, provider, **more) as house, pytest.raises(BadInput, match=why):
        house.home.identity_provider  # noqa: B018 - made at its first use


@pytest.mark.parametrize("mapping", ["helpdesk", "helpdesk=acme", "helpdesk=acme:boss", "=a:agent"])
def test_a_mapping_that_cannot_be_read_is_named(mapping: str) -> None:
    with pytest.raises(BadInput, match="group=tenant:role"):
        parsed(mapping)


def test_no_token_is_kept(house: House) -> None:
    tokens: list[str] = []
    real = house.provider.sign

    def sign(claims: dict[str, Any]) -> str:
        tokens.append(real(claims))
        return tokens[-1]

    house.provider.sign = sign
    house.logs_in()
    files = [each.read_bytes() for each in house.home.settings.home.rglob("*") if each.is_file()]
    assert tokens
    assert not [each for each in files if tokens[0].encode() in each]


def test_the_second_factor_of_the_rules_is_asked_for_here_too(house: House) -> None:
    from dataclasses import replace

    from guardrails.policy.rules import Login
    from guardrails.policy.words import SecondFactor

    rules = Rules()
    login = replace(Login(), second_factor=SecondFactor.ALL)
    access = replace(rules.access, login=login)
    house.home.set_policy("acme", Policy(rules=replace(rules, access=access)))
    oidc = house.home.identity_provider
    assert oidc
    begun = oidc.start()
    back = house.provider.authorize(begun.url)
    entered = enter_as(house.home, oidc.finish(**back, ticket=begun.ticket))
    assert entered.waits_for is WaitsFor.ENROL


def test_a_browser_goes_to_the_provider_and_comes_back_logged_in(
    tmp_path: Path, provider: OidcProvider
) -> None:
    with serving(tmp_path, **settings_of(provider)) as site, site.client() as browser:
        assert "Log in with your organisation" in browser.get("/login").text
        away = browser.get("/login-with")
        assert away.status_code == 303
        query = parse_qs(urlsplit(away.headers["location"]).query)
        assert query["code_challenge_method"] == ["S256"]
        at_provider = httpx.get(away.headers["location"], trust_env=False)
        back = urlsplit(at_provider.headers["location"])
        assert back.path == "/login-back"
        with site.client() as another:
            assert another.get(f"/login-back?{back.query}").status_code == 403
        away = browser.get("/login-with")
        at_provider = httpx.get(away.headers["location"], trust_env=False)
        back = urlsplit(at_provider.headers["location"])
        done = browser.get(f"/login-back?{back.query}")
        assert done.status_code == 200, done.text
        assert done.headers["refresh"] == "0;url=desk/"
        assert browser.get("/desk/").status_code == 200


def test_without_a_provider_there_is_no_such_login(tmp_path: Path) -> None:
    with serving(tmp_path) as site, site.client() as browser:
        assert "organisation" not in browser.get("/login").text
        assert browser.get("/login-with").status_code == 401
        assert browser.get("/login-back?state=a&code=b").status_code == 401
