"""Reads request bodies: streamed, limited in size, in memory only.

Form uploads are not used, because a multipart parser writes everything over a megabyte into a
temporary file, and a customer's export must never be on a disk in plain text.
"""

from __future__ import annotations

from starlette.requests import Request

from assistant.errors import BadInput

MIB = 1_048_576


async def read_body(request: Request, most: int) -> bytes:
    """Return the body. `BadInput` as soon as it is longer than ``most`` bytes."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > most:
        raise too_long(most)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise too_long(most)
    return bytes(body)


def too_long(most: int) -> BadInput:
    """Return the error for a body of more than ``most`` bytes."""
    size = f"{most // MIB} MiB" if most >= MIB else f"{most} bytes"
    return BadInput(f"The file or request is larger than {size}.", todo="Send it in smaller parts.")
