"""The metadata of a document: tags, products, and when it was last updated.

Every format has its own names: front matter, properties of a file, columns of a help centre.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from guardrails import RawText
from ingestion.loaders.audience import stated
from ingestion.loaders.document import Labels

TAGS = (
    *("tags", "tag", "labels", "label_names", "keywords", "topics"),
    *("categories", "category", "section"),
)
PRODUCTS = ("product", "products", "service", "application")
UPDATED = (
    *("updated", "updated_at", "last_updated", "modified", "last_modified", "lastmod"),
    *("last_reviewed_on", "edited_at", "date"),
)

_MOST = 50
_LONGEST = 100
"""A longer tag is a sentence, and more of them are keywords for search engines."""

_KEY = re.compile(r"(?P<key>[A-Za-z][\w -]{0,40}?)[ \t]*[:=][ \t]*(?P<value>.*)$")
_ITEM = re.compile(r"[ \t]*-[ \t]+(?P<value>.*)$")
_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_PDF = re.compile(r"D:(\d{4})(\d{2})(\d{2})")


def labels(given: Mapping[str, Sequence[str]]) -> Labels:
    """Return the labels in ``given``; keys are lower case, a list may be one text with commas."""
    return Labels(
        _each(each for name in TAGS for each in given.get(name, ())),
        _each(each for name in PRODUCTS for each in given.get(name, ())),
        next(
            filter(None, (moment(each) for name in UPDATED for each in given.get(name, ()))), None
        ),
        stated(given),
    )


def front_matter(lines: Iterable[str]) -> dict[str, list[str]]:
    """Return the keys of a front matter, YAML or TOML, with their plain values.

    Nested values say nothing about the document as a whole, and are ignored.
    """
    found: dict[str, list[str]] = {}
    into: list[str] = []
    for line in lines:
        item = _ITEM.match(line)
        pair = None if item else _KEY.match(line)
        if item:
            into.append(_bare(item["value"]))
        elif pair:
            into = found.setdefault(pair["key"].lower().replace("-", "_"), [])
            into += _values(pair["value"])
        elif line.strip() and line[:1].isspace():
            into = []  # something nested that is not a list
    return {key: values for key, values in found.items() if values}


def moment(text: str) -> datetime | None:
    """Return the time in ``text`` (ISO 8601, a PDF's or mail's), or None; a day is its midnight."""
    text = text.strip()[:_LONGEST]
    pdf = _PDF.match(text)
    iso = f"{pdf[1]}-{pdf[2]}-{pdf[3]}" if pdf else text
    try:
        parse = datetime.fromisoformat if _ISO.fullmatch(iso) else parsedate_to_datetime
        found = parse(iso)
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _values(text: str) -> list[str]:
    text = text.strip()
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else None
    if inner is not None:
        return [each for each in map(_bare, inner.split(",")) if each]
    bare = _bare(text)
    return [bare] if bare else []


def _bare(text: str) -> str:
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1].strip() if quoted else text


def _each(values: Iterable[str]) -> tuple[RawText, ...]:
    words = (" ".join(part.split()) for value in values for part in re.split(r"[,;\n]", value))
    kept = dict.fromkeys(word for word in words if word and len(word) <= _LONGEST)
    return tuple(RawText(word) for word in list(kept)[:_MOST])
