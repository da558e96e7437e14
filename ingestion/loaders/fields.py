"""The fields of an article as exports name them, each as one text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from ingestion.loaders.audience import HELP_CENTRE, readers
from ingestion.loaders.document import Unreadable

TITLES = ("title", "name", "question", "headline")
BODIES = ("body", "text", "content", "answer", "html", "body_html", "description")


def fields_of(value: object, at: int) -> dict[str, str]:
    """Return the fields of article number ``at``. `Unreadable` when it has none."""
    if not isinstance(value, dict):
        raise Unreadable(f"article {at} is not a JSON object")
    given = cast("dict[str, object]", value)
    fields = {key.strip().lower(): _plain(each) for key, each in given.items()}
    may_read = readers(given)
    return {**fields, HELP_CENTRE: may_read} if may_read else fields


def first(article: Mapping[str, str], names: Iterable[str]) -> str:
    """Return the first of these fields that is not empty."""
    return next((article[name] for name in names if article.get(name, "").strip()), "")


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return ", ".join(str(each) for each in cast("list[object]", value) if isinstance(each, str))
    return str(value) if isinstance(value, (int, float)) else ""
