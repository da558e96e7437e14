"""The page under TLS: versions, certificate, cookie; and what plain HTTP is refused."""

from __future__ import annotations

import http.client
import signal
import ssl
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import httpx
import pytest

from assistant.bootstrap import Home
from assistant.errors import BadInput
from assistant.settings import Settings
from eval.certificate import self_signed
from guardrails.clock import utc_now
from guardrails.egress import netguard
from guardrails.policy import Policy, Rules
from guardrails.policy.rules import Security
from tests.fakes.parts import light_parts
from tests.ui.cli_fixtures import begin
from tests.ui.transport_fixtures import Served, served_page
from tests.ui.web_fixtures import PASSWORD
from ui.listening import Border, make_border, must_hold
from ui.serve import wanted_by
from ui.tls import make_tls

NAME = "desk.test"


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Served, Path]]:
    folder = tmp_path_factory.mktemp("secure")
    certificate, key = self_signed(folder / "tls", NAME)
    with served_page(folder, tls_certificate=certificate, tls_key=key) as served:
        yield served, certificate


def _client(served: Served, certificate: Path, scheme: str = "https") -> httpx.Client:
    url = f"{scheme}://127.0.0.1:{served.port}"
    trusted = ssl.create_default_context(cafile=str(certificate))
    return httpx.Client(base_url=url, verify=trusted, headers={"origin": url}, trust_env=False)


def _versions(served: Served, certificate: Path, most: ssl.TLSVersion) -> str | None:
    context = ssl.create_default_context(cafile=str(certificate))
    context.maximum_version = most
    call = http.client.HTTPSConnection("127.0.0.1", served.port, context=context, timeout=20)
    try:
        call.request("GET", "/login")
        assert call.getresponse().status == 200
        return call.sock.version()
    finally:
        call.close()


def test_a_login_under_tls_gets_a_cookie_of_this_host_alone(secure: tuple[Served, Path]) -> None:
    with _client(*secure) as browser:
        answer = browser.post("/login", data={"login": "ann", "password": PASSWORD})
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-quietdesk_session=")
        attributes = {each.strip().lower() for each in cookie.split(";")[1:]}
        assert {"secure", "httponly", "path=/", "samesite=strict"} <= attributes
        assert not any(each.startswith("domain") for each in attributes)
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert browser.get("/desk/").status_code == 200
        gone = browser.post("/logout").headers["set-cookie"]
        assert gone.startswith('__Host-quietdesk_session="";')
        assert "Secure" in gone
        assert browser.get("/desk/").status_code == 401


def test_a_cookie_that_plain_http_could_have_planted_logs_nobody_in(
    secure: tuple[Served, Path],
) -> None:
    with _client(*secure) as browser:
        browser.post("/login", data={"login": "ann", "password": PASSWORD})
        token = browser.cookies["__Host-quietdesk_session"]
    with _client(*secure) as browser:
        browser.cookies.set("quietdesk_session", token)
        assert browser.get("/desk/").status_code == 401


def test_plain_http_gets_no_answer_where_tls_is_spoken(secure: tuple[Served, Path]) -> None:
    with _client(*secure, scheme="http") as browser, pytest.raises(httpx.TransportError):
        browser.get("/login")


def test_both_current_versions_are_spoken(secure: tuple[Served, Path]) -> None:
    assert _versions(*secure, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
    assert _versions(*secure, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"


def test_an_older_version_than_the_settings_allow_is_refused(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path / "tls", NAME)
    with served_page(
        tmp_path, tls_certificate=certificate, tls_key=key, tls_minimum="1.3"
    ) as served:
        assert _versions(served, certificate, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
        with pytest.raises(ssl.SSLError):
            _versions(served, certificate, ssl.TLSVersion.TLSv1_2)


def test_a_renewed_certificate_is_used_at_once_and_a_bad_one_never(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path / "tls", NAME)
    with served_page(tmp_path, tls_certificate=certificate, tls_key=key) as served:
        assert served.tls is not None
        before = certificate.read_bytes()
        certificate.write_text("no certificate")
        with pytest.raises(BadInput):
            served.tls.read_again()
        old = tmp_path / "old.pem"
        old.write_bytes(before)
        assert _versions(served, old, ssl.TLSVersion.TLSv1_3)
        self_signed(tmp_path / "tls", "new.test")
        served.tls.read_again()
        assert _versions(served, certificate, ssl.TLSVersion.TLSv1_3)
        with pytest.raises(ssl.SSLError):
            _versions(served, old, ssl.TLSVersion.TLSv1_3)
        assert "new.test" in served.tls.certificate.names


def test_another_name_than_the_certificates_is_refused(secure: tuple[Served, Path]) -> None:
    with _client(*secure) as browser:
        port = secure[0].port
        assert browser.get("/login", headers={"host": f"{NAME}:{port}"}).status_code == 200
        refused = browser.get("/login", headers={"host": f"evil.test:{port}"})
        assert refused.status_code == 400
        assert "name" in refused.json()["happened"]


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({"host": "0.0.0.0"}, "no TLS is set"),
        ({"host": "0.0.0.0", "tls_by_proxy": True}, "is not named"),
        (
            {"host": "0.0.0.0", "tls_by_proxy": True, "trusted_proxies": "10.0.0.2"},
            "names by which",
        ),
        ({"trusted_proxies": "10.0.0.2"}, "names by which"),
        ({"trusted_proxies": "*", "hosts": NAME}, "no address"),
        ({"trusted_proxies": "proxy.test", "hosts": NAME}, "no address"),
        ({"hosts": "[bad"}, "no name"),
    ],
)
def test_what_could_be_reached_over_plain_http_is_not_served(
    settings: dict[str, object], missing: str
) -> None:
    with pytest.raises(BadInput, match=missing):
        make_border(Settings.model_validate(settings), None)


def test_a_certificate_or_a_proxy_lets_other_machines_in(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path, NAME)
    ours = Settings(host="0.0.0.0", tls_certificate=certificate, tls_key=key)
    assert make_border(ours, make_tls(ours)).allows(NAME)
    behind = Settings(
        host="0.0.0.0", tls_by_proxy=True, trusted_proxies="10.0.0.2, 10.1.0.0/16", hosts="*.b.test"
    )
    border = make_border(behind, None)
    assert border.allows("desk.b.test")
    assert border.allows("localhost")
    assert not border.allows("b.test")
    assert not border.allows("desk.b.test.evil.test")


def test_under_a_policy_that_asks_for_tls_not_even_a_proxy_comes_without_it(tmp_path: Path) -> None:
    behind = Settings(
        home=tmp_path / "home",
        host="0.0.0.0",
        tls_by_proxy=True,
        trusted_proxies="10.0.0.2",
        hosts=NAME,
    )
    with Home.open(behind, parts=light_parts()) as home:
        home.accounts.add_tenant("acme", Policy(rules=Rules()))
        must_hold(behind, None, wanted_by(home))
        home.accounts.add_tenant("globex", Policy(rules=Rules(security=Security(tls=True))))
        with pytest.raises(BadInput, match="globex"):
            must_hold(behind, None, wanted_by(home))
        local = behind.model_copy(update={"host": "127.0.0.1"})
        must_hold(local, None, wanted_by(home))


@pytest.mark.parametrize("broken", ["certificate", "key", "other key", "password", "no key"])
def test_a_certificate_that_cannot_be_used_is_named_before_anything_is_served(
    tmp_path: Path, broken: str
) -> None:
    certificate, key = self_signed(tmp_path, NAME)
    if broken == "certificate":
        certificate.write_text("no certificate")
    elif broken == "key":
        key.unlink()
    elif broken == "other key":
        _, key = self_signed(tmp_path / "other", NAME)
    elif broken == "password":
        certificate, key = self_signed(tmp_path / "locked", NAME, password="of the key")
    settings = Settings(tls_certificate=certificate, tls_key=None if broken == "no key" else key)
    with pytest.raises(BadInput):
        make_tls(settings)


def test_a_key_with_a_password_is_opened_with_it(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path, NAME, password="of the key")
    ours = Settings(tls_certificate=certificate, tls_key=key, tls_key_password="of the key")  # pyright: ignore[reportArgumentType] - as from the environment
    assert make_tls(ours) is not None


def test_a_certificate_that_ends_soon_is_told(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path, NAME, days=30)
    tls = make_tls(Settings(tls_certificate=certificate, tls_key=key))
    assert tls is not None
    now = utc_now()
    assert tls.certificate.trouble(now) is None
    assert "ends" in str(tls.certificate.trouble(now + timedelta(days=20)))
    assert "ended" in str(tls.certificate.trouble(now + timedelta(days=40)))


def test_names_are_those_of_the_settings_or_of_the_certificate() -> None:
    border = Border(frozenset({"desk.test", "*.b.test"}), ())
    assert [border.allows(each) for each in ("desk.test", "x.b.test", "x.y.b.test", "test")] == [
        True,
        True,
        False,
        False,
    ]


def test_the_command_serves_under_tls_and_reads_a_renewed_certificate_at_a_signal(
    tmp_path: Path,
) -> None:
    certificate, key = self_signed(tmp_path / "tls", NAME, days=10)
    files = {"tls_certificate": str(certificate), "tls_key": str(key)}
    running = begin(tmp_path / "home", "serve", **files)
    try:
        assert running.stderr is not None
        assert "renew it" in _line(running.stderr, "Warning")
        url = _line(running.stderr, "Quietdesk is at").split()[-1]
        _answers(url, certificate)
        self_signed(tmp_path / "tls", "renewed.test", days=5)
        running.send_signal(signal.SIGHUP)
        assert "renew it" in _line(running.stderr, "Warning")
        _answers(url, certificate)
    finally:
        running.terminate()
        running.communicate(timeout=60)
    assert running.returncode == 0
    log = "".join(each.read_text() for each in (tmp_path / "home" / "logs").iterdir())
    assert '"event": "certificate"' in log
    assert "SeamBreach" not in log


def _line(stream: IO[str], begins: str) -> str:
    return next(line for line in stream if line.startswith(begins))


def _answers(url: str, certificate: Path) -> None:
    address = urlsplit(url)
    assert address.scheme == "https"
    assert address.port is not None
    netguard.allow("127.0.0.1", address.port)
    trusted = ssl.create_default_context(cafile=str(certificate))
    with httpx.Client(verify=trusted, trust_env=False) as browser:
        assert browser.get(f"{url}/login").status_code == 200
