"""The unit of a passage's location: a line, a page, a paragraph, a message or an article.

A chunk keeps two numbers, and what they count depends on the type of file: a PDF has pages, but no
lines that a reader could find. The type is recognised by the source's ending, which redaction never
removes.
"""

from __future__ import annotations

_UNITS = {
    ".docx": ("paragraph", "paragraphs"),
    ".json": ("article", "articles"),
    ".mbox": ("message", "messages"),
    ".pdf": ("page", "pages"),
}
_LINES = ("line", "lines")
_TICKET = "ticket #"


def place(source: str, first: int, last: int) -> str:
    """Return the location of a passage, such as ``lines 3–9`` or ``page 2``."""
    ending = source[source.rfind(".") :].lower() if "." in source else ""
    ticket = source.startswith(_TICKET)
    one, many = ("message", "messages") if ticket else _UNITS.get(ending, _LINES)
    return f"{one} {first}" if first == last else f"{many} {first}–{last}"
