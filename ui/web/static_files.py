"""Our own style and script files, the same for every user."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript"}
_MARK = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">
<rect width="40" height="40" rx="10" fill="#2f6265"/>
<path d="M11 13h18a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H19l-6 5v-5h-2a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2z"
 fill="#f4f6f4"/>
<rect x="14" y="17.6" width="6" height="3.4" rx="1.7" fill="#2f6265"/>
<rect x="22" y="17.6" width="4" height="3.4" rx="1.7" fill="#8fb9b5"/></svg>"""


def static_routes() -> APIRouter:
    """Return one route for each of our files; no other file has a route."""
    router = APIRouter(prefix="/static")
    for path in sorted(_FOLDER.iterdir()):
        if path.suffix in _TYPES:
            _add(router, path.name, path.read_text(encoding="utf-8"), _TYPES[path.suffix])
    _add(router, "mark.svg", _MARK, "image/svg+xml")
    return router


def _add(router: APIRouter, name: str, content: str, media_type: str) -> None:
    def serve() -> Response:
        return Response(content, media_type=media_type, headers={"cache-control": "max-age=300"})

    router.add_api_route(f"/{name}", serve, methods=["GET"], name=name)
