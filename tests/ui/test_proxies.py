"""The set-ups of docs/deploying.md, run as they are printed: nginx and Caddy before the page."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eval.certificate import self_signed
from guardrails.egress import netguard
from tests.ui.chromium import NEEDS_CHROMIUM
from tests.ui.transport_fixtures import served_page
from tests.ui.web_fixtures import PASSWORD, Browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium

PAGE = (Path(__file__).parents[2] / "docs" / "deploying.md").read_text(encoding="utf-8")
NAME, BELOW = "desk.example.com", "/quietdesk"


@dataclass(frozen=True)
class Behind:
    """The page behind a proxy: its address for browsers, and the port without the proxy."""

    url: str
    certificate: Path
    direct: int

    @property
    def origin(self) -> str:
        return self.url.removesuffix(BELOW)

    def browser(self) -> Browser:
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        return Browser(self.url, verify=trusted, origin=self.origin)


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def behind(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Behind]:
    program = str(request.param)
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    folder = tmp_path_factory.mktemp(program)
    certificate, key = self_signed(folder / "tls", NAME)
    here = {"trusted_proxies": "127.0.0.1", "hosts": NAME, "root_path": BELOW}
    with served_page(folder, **here) as served:
        port = _free()
        printed = _printed(program, certificate, key, served.port)
        with _RUN[program](folder, printed, port):
            yield Behind(f"https://127.0.0.1:{port}{BELOW}", certificate, served.port)


def test_a_login_below_a_path_gets_a_cookie_of_that_path(behind: Behind) -> None:
    with behind.browser() as browser:
        asked = browser.get("/desk/", headers={"accept": "text/html"})
        assert (asked.status_code, asked.headers["location"]) == (303, f"{BELOW}/login")
        answer = browser.log_in("ann")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{BELOW}/desk/")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Secure-quietdesk_session=")
        assert f"Path={BELOW};" in cookie
        assert "Secure" in cookie
        assert answer.headers["strict-transport-security"]
        assert browser.get("/static/desk.css").status_code == 200
        assert browser.config["root"] == f"{behind.url}/desk"
        assert browser.post("/logout").headers["location"] == f"{BELOW}/login"


def test_the_queue_streams_events_through_the_proxy(behind: Behind) -> None:
    with behind.browser() as browser:
        browser.log_in("ann")
        shown = browser.do("qd-question", "submit", tenant="acme", question="Blank pages?")
        assert "spooler" in str(shown["qd-answer"])
        sent = browser.post(
            "/uploads/tickets?tenant=acme",
            content=b"{}",
            headers={"x-file-name": "none.jsonl", "content-type": "application/octet-stream"},
        )
        assert sent.status_code == 403, "an agent imports nothing, and hears it from us"


def test_an_address_that_the_browser_invents_is_not_the_one_that_failures_count_by(
    behind: Behind,
) -> None:
    with behind.browser() as browser:
        for at in range(8):
            invented = {"x-forwarded-for": f"203.0.113.{at}", "forwarded": f"for=203.0.113.{at}"}
            wrong = browser.post(
                "/login", data={"login": "gil", "password": "wrong"}, headers=invented
            )
            assert wrong.status_code == 401
        waits = browser.post("/login", data={"login": "gil", "password": PASSWORD})
        assert waits.status_code == 429


def test_names_and_hosts_that_the_browser_invents_are_not_believed(behind: Behind) -> None:
    with behind.browser() as browser:
        browser.log_in("ann")
        page = browser.get("/desk/", headers={"x-forwarded-host": "evil.test"}).text
        assert "evil.test" not in page


@NEEDS_CHROMIUM
def test_the_page_works_in_a_browser_behind_the_proxy(
    behind: Behind, chromium: Chromium, tmp_path: Path
) -> None:
    context = chromium.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    failed: list[str] = []
    page.on("response", lambda each: failed.append(each.url) if each.status >= 400 else None)
    page.goto(f"{behind.url}/")
    page.get_by_label("Login").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_selector(".qd-line")
    page.locator(".qd-line").first.click()
    page.wait_for_selector(".qd-thread")
    page.screenshot(path=tmp_path / "page.png")
    assert failed == []
    (cookie,) = context.cookies()
    assert (cookie.get("path"), cookie.get("secure")) == (BELOW, True)
    context.close()


def _printed(program: str, certificate: Path, key: Path, port: int) -> str:
    """Return the set-up of the page, with the files and the port of this test."""
    found = re.search(rf"```{program}\n(.*?)```", PAGE, re.DOTALL)
    assert found, f"the page has no set-up of {program}"
    text = found[1].replace("/etc/ssl/desk.pem", str(certificate))
    return text.replace("/etc/ssl/desk.key", str(key)).replace(
        "127.0.0.1:7860", f"127.0.0.1:{port}"
    )


@contextmanager
def _nginx(folder: Path, printed: str, port: int) -> Generator[None]:
    server = printed.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    temporary = "".join(
        f"{each}_temp_path {folder}/{each};\n"
        for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{server}}}\n",
        encoding="utf-8",
    )
    with _process(["nginx", "-e", f"{folder}/start.log", "-c", str(file)], port):
        yield


@contextmanager
def _caddy(folder: Path, printed: str, port: int) -> Generator[None]:
    file = folder / "Caddyfile"
    head = f"{{\nadmin off\nauto_https disable_redirects\nstorage file_system {folder}/caddy\n}}\n"
    site = printed.replace(NAME, f"https://127.0.0.1:{port}", 1)
    file.write_text(f"{head}{site}", encoding="utf-8")
    with _process(["caddy", "run", "--adapter", "caddyfile", "--config", str(file)], port):
        yield


_RUN: dict[str, Callable[[Path, str, int], AbstractContextManager[None]]] = {
    "nginx": _nginx,
    "caddy": _caddy,
}


@contextmanager
def _process(command: list[str], port: int) -> Generator[None]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as proxy:
        try:
            netguard.allow("127.0.0.1", port)
            while not _listens(port):
                assert proxy.poll() is None, proxy.stderr.read() if proxy.stderr else ""
                time.sleep(0.05)
            yield
        finally:
            proxy.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
