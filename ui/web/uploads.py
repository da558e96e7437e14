"""Files in and out by our own routes: read into memory, sealed by the flows, never laid on a disk.

Gradio's upload keeps a plain file in its temporary folder that everybody with its path can fetch;
its routes are shut.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from assistant.errors import BadInput
from assistant.flows.outbox import OutboxItem, replies
from assistant.model import Role
from ui.operations import tickets
from ui.operations.base import ArgsT, Operation, Progress, ResultT, TenantArgs, silent
from ui.operations.callers import Caller, Door, logged_in
from ui.operations.ingest import IngestResult, result_of
from ui.operations.needs import member
from ui.web.bodies import MIB, read_body
from ui.web.session import user_of
from ui.web.visit import Visit, must_be, open_visit

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from ui.operations.operator import Operator

_LONGEST_NAME = 255


class Article(TenantArgs):
    """One file that a reviewer sent."""

    name: str
    body: bytes
    max_bytes: int


def upload_routes(operator: Operator) -> APIRouter:
    """Return the routes by which files come and replies are taken away."""
    router = APIRouter()
    door = _Door(operator)
    router.add_api_route("/uploads/tickets", door.tickets, methods=["POST"])
    router.add_api_route("/uploads/knowledge", door.knowledge, methods=["POST"])
    router.add_api_route("/exports/outbox.jsonl", door.outbox, methods=["GET"])
    return router


class _Door:
    def __init__(self, operator: Operator) -> None:
        self._operator = operator
        self._max_bytes = operator.home.settings.max_file_mb * MIB
        self._few = CapacityLimiter(2)  # each holds a whole file in memory

    async def tickets(self, request: Request) -> Response:
        tenant, name, body = await self._receive(request)
        export = tickets.Export(tenant=tenant, name=name, text=_utf8(body, name))
        done = await self._run(lambda: self._perform(request, tickets.IMPORT, export))
        return JSONResponse(
            {"said": f"{done.new} new, {done.changed} changed, {done.unchanged} unchanged."}
        )

    async def knowledge(self, request: Request) -> Response:
        tenant, name, body = await self._receive(request)
        upload = Article(tenant=tenant, name=name, body=body, max_bytes=self._max_bytes)
        done = await self._run(lambda: self._perform(request, _KNOWLEDGE, upload))
        if done.skipped:
            raise BadInput(f"{name} was left out: {done.skipped[0].reason}.")
        return JSONResponse({"said": _what_became(done)})

    async def outbox(self, request: Request) -> Response:
        tenant = request.query_params.get("tenant", "")
        visit = await self._run(lambda: self._visit(request, tenant))
        items = await self._run(lambda: replies(visit.desk, visit.person))
        return StreamingResponse(
            _lines(items),
            media_type="application/jsonl",
            headers={"content-disposition": 'attachment; filename="outbox.jsonl"'},
        )

    async def _receive(self, request: Request) -> tuple[str, str, bytes]:
        """Return tenant, file name and bytes; a person without the role sends nothing."""
        tenant = request.query_params.get("tenant", "")
        visit = await self._run(lambda: self._visit(request, tenant))
        must_be(Role.REVIEWER, visit, "import files")
        return tenant, _name(request), await read_body(request, self._max_bytes)

    def _visit(self, request: Request, tenant: str) -> Visit:
        return open_visit(self._operator.home, user_of(request).login, tenant)

    def _perform(
        self, request: Request, operation: Operation[ArgsT, ResultT], args: ArgsT
    ) -> ResultT:
        caller = logged_in(self._operator.home, user_of(request).login, Door.PAGE)
        return self._operator.perform(operation, caller, args, silent)

    async def _run(self, work: Callable[[], Any]) -> Any:
        return await to_thread.run_sync(work, limiter=self._few)


def _ingest(home: Home, _caller: Caller, args: Article, _progress: Progress) -> IngestResult:
    from ingestion.ingest import ingest  # loads models; the page must start without them
    from ingestion.source import Upload

    desk = home.desk(args.tenant)
    report = ingest(
        desk,
        Upload(args.name, args.body),
        progress=lambda _step: None,
        max_bytes=args.max_bytes,
    )
    return result_of(report, home.index_bytes(args.tenant), desk.records.counts()["chunks"])


_KNOWLEDGE = Operation(
    "uploads.knowledge", Article, IngestResult, _ingest, needs=member(Role.REVIEWER), alone=True
)


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
        return "Nothing changed; it was there already."
    word = "Added" if done.added else "Replaced"
    notes = "".join(f" Not read: {each.text}." for each in done.notes)
    return f"{word}: {done.chunks} passages can be found now.{notes}"


def _lines(items: list[OutboxItem]) -> Iterator[str]:
    for item in items:
        yield (
            json.dumps(
                {
                    "reply": item.reply_id,
                    "reference": item.reference,
                    "text": item.text.for_display(),
                    "released_by": item.released_by,
                    "released_at": item.released_at.isoformat(),
                    "delivered_at": item.delivered_at.isoformat() if item.delivered_at else None,
                },
                ensure_ascii=False,
            )
            + "\n"
        )
