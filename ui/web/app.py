"""The web application: our middleware, login and uploads, and Gradio inside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from fastapi import FastAPI, Request
from gradio.routes import App as GradioApp
from gradio.routes import mount_gradio_app  # pyright: ignore[reportUnknownVariableType] - its `auth`
from starlette.middleware import Middleware
from starlette.routing import Mount

from assistant.errors import QuietdeskError
from ui.operations.operator import Operator
from ui.web import error_middleware as calm
from ui.web.auth import auth_routes
from ui.web.bindings import Bindings
from ui.web.error_middleware import Calm
from ui.web.firewall import GradioWall, Wrap
from ui.web.headers import Headers
from ui.web.html_rewriter import Frame
from ui.web.oidc import oidc_routes
from ui.web.page import THEME, build_page
from ui.web.password import password_routes
from ui.web.second_factor import factor_routes
from ui.web.session import SessionWall, user_of
from ui.web.stateless import forget_page, make_forgetful
from ui.web.static_files import static_routes
from ui.web.uploads import upload_routes

if TYPE_CHECKING:
    from assistant.bootstrap import Home

_PATH = "/desk"


def build_app(
    home: Home, operator: Operator | None = None, *, wrap_gradio: Wrap = GradioWall
) -> FastAPI:
    """Return the whole web application over ``home``.

    ``operator`` also runs the commands, so that an import here and one from a shell wait for each
    other. ``wrap_gradio`` is the firewall around Gradio; only tests replace it.
    """
    return _inside_a_loop(lambda: _build(home, operator or Operator(home), wrap_gradio))


def _build(home: Home, operator: Operator, wrap_gradio: Wrap) -> FastAPI:
    app = FastAPI(
        title="Quietdesk",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(Headers),
            Middleware(Calm, home=home),
            Middleware(SessionWall, home=home),
            Middleware(Frame),
        ],
        exception_handlers={QuietdeskError: calm.answer},
    )
    gradio_app = _mount_gradio(app, operator)
    bindings = Bindings(lambda session_hash: forget_page(gradio_app, session_hash))
    _mount_of(app).app = wrap_gradio(gradio_app, bindings)
    app.include_router(auth_routes(home, bindings))
    app.include_router(password_routes(operator))
    app.include_router(factor_routes(home))
    app.include_router(oidc_routes(home))
    app.include_router(static_routes())
    app.include_router(upload_routes(operator))
    return app


def _inside_a_loop(build: Callable[[], FastAPI]) -> FastAPI:
    """Build in a running event loop; without one, Gradio leaves an open loop per lock."""

    async def built() -> FastAPI:
        return build()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(built())
    return build()


def _mount_gradio(app: FastAPI, operator: Operator) -> GradioApp:
    blocks = build_page(operator)
    mount_gradio_app(
        app,
        blocks,
        path=_PATH,
        auth_dependency=_login,
        blocked_paths=[str(operator.home.settings.home)],
        show_error=True,  # our handlers never raise, so a shown error is Gradio's own
        max_file_size=1,
        run_history=False,  # it keeps every event's texts in the browser
        footer_links=[],
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        theme=THEME,
    )
    gradio_app = cast("GradioApp", _mount_of(app).app)
    make_forgetful(gradio_app, blocks)
    return gradio_app


def _mount_of(app: FastAPI) -> Mount:
    return next(route for route in app.routes if isinstance(route, Mount) and route.path == _PATH)


def _login(request: Request) -> str | None:
    """Return the logged-in user for Gradio: a second check after ours."""
    return user_of(request).login if "user" in request.scope else None
