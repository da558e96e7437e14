"""Translates the Markdown extensions of documentation tools to plain Markdown, line by line.

An admonition becomes a line that begins with its kind, and its text loses the indent, so that code
and lists inside are code and lists again; tabs become a bold line; template tags, attribute lists
and placeholders for tables of contents are removed, because a reader does not see them. Code fences
and text between backticks are not changed: there a tag is the page's topic. Each line keeps its
number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_FENCE = re.compile(r"(?P<indent>[ \t]*(?:>[ ]?)*)(?P<mark>`{3,}|~{3,})(?P<rest>[^\n]*)$")
_INDENTED = re.compile(
    r"(?P<indent>[ \t]*)(?P<mark>!!!|\?\?\?\+?|===[!+]?)[ \t]*(?P<kind>[A-Za-z][\w -]*?)?:?[ \t]*"
    r"(?:\"(?P<title>[^\"]*)\")?[ \t]*$"
)
_FENCED = re.compile(r"[ \t]*(?P<mark>:{3,})[ \t]*(?P<kind>[A-Za-z][\w-]*)?[ \t]*(?P<title>.*)$")
_QUOTED = re.compile(r"(?P<head>[ \t]*(?:>[ ]?)+)\[!(?P<kind>[A-Za-z]+)\][+-]?[ \t]*(?P<title>.*)$")
_HUGO = re.compile(
    r"\{\{[<%][ \t]*(?P<close>/?)[ \t]*(?P<kind>note|warning|caution|tip|info|alert|"
    r"callout|important)\b[^<>%]*[>%]\}\}",
    re.IGNORECASE,
)
_SNIPPET = re.compile(
    r"[ \t]*(?:-{1,}8<-{1,}.*|\[TOC\]|\[\[_?TOC_?\]\]|\$\{toc\})[ \t]*$", re.IGNORECASE
)
_TEXT_ARGUMENT = re.compile(r"\b(?:text|title|heading|content)(?::|=>)\s*(\"[^\"]*\"|'[^']*')")
_TAG = re.compile(
    r"<%[-=#]?(?P<erb>[^%]*)[-]?%>|\{%[^{}]*?%\}|\{\{[<%][^{}]*[%>]\}\}|\{\{[^{}]*\}\}|"
    r"(?<=[)\w`*>])\{:?[ \t]*(?:[.#][\w-]+|[\w-]+=\"[^\"]*\"|[ \t])+\}|^[ \t]*\{:[^{}]*\}[ \t]*$"
)
_CODE = re.compile(r"(`+)(?:(?!\1).)+?\1")
_INDENT = 4
_KINDS = {"danger": "Danger", "bug": "Bug", "faq": "Question", "abstract": "Summary"}
_PLAIN_TITLES = frozenset("note tip hint important warning caution info attention".split())
"""Titles that name the kind themselves: `!!! info "Note"` is a note."""


def plain_markdown(lines: Sequence[str]) -> list[str]:
    """Return ``lines`` in plain Markdown; each keeps its number."""
    return list(_plain(lines))


def _plain(lines: Sequence[str]) -> Iterator[str]:
    inside: list[int] = []  # how far each open admonition has indented its text
    fence = ""
    for line in lines:
        text = _set_back(line, inside, fenced=bool(fence))
        mark = _FENCE.match(text)
        if fence:
            if mark and mark["mark"].startswith(fence) and not mark["rest"].strip():
                fence = ""
            yield text
        elif mark and "`" not in mark["rest"]:
            fence = mark["mark"]
            yield text
        else:
            yield _said(text, inside, line)


def _set_back(line: str, inside: list[int], *, fenced: bool) -> str:
    """Remove the indent of the open admonitions, and close those that end before the line."""
    if not line.strip():
        return ""
    wide = line.expandtabs(_INDENT)
    indent = len(wide) - len(wide.lstrip(" "))
    while inside and indent < inside[-1] and not fenced:
        inside.pop()
    return wide[min(inside[-1] if inside else 0, indent) :] if inside else line


def _said(text: str, inside: list[int], line: str) -> str:
    opened = _INDENTED.match(text)
    if opened and (opened["kind"] or opened["title"]):
        wide = line.expandtabs(_INDENT)
        inside.append(len(wide) - len(wide.lstrip(" ")) + _INDENT)
        is_tab = opened["mark"].startswith("=")
        label = opened["title"] or "" if is_tab else _label(opened["kind"], opened["title"])
        return f"{opened['indent']}{_strong(label)}" if label else ""
    quoted = _QUOTED.match(text)
    if quoted:
        return quoted["head"] + _strong(_label(quoted["kind"], quoted["title"]))
    fenced = _FENCED.match(text)
    if fenced:
        kind, title = fenced["kind"], fenced["title"].strip(" []{}\"'")
        return _strong(_label(kind, title)) if kind and "{" not in fenced["title"] else ""
    if _SNIPPET.match(text):
        return ""
    return _without_tags(text)


def _label(kind: str | None, title: str | None) -> str:
    first = (kind or "").split("-")[0].split(" ")[0].lower()
    word = _KINDS.get(first, first.capitalize())
    title = (title or "").strip().rstrip(":")
    if not title:
        return word
    if title.lower() in _PLAIN_TITLES or title.lower() == word.lower():
        return title
    return f"{word}: {title}" if word else title


def _strong(label: str) -> str:
    return f"**{label}**" if label.endswith(("?", "!", ".")) else f"**{label}:**"


def _without_tags(line: str) -> str:
    if "{" not in line and "<%" not in line:
        return line
    kept: list[str] = []
    at = 0
    for code in _CODE.finditer(line):
        kept += [_untagged(line[at : code.start()]), code[0]]
        at = code.end()
    kept.append(_untagged(line[at:]))
    return "".join(kept).rstrip()


def _untagged(text: str) -> str:
    text = _HUGO.sub(lambda m: "" if m["close"] else _strong(_label(m["kind"], "")), text)
    return _TAG.sub(_words_of, text)


def _words_of(tag: re.Match[str]) -> str:
    """Return the sentence in a partial's tag; empty for any other tag."""
    said = _TEXT_ARGUMENT.search(tag["erb"] or "")
    return said[1][1:-1] if said else ""
