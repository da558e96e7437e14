"""The middleware around the page: which person, origin and route is admitted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest
from starlette.routing import BaseRoute, Mount, Route

from tests.ui.web_fixtures import PASSWORD, Browser, Site

_OPEN = {"/login", "/static/base.css", "/static/login.css", "/static/mark.svg"}
_FILL = {"path": "x", "session_hash": "abc", "event_id": "e", "api_name": "a", "path_or_url": "x"}


def test_nobody_gets_anything_without_a_session(site: Site) -> None:
    """Without a session, every route, Gradio's included, answers with the login or a refusal."""
    with site.client() as stranger:
        walked = list(_doors(site))
        for method, path in walked:
            answer = stranger.request(method, path)
            if path not in _OPEN:
                assert answer.status_code == 401, (method, path, answer.status_code)
    assert len(walked) > 60
    assert ("GET", "/desk/gradio_api/file=x") in walked


def test_a_stranger_with_a_browser_is_led_to_the_login(site: Site) -> None:
    """Pages redirect to the login; only the login and its style are open."""
    with site.client() as stranger:
        for path in ("/", "/desk/", "/exports/outbox.jsonl"):
            answer = stranger.get(path, headers={"accept": "text/html"})
            assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert {stranger.get(path).status_code for path in _OPEN} == {200}


def test_gradio_opens_only_the_doors_that_the_page_needs(site: Site) -> None:
    """A logged-in person gets Gradio's page and program files, and no other route of Gradio's."""
    with site.client("ada") as ada:
        answered = {
            path
            for method, path in _doors(site)
            if path.startswith("/desk") and ada.request(method, path).status_code != 403
        }
    assert answered == {
        "/desk/",
        "/desk/assets/x",
        "/desk/static/x",
        "/desk/theme.css",
        "/desk/gradio_api/queue/join",
        "/desk/gradio_api/queue/data",
    }


@pytest.mark.parametrize(
    "path",
    [
        "/desk/gradio_api/upload",
        "/desk/gradio_api/file=/etc/hostname",
        "/desk/gradio_api/file/etc/hostname",
        "/desk/static/..%2f..%2froutes.py",
        "/desk/assets/%2e%2e/%2e%2e/routes.py",
        "/desk//gradio_api/file=/etc/hostname",
        "/desk/./gradio_api/info",
        "/desk/gradio_api/queue/join/",
        "/desk/gradio_api/queue/data/../file=x",
        "/desk/config",
        "/desk/gradio_api/run-history/buckets",
        "/desk/gradio_api/heartbeat/abc",
    ],
)
def test_no_spelling_of_a_path_opens_another_door(site: Site, path: str) -> None:
    """Dots, doubled slashes and escapes lead nowhere."""
    with site.client("ada") as ada:
        raw = httpx.URL(site.url).copy_with(raw_path=path.encode())
        for method in ("GET", "POST"):
            assert ada.request(method, raw).status_code in (307, 403, 404, 405)


def test_another_site_can_order_nothing(site: Site) -> None:
    """A changing request without this host's origin is refused, the login among them."""
    form = {"login": "rae", "password": PASSWORD}
    with site.client("rae") as rae:
        for origin in ("https://evil.example", "null", "http://127.0.0.1", ""):
            for path in ("/login", "/logout", "/desk/gradio_api/queue/join"):
                answer = rae.post(path, data=form, headers={"origin": origin})
                assert answer.status_code == 403
        del rae.headers["origin"]
        assert rae.post("/logout").status_code == 403
        assert rae.get("/desk/").status_code == 200


def test_login_tells_nobody_who_exists(site: Site) -> None:
    """A wrong password and an unknown login get the same answer."""
    with site.client() as stranger:
        wrong = stranger.log_in("ann", "not the password")
        unknown = stranger.log_in("nobody", "not the password")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text == unknown.text


def test_guessing_is_slowed_down_in_plain_words(site: Site) -> None:
    """After some failures the page says how long to wait, for the right password too."""
    with site.client() as stranger:
        answers = [stranger.log_in("guessed", "wrong password") for _ in range(10)]
    assert answers[-1].status_code == 429
    assert "Try again in" in answers[-1].text


def test_a_login_form_cannot_be_huge(site: Site) -> None:
    """More than a login and a password is refused before it is hashed."""
    with site.client() as stranger:
        assert stranger.log_in("ann", "x" * 10_000).status_code == 400


def test_the_cookie_stays_with_the_browser_and_this_site(site: Site) -> None:
    """The session cookie is HttpOnly and SameSite=Strict, and Secure when the page is https."""
    with site.client() as stranger:
        plain = stranger.log_in("ann").headers["set-cookie"].lower()
        over_tls = {"origin": site.url.replace("http:", "https:")}
        form = {"login": "ann", "password": PASSWORD}
        secure = stranger.post("/login", data=form, headers=over_tls).headers["set-cookie"].lower()
    assert "httponly" in plain
    assert "samesite=strict" in plain
    assert "secure" not in plain
    assert "secure" in secure


def test_logging_out_ends_the_session_on_the_server(site: Site) -> None:
    """A copied cookie is worth nothing after its owner has logged out."""
    with site.client("ann") as ann:
        stolen = dict(ann.cookies)
        assert ann.post("/logout").status_code == 303
    thief = Browser(site.url)
    thief.cookies.update(stolen)
    with thief:
        assert thief.get("/desk/").status_code == 401


def test_every_answer_binds_the_browser_to_this_origin(site: Site) -> None:
    """The content policy names this origin alone, and nothing but program files is kept."""
    with site.client("ann") as ann:
        for path in ("/desk/", "/login", "/exports/outbox.jsonl?tenant=acme", "/nowhere"):
            answer = ann.get(path)
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "http" not in policy
            assert "'unsafe-inline'" not in policy.split("style-src")[0]
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-frame-options"] == "DENY"


def test_the_page_names_no_other_site(site: Site) -> None:
    """No link, script, style or preview tag of the page points outside."""
    with site.client("ann") as ann:
        page = ann.get("/desk/").text
        styles = ann.get("/desk/theme.css").text
    for elsewhere in (
        "googleapis",
        "cloudflare",
        "gradio.app",
        "githubusercontent",
        "iframeResizer.",
    ):
        assert elsewhere not in page + styles
    assert page.count("<script") == page.count("<script nonce=")


def test_the_page_describes_no_api(site: Site) -> None:
    """Nothing is offered to be called from outside the page."""
    with site.client("ann") as ann:
        assert '"named_endpoints":{},"unnamed_endpoints":{}' in ann.get("/desk/").text


def _doors(site: Site) -> Iterator[tuple[str, str]]:
    """Yield every method and path that the application knows, Gradio's included."""
    yield from _walk(site.app.routes, "")


def _walk(routes: list[BaseRoute], prefix: str) -> Iterator[tuple[str, str]]:
    for route in routes:
        if isinstance(route, Mount):
            yield from _walk(route.routes, prefix + route.path)
        elif isinstance(route, Route):
            path = prefix + route.path_format.format_map(_Fill())
            yield from ((method, path) for method in route.methods or ())
        else:
            included = cast("Any", route)  # FastAPI keeps an included router whole
            yield from _walk(included.original_router.routes, prefix)


class _Fill(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return _FILL.get(key, "1")


def test_a_person_changes_the_own_password_and_only_this_session_goes_on(own_site: Site) -> None:
    """The old password is required, and the person's other sessions end."""
    new = "staple of the battery"
    with own_site.client("ann") as here, own_site.client("ann") as elsewhere:
        for old, again in (("not the old one", new), (PASSWORD, "another one here")):
            form = {"old": old, "new": new, "again": again}
            assert here.post("/password", data=form).status_code == 403
        assert elsewhere.get("/desk/").status_code == 200
        form = {"old": PASSWORD, "new": new, "again": new}
        assert here.post("/password", data=form).status_code == 200
        assert here.get("/desk/").status_code == 200
        assert elsewhere.get("/desk/").status_code == 401
        assert elsewhere.log_in("ann").status_code == 401
        assert elsewhere.log_in("ann", new).status_code == 303


def test_a_removed_persons_session_ends_at_once(own_site: Site) -> None:
    """The next request of a browser that is still logged in is refused."""
    with own_site.client("ann") as ann:
        assert ann.get("/desk/").status_code == 200
        account = own_site.home.accounts.users.get("ann")
        assert account is not None
        own_site.home.accounts.users.remove(account.user)
        assert ann.get("/desk/").status_code == 401
