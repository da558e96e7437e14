"""Which documents may answer a question: by type, place, tag, product and date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.errors import BadInput
from assistant.model import Document
from guardrails import RawText, RedactedText, Redactor

_MOST = 20


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Conditions that a document must meet to be searched; an empty field is no condition.

    ``type`` is the ending of the file, ``source`` the file or a folder above it, as citations show
    it. A document must have all ``tags`` and ``products``. ``since`` excludes documents whose date
    is earlier, and documents without a date.
    """

    type: str = ""
    source: str = ""
    tags: tuple[RedactedText, ...] = ()
    products: tuple[RedactedText, ...] = ()
    since: datetime | None = None
    but: str = ""
    """The id of an excluded document: a ticket must not answer itself."""

    def __bool__(self) -> bool:
        return self != DocumentFilter()

    def admits(self, document: Document) -> bool:
        """Return whether ``document`` may answer."""
        return (
            document.id != self.but
            and self._is_there(document.source.reveal())
            and _carries(document.tags, self.tags)
            and _carries(document.products, self.products)
            and (self.since is None or (document.updated or _NEVER) >= self.since)
        )

    def admitted(self, documents: Sequence[Document]) -> set[str]:
        """Return the ids of the documents that may answer. `BadInput` when there is none."""
        found = {each.id for each in documents if self.admits(each)}
        if not found and self != DocumentFilter() and not self.leaves_out_one():
            raise BadInput("No document passes these filters.", todo=self._what_there_is(documents))
        return found

    def leaves_out_one(self) -> bool:
        """Return whether the only condition is that one document is excluded."""
        return bool(self.but) and self == DocumentFilter(but=self.but)

    def _is_there(self, source: str) -> bool:
        ending = f".{self.type.lstrip('.').lower()}" if self.type else ""
        below = self.source.rstrip("/")
        inside = not below or source == below or source.startswith(f"{below}/")
        return inside and source.lower().endswith(ending)

    def _what_there_is(self, documents: Sequence[Document]) -> str:
        if self.tags and not any(_carries(each.tags, self.tags) for each in documents):
            return _listed("Tags here", (tag for each in documents for tag in each.tags))
        if self.products and not any(_carries(each.products, self.products) for each in documents):
            return _listed("Products here", (name for each in documents for name in each.products))
        newest = max((each.updated for each in documents if each.updated), default=None)
        if self.since and (newest is None or newest < self.since):
            return f"The newest here is of {newest:%Y-%m-%d}." if newest else _UNDATED
        return "Give the ending of a file, and a folder as citations show it."


@dataclass(frozen=True, slots=True)
class AllBut:
    """A set of the ids of all documents but one, made without reading the documents."""

    id: str

    def __contains__(self, document_id: object) -> bool:
        return document_id != self.id


def parse_filter(
    redactor: Redactor,
    *,
    type_: str = "",
    source: str = "",
    tags: Iterable[str] = (),
    products: Iterable[str] = (),
    since: datetime | None = None,
) -> DocumentFilter:
    """Return the filter that a person typed; its words are redacted like those of documents."""
    given = [[each.strip() for each in some if each.strip()] for some in (tags, products)]
    redacted = [tuple(redactor.look_up(RawText(each)).text for each in some) for some in given]
    return DocumentFilter(type_.strip(), source.strip(), *redacted, since=since)


_UNDATED = "No document here says when it was updated."
_NEVER = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


def _carries(labels: Sequence[RedactedText], wanted: Sequence[RedactedText]) -> bool:
    carried = {each.reveal().casefold() for each in labels}
    return all(each.reveal().casefold() in carried for each in wanted)


def _listed(what: str, labels: Iterable[RedactedText]) -> str:
    """Return a sentence that lists the existing labels, the most used first."""
    uses: dict[str, int] = {}
    for each in labels:
        uses[each.reveal()] = uses.get(each.reveal(), 0) + 1
    first = sorted(uses, key=lambda each: (-uses[each], each))[:_MOST]
    return f"{what}: {', '.join(first)}." if first else f"{what}: none."
