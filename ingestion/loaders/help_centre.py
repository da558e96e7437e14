"""A JSON export as pages of articles, with their sections and categories.

Zendesk's pages have ``articles`` and a ``next_page``; ``sections`` and ``categories`` are beside
the articles if the export included them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from ingestion.loaders.document import NotADocument
from ingestion.loaders.fields import BODIES, TITLES, fields_of, first

_LISTS = ("articles", "documents", "items", "results", "data")
_PARENTS = ("sections", "categories")

Article = tuple[int, Mapping[str, str]]
_Page = dict[str, object]


def articles_of(found: Sequence[object]) -> Iterator[Article]:
    """Yield the articles of pages, or of a bare list, counted from 1.

    The names of section and category become fields of an article.
    """
    pages = _pages(found)
    names = _names(pages)
    if not any(_listed(each) for each in pages):
        _must_be_more_than_sections(pages)
    at = 0
    for each in found:
        items = _listed(cast("_Page", each)) if isinstance(each, dict) else None
        for item in [cast("object", each)] if items is None else items:
            at += 1
            yield at, _placed(fields_of(item, at), names)


def pages_left(found: Sequence[object]) -> str:
    """Return a note if the last page refers to a further one, else an empty string."""
    pages = _pages(found)
    if not pages or not pages[-1].get("next_page"):
        return ""
    number, of = pages[-1].get("page"), pages[-1].get("page_count")
    known = isinstance(number, int) and isinstance(of, int)
    return f"it ends with {f'page {number} of {of}' if known else 'a page that is not the last'}"


def _pages(found: Sequence[object]) -> list[_Page]:
    return [cast("_Page", each) for each in found if isinstance(each, dict)]


def _listed(page: _Page) -> list[object] | None:
    """Return the articles of a page; None when it is an article itself."""
    if any(isinstance(page.get(name), str) for name in BODIES):
        return None
    lists = (page[key] for key in _LISTS if isinstance(page.get(key), list))
    return cast("list[object] | None", next(lists, None))


_Names = dict[tuple[str, str], tuple[str, str]]


def _names(pages: Iterable[_Page]) -> _Names:
    """Return the name, and the category if any, of each section and category."""
    found: _Names = {}
    for kind, page in ((kind, page) for page in pages for kind in _PARENTS):
        items = page.get(kind)
        for item in cast("list[object]", items) if isinstance(items, list) else ():
            fields = fields_of(cast("object", item), 0) if isinstance(item, dict) else {}
            name = " ".join(first(fields, TITLES).split())
            found[kind, fields.get("id", "")] = name, fields.get("category_id", "")
    return found


def _placed(article: dict[str, str], names: _Names) -> dict[str, str]:
    section, category_id = names.get(("sections", article.get("section_id", "")), ("", ""))
    category, _ = names.get(("categories", category_id), ("", ""))
    named = {"section": section, "category": category}
    return {**article, **{key: name for key, name in named.items() if name}}


def _must_be_more_than_sections(pages: Iterable[_Page]) -> None:
    for kind in (kind for page in pages for kind in _PARENTS if isinstance(page.get(kind), list)):
        raise NotADocument(
            f"it lists the {kind} of a help centre: put them into the file of the articles"
        )
