"""Logging in and out: one form, one cookie, sessions kept in the records."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from assistant.errors import BadInput, NotPermitted
from assistant.model import User, WaitsFor
from ui.operations.logins import enter, open_session
from ui.web.bindings import Bindings
from ui.web.bodies import read_body
from ui.web.login_page import login_page
from ui.web.session import FACTOR, LOGIN, cookie_of, token_in, user_of

if TYPE_CHECKING:
    from assistant.bootstrap import Home

DESK = "/desk/"
_LONGEST_FORM = 4096
_WRONG = "The login or the password is wrong."


def auth_routes(home: Home, bindings: Bindings) -> APIRouter:
    """Return the routes of login and logout."""
    router = APIRouter()
    routes = _LoginRoutes(home, bindings)
    router.add_api_route("/", _to_desk, methods=["GET"])
    router.add_api_route(LOGIN, routes.form, methods=["GET"])
    router.add_api_route(LOGIN, routes.log_in, methods=["POST"])
    router.add_api_route("/logout", routes.log_out, methods=["POST"])
    return router


class _LoginRoutes:
    def __init__(self, home: Home, bindings: Bindings) -> None:
        self._home = home
        self._bindings = bindings
        self._hashing = CapacityLimiter(2)  # argon2 is slow on purpose; guesses wait here

    async def form(self, request: Request) -> Response:
        return (
            _redirect(request, DESK)
            if "user" in request.scope
            else HTMLResponse(login_page(oidc=bool(self._home.settings.oidc_issuer)))
        )

    async def log_in(self, request: Request) -> Response:
        login, password = _fields(await read_body(request, _LONGEST_FORM))
        address = request.client.host if request.client else ""
        try:
            entered = await to_thread.run_sync(
                enter, self._home, login, password, address, limiter=self._hashing
            )
        except NotPermitted as error:  # too many failures: the message says how long to wait
            return _again(f"{error.happened} {error.todo}", 429)
        if entered is None:
            return _again(_WRONG, 401)
        return await welcome(self._home, request, entered.user, entered.waits_for)

    async def log_out(self, request: Request) -> Response:
        token = token_in(request.scope)
        if token:
            await to_thread.run_sync(self._home.accounts.close_session, token)
        if "user" in request.scope:
            self._bindings.drop_all(user_of(request).id)
        response = _redirect(request, LOGIN)
        name, path = cookie_of(request.scope)
        secure = _over_tls(request)
        response.delete_cookie(name, path, secure=secure, httponly=True, samesite="strict")
        response.headers["clear-site-data"] = '"cache", "storage"'
        return response


async def welcome(
    home: Home,
    request: Request,
    user: User,
    waits_for: WaitsFor,
    response: Response | None = None,
) -> Response:
    """Return ``response`` with a new session's cookie, by default the way to what comes next.

    The session of the request ends, so that a token from before the login opens nothing after it.
    """
    old = token_in(request.scope)
    if old:
        await to_thread.run_sync(home.accounts.close_session, old)
    token = await to_thread.run_sync(open_session, home, user, waits_for)
    wanted = DESK if waits_for is WaitsFor.NOTHING else FACTOR
    answer = response or _redirect(request, wanted)
    name, path = cookie_of(request.scope)
    answer.set_cookie(
        name,
        token,
        path=path,
        max_age=home.settings.session_hours * 3600,
        httponly=True,
        samesite="strict",
        secure=_over_tls(request),
    )
    return answer


def _to_desk(request: Request) -> Response:
    return _redirect(request, DESK)


def _over_tls(request: Request) -> bool:
    """Return whether the browser uses TLS, to us or to a proxy; the Origin header shows it."""
    return request.url.scheme == "https" or request.headers.get("origin", "").startswith("https:")


def _fields(body: bytes) -> tuple[str, str]:
    try:
        form = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=8)
    except ValueError:
        raise BadInput("The request is not from the login form.") from None
    return form.get("login", [""])[0].strip(), form.get("password", [""])[0]


def _again(message: str, status: int) -> Response:
    return HTMLResponse(login_page(message), status)


def _redirect(request: Request, path: str) -> RedirectResponse:
    return RedirectResponse(f"{request.scope.get('root_path', '')}{path}", status_code=303)
