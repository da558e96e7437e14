"""The second factor at the page: its code at the login, setting it up, and recovery codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString
from urllib.parse import parse_qs

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from assistant.errors import BadInput, NotPermitted
from assistant.model import Enrolment, User, WaitsFor
from ui.operations.logins import Entered, enrol, wanted_of
from ui.web.auth import welcome
from ui.web.bodies import read_body
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.login_page import field, page
from ui.web.qr import picture
from ui.web.session import FACTOR, user_of, waiting_of

if TYPE_CHECKING:
    from assistant.bootstrap import Home

_LONGEST_FORM = 1024
_WRONG = "This code is wrong, or it was used already. Wait for the next one."


def factor_routes(home: Home) -> APIRouter:
    """Return the routes of the form."""
    router = APIRouter()
    routes = _FactorRoutes(home)
    router.add_api_route(FACTOR, routes.form, methods=["GET"])
    router.add_api_route(FACTOR, routes.send, methods=["POST"])
    return router


class _FactorRoutes:
    def __init__(self, home: Home) -> None:
        self._home = home

    async def form(self, request: Request) -> Response:
        return await to_thread.run_sync(self._form, request, "")

    async def send(self, request: Request) -> Response:
        code = _code(await read_body(request, _LONGEST_FORM))
        address = request.client.host if request.client else ""
        user = _person(request)
        try:
            wanted = await to_thread.run_sync(wanted_of, self._home, user)
            if wanted is WaitsFor.CODE:
                return await self._with_code(request, user, code, address)
            return await self._enrolled(request, user, code, address)
        except NotPermitted as error:  # too many failures: the message says how long to wait
            said = f"{error.happened} {error.todo}"
            return await to_thread.run_sync(self._form, request, said, 429)

    async def _with_code(self, request: Request, user: User, code: str, address: str) -> Response:
        """Log in with a code; who is logged in gets new recovery codes for it."""
        entered = Entered(user, WaitsFor.CODE, address)
        if not await to_thread.run_sync(entered.passes, self._home, code):
            return await to_thread.run_sync(self._form, request, _WRONG, 401)
        if waiting_of(request) is not None:
            return await welcome(self._home, request, user, WaitsFor.NOTHING)
        codes = await to_thread.run_sync(self._home.accounts.factors.new_recovery_codes, user)
        return HTMLResponse(_codes_page(codes))

    async def _enrolled(self, request: Request, user: User, code: str, address: str) -> Response:
        codes = await to_thread.run_sync(enrol, self._home, user, code, address)
        if codes is None:
            return await to_thread.run_sync(self._form, request, _WRONG, 401)
        done = HTMLResponse(_codes_page(codes))
        if waiting_of(request) is None:
            return done
        return await welcome(self._home, request, user, WaitsFor.NOTHING, done)

    def _form(self, request: Request, problem: str, status: int = 200) -> Response:
        user, factors = _person(request), self._home.accounts.factors
        waits = waiting_of(request) is not None
        if not factors.enrolled(user):
            body = _enrolment(factors.begin(user), waits=waits)
        elif waits:
            body = _asking()
        else:
            body = _status(factors.recovery_codes_left(user))
        said = el("p", text(problem), class_="qd-problem", role="alert") if problem else NOTHING
        return HTMLResponse(page(_TITLE, said, *body), status)


_TITLE = "Second factor · Quietdesk"


def _person(request: Request) -> User:
    waiting = waiting_of(request)
    return waiting.user if waiting else user_of(request)


def _code(body: bytes) -> str:
    try:
        form = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=4)
    except ValueError:
        raise BadInput("The request is not from the form of the second factor.") from None
    return form.get("code", [""])[0].strip()


def _asking() -> tuple[Html, ...]:
    return (
        el("h1", words("Your code")),
        el("p", words("Type the code that your authenticator app shows now."), class_="qd-lead"),
        _form("Log in"),
        el(
            "p", words("Without your device, type one of your recovery codes."), class_="qd-promise"
        ),
        _leave(),
    )


def _enrolment(found: Enrolment, *, waits: bool) -> tuple[Html, ...]:
    why: LiteralString = "Your tenant asks for one." if waits else "It is asked for at each login."
    return (
        el("h1", words("Set up a second factor")),
        el("p", words(why), words(" Scan this with an authenticator app."), class_="qd-lead"),
        picture(found.uri),
        el("p", words("Or type this secret:"), class_="qd-hint"),
        el("p", el("code", text(found.secret)), class_="qd-secret"),
        _form("Confirm"),
        _leave() if waits else _back(),
    )


def _status(left: int) -> tuple[Html, ...]:
    return (
        el("h1", words("Second factor")),
        el("p", words("It is set up."), text(f" Recovery codes left: {left}."), class_="qd-lead"),
        el("p", words("A code of your app makes new recovery codes; the old ones end.")),
        _form("Make new recovery codes"),
        el(
            "p", words("After you have lost your device, an admin can remove it."), class_="qd-hint"
        ),
        _back(),
    )


def _codes_page(codes: tuple[str, ...]) -> str:
    lines = join(el("li", el("code", text(code))) for code in codes)
    return page(
        _TITLE,
        el("h1", words("Your recovery codes")),
        el("p", words("Each logs you in once, without your device. They are shown only now.")),
        el("ol", lines, class_="qd-codes"),
        _back(),
    )


def _form(button: LiteralString) -> Html:
    code = field(
        "code",
        "Code",
        kind="text",
        autocomplete="one-time-code",
        autofocus=True,
    )
    send = el("button", words(button), type="submit")
    return el("form", code, send, method="post", action="second-factor")


def _leave() -> Html:
    button = el("button", words("Log in as another person"), type="submit", class_="qd-quiet")
    return el("form", button, method="post", action="logout")


def _back() -> Html:
    return el("p", el("a", words("Go to the desk"), href="desk/"))
