"""The routes of a login through an identity provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from assistant.errors import QuietdeskError
from assistant.model import WaitsFor
from ui.operations.identities import begin, finish
from ui.web.auth import welcome
from ui.web.html import el, words
from ui.web.login_page import login_page, page
from ui.web.session import OIDC_BACK, OIDC_START

if TYPE_CHECKING:
    from assistant.bootstrap import Home

_TICKET = "quietdesk_oidc"
_SECONDS = 600


def oidc_routes(home: Home) -> APIRouter:
    """Return the two routes, which answer only where an identity provider is configured."""
    router = APIRouter()
    routes = _OidcRoutes(home)
    router.add_api_route(OIDC_START, routes.start, methods=["GET"])
    router.add_api_route(OIDC_BACK, routes.back, methods=["GET"])
    return router


class _OidcRoutes:
    def __init__(self, home: Home) -> None:
        self._home = home

    async def start(self, request: Request) -> Response:
        try:
            begun = await to_thread.run_sync(begin, self._home)
        except QuietdeskError as error:
            return HTMLResponse(login_page(str(error), oidc=True), 502)
        answer = RedirectResponse(begun.url, status_code=303)
        answer.set_cookie(  # lax: the issuer's page leads back here
            _TICKET,
            begun.ticket,
            max_age=_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return answer

    async def back(self, request: Request) -> Response:
        given = request.query_params
        ticket = request.cookies.get(_TICKET, "")
        address = request.client.host if request.client else ""
        try:
            entered = await to_thread.run_sync(
                finish,
                self._home,
                (given.get("state", ""), given.get("code", ""), ticket),
                address,
            )
        except QuietdeskError as error:
            return HTMLResponse(login_page(str(error), oidc=True), 403)
        answer = _onwards(entered.waits_for)
        answer.delete_cookie(_TICKET, httponly=True, samesite="lax")
        return await welcome(self._home, request, entered.user, entered.waits_for, answer)


def _onwards(waits_for: WaitsFor) -> HTMLResponse:
    """Return a page of ours that goes on by itself.

    A redirect from the issuer's page would not carry the session's cookie, which is strict.
    """
    where = "desk/" if waits_for is WaitsFor.NOTHING else "second-factor"
    link = el("p", el("a", words("Go on"), href=where))
    answer = HTMLResponse(page("Logged in · Quietdesk", el("h1", words("Quietdesk")), link))
    answer.headers["refresh"] = f"0;url={where}"
    return answer
