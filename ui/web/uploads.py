"""Uploads and downloads by our own routes: in memory, sealed by the flows, never on disk in plain.

Gradio's upload stores a plain file in a temporary folder, and anyone with its path can fetch it, so
its routes are closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from assistant.errors import BadInput
from ui.operations import ingest, outbox, tickets
from ui.operations.base import ArgsT, Operation, ResultT, silent
from ui.operations.callers import Caller, Interface, logged_in
from ui.operations.ingest import IngestResult
from ui.operations.outbox import ReplyView
from ui.web.bodies import read_body
from ui.web.session import user_of

if TYPE_CHECKING:
    from ui.operations.operator import Operator

_LONGEST_NAME = 255


def upload_routes(operator: Operator) -> APIRouter:
    """Return the routes of uploads and of the export of replies."""
    router = APIRouter()
    routes = _FileRoutes(operator)
    router.add_api_route("/uploads/tickets", routes.tickets, methods=["POST"])
    router.add_api_route("/uploads/knowledge", routes.knowledge, methods=["POST"])
    router.add_api_route("/exports/outbox.jsonl", routes.outbox, methods=["GET"])
    return router


class _FileRoutes:
    def __init__(self, operator: Operator) -> None:
        self._operator = operator
        self._max_bytes = operator.home.settings.max_file_bytes
        self._few = CapacityLimiter(2)  # each upload is a whole file in memory

    async def tickets(self, request: Request) -> Response:
        tenant, name, body = await self._receive(request, tickets.IMPORT)
        export = tickets.Export(tenant=tenant, name=name, text=_utf8(body, name))
        done = await self._run(lambda: self._perform(request, tickets.IMPORT, export))
        return JSONResponse({"said": done.in_words()})

    async def knowledge(self, request: Request) -> Response:
        tenant, name, body = await self._receive(request, ingest.UPLOAD)
        article = ingest.Article(tenant=tenant, name=name, body=body)
        done = await self._run(lambda: self._perform(request, ingest.UPLOAD, article))
        if done.skipped:
            raise BadInput(f"{name} was not read: {done.skipped[0].reason}.")
        return JSONResponse({"said": _what_became(done)})

    async def outbox(self, request: Request) -> Response:
        tenant = request.query_params.get("tenant", "")
        args = outbox.OutboxArgs(tenant=tenant)
        found = await self._run(lambda: self._perform(request, outbox.LIST, args))
        return StreamingResponse(
            _lines(found.replies),
            media_type="application/jsonl",
            headers={"content-disposition": 'attachment; filename="outbox.jsonl"'},
        )

    async def _receive(
        self, request: Request, operation: Operation[ArgsT, ResultT]
    ) -> tuple[str, str, bytes]:
        """Return tenant, file name and bytes; a person without the role cannot send."""
        tenant = request.query_params.get("tenant", "")
        caller = await self._run(lambda: self._caller(request))
        operation.needs.admit(caller, tenant)
        return tenant, _name(request), await read_body(request, self._max_bytes)

    def _caller(self, request: Request) -> Caller:
        return logged_in(self._operator.home, user_of(request).login, Interface.PAGE)

    def _perform(
        self, request: Request, operation: Operation[ArgsT, ResultT], args: ArgsT
    ) -> ResultT:
        return self._operator.perform(operation, self._caller(request), args, silent)

    async def _run(self, work: Callable[[], Any]) -> Any:
        return await to_thread.run_sync(work, limiter=self._few)


def _name(request: Request) -> str:
    name = PurePosixPath(unquote(request.headers.get("x-file-name", "")).replace("\\", "/")).name
    if not name or name.startswith(".") or len(name) > _LONGEST_NAME or "\0" in name:
        raise BadInput("The file has no usable name.")
    return name


def _utf8(body: bytes, name: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{name}: byte {error.start + 1} is not UTF-8.") from None


def _what_became(done: IngestResult) -> str:
    if done.unchanged:
        return "Nothing changed: the document was already there."
    word = "Added" if done.added else "Replaced"
    notes = "".join(f" Not read: {each.text}." for each in done.notes)
    return f"{word}: {done.chunks} passages can be found now.{notes}"


def _lines(items: Sequence[ReplyView]) -> Iterator[str]:
    yield from (f"{item.model_dump_json()}\n" for item in items)
