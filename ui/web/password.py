"""A person changes their own password; their other sessions end."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from assistant.errors import BadInput, QuietdeskError
from ui.operations.base import silent
from ui.operations.callers import Caller, Interface, logged_in
from ui.operations.users import OWN_PASSWORD, OwnPasswordArgs
from ui.web.bodies import read_body
from ui.web.html import Html, el, text, words
from ui.web.login_page import field, page
from ui.web.session import token_in, user_of

if TYPE_CHECKING:
    from ui.operations.operator import Operator

_PATH = "/password"
_LONGEST_FORM = 4096


def password_routes(operator: Operator) -> APIRouter:
    """Return the routes of the form."""
    router = APIRouter()
    routes = _PasswordRoutes(operator)
    router.add_api_route(_PATH, routes.form, methods=["GET"])
    router.add_api_route(_PATH, routes.change, methods=["POST"])
    return router


class _PasswordRoutes:
    def __init__(self, operator: Operator) -> None:
        self._operator = operator
        self._hashing = CapacityLimiter(2)  # argon2 is slow on purpose

    async def form(self) -> Response:
        return HTMLResponse(_page(_form()))

    async def change(self, request: Request) -> Response:
        old, new, again = _fields(await read_body(request, _LONGEST_FORM))
        token = token_in(request.scope) or ""
        address = request.client.host if request.client else ""
        caller = logged_in(self._operator.home, user_of(request).login, Interface.PAGE, address)
        try:
            if new != again:
                raise BadInput("The new passwords differ.", todo="Type the same one twice.")
            await to_thread.run_sync(self._change, caller, old, new, token, limiter=self._hashing)
        except QuietdeskError as error:
            problem = el("p", text(str(error)), class_="qd-problem", role="alert")
            return HTMLResponse(_page(problem, _form()), 403)
        done = "Your password is changed. Your other sessions have ended."
        return HTMLResponse(_page(el("p", words(done), role="status")))

    def _change(self, caller: Caller, old: str, new: str, token: str) -> None:
        tenant = next(iter(caller.memberships), "")
        args = OwnPasswordArgs(tenant=tenant, old=old, new=new, session=token)
        self._operator.perform(OWN_PASSWORD, caller, args, silent)


def _fields(body: bytes) -> tuple[str, str, str]:
    try:
        form = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=8)
    except ValueError:
        raise BadInput("The request is not from the password form.") from None
    old, new, again = (form.get(name, [""])[0] for name in ("old", "new", "again"))
    return old, new, again


def _page(*parts: Html) -> str:
    back = el(
        "p",
        el("a", words("Second factor"), href="second-factor"),
        words(" · "),
        el("a", words("Back to the desk"), href="desk/"),
    )
    return page("Password · Quietdesk", el("h1", words("Your password")), *parts, back)


def _form() -> Html:
    return el(
        "form",
        field("old", "Password now", kind="password", autocomplete="current-password"),
        field("new", "New password", kind="password", autocomplete="new-password"),
        field("again", "New password again", kind="password", autocomplete="new-password"),
        el("button", words("Change it"), type="submit"),
        method="post",
        action="password",
    )
