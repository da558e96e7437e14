"""Options that many commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Tenant = Annotated[
    str, typer.Option("--tenant", "-t", metavar="TENANT", help="Whose data: the tenant's name.")
]
Json = Annotated[
    bool, typer.Option("--json", help="Print JSON on stdout, and errors as JSON on stderr.")
]
Dry = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be masked and indexed; keep nothing.")
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        min=1,
        max=2,
        help="2: redact documents while those before are embedded; 1: one thing after the other.",
    ),
]
Login = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="LOGIN",
        help="Who decides; the password is asked for, or taken from QUIETDESK_PASSWORD.",
    ),
]
