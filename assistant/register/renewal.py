"""New entries of the register, and terms that are stated again."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from assistant.errors import BadInput
from assistant.model import PURPOSES, Subprocessor, Terms, new_id
from assistant.register.places import must_be_a_url, on_this_machine, origin_of
from assistant.settings import PREFIX
from guardrails.policy import SubprocessorKind

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,253}")
_ADDED_HERE = frozenset({SubprocessorKind.WEBHOOK, SubprocessorKind.STAMP})


def new_entry(
    name: str,
    kind: SubprocessorKind,
    *,
    url: str,
    url_env: str,
    operator: str,
    now: datetime,
    **terms: Any,
) -> Subprocessor:
    """Return an entry of the register. `BadInput` for what cannot be one."""
    if kind not in _ADDED_HERE:
        raise BadInput(
            f"A {kind} is not added here.",
            todo="Use `quietdesk model add`, or QUIETDESK_DATABASE_URL for a database.",
        )
    address = _address(url, url_env)
    own = on_this_machine(origin_of(address))
    stated = replace(Terms(region="local" if own else ""), **terms)
    return Subprocessor(
        id=new_id(),
        name=name,
        kind=kind,
        origin=origin_of(address),
        operator=operator or urlsplit(address).hostname or name,
        announced_at=now,
        reviewed_on=now.date(),
        terms=stated,
        purposes=PURPOSES[kind],
        address="" if url_env else address,
        address_env=url_env,
    )


def restated(terms: Terms, **stated: Any) -> Terms:
    """Return ``terms`` with what is stated now in the place of what was before."""
    return replace(terms, **stated)


def _address(url: str, url_env: str) -> str:
    if bool(url) == bool(url_env):
        raise BadInput("Give a URL or the variable that holds it, and not both.")
    if url_env and (not _VARIABLE.fullmatch(url_env) or url_env.startswith(PREFIX)):
        raise BadInput(
            "The name of the variable that holds the URL is not one.",
            todo=f"Give a name, and none that begins with {PREFIX}.",
        )
    address = url or os.environ.get(url_env, "")
    must_be_a_url(address, "The URL")
    return address
