"""``eval …``: needs no tenant, no home and no set-up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.cli.options import Json


def privacy(
    *,
    data: Annotated[Path, typer.Option(help="JSON lines with labelled spans; .gz is unpacked.")],
    json: Json = False,
) -> None:
    """Measure what redaction finds and misses."""
    del data, json


def retrieval(
    *,
    corpus: Annotated[Path, typer.Option(help="JSON lines of passages.")],
    json: Json = False,
) -> None:
    """Measure whether the right passages come back."""
    del corpus, json
