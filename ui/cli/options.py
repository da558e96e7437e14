"""Options that many commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.model import Audience

Tenant = Annotated[str, typer.Option("--tenant", "-t", metavar="TENANT", help="The tenant's name.")]
Json = Annotated[
    bool, typer.Option("--json", help="Print JSON on stdout, and errors as JSON on stderr.")
]
Dry = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be masked and indexed; store nothing.")
]
For = Annotated[
    Audience | None,
    typer.Option(
        "--audience",
        help="Who may read the documents that do not say it themselves; otherwise the file "
        "quietdesk.toml of their folder says it, or they are for agents.",
    ),
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        min=1,
        max=2,
        help="2: redact documents while earlier ones are embedded; 1: one step after the other.",
    ),
]
Login = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="LOGIN",
        help="The login of the person; the password is asked for, or read from QUIETDESK_PASSWORD.",
    ),
]
AnyLogin = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="LOGIN",
        help="The login of the person; without it, the owner of the home.",
    ),
]
