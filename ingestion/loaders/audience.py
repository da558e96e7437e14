"""Who may read a document, as its own metadata, its headings and remarks in its text say it.

Metadata states an audience; headings and remarks only narrow it. A remark is a short line or a
heading such as “for agents only”, or a sentence that says not to share the text with customers.
Everything here reads plain text before redaction and keeps none of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from assistant.model import Audience
from ingestion.loaders.remarks import (
    ANYWHERE,
    BEGINS,
    BRACKETED,
    ENDS,
    LEADS,
    OPENS,
    STATED,
    TO_STAFF,
    WHOLE,
)

_FOR_CUSTOMERS = frozenset(
    (
        *("customer", "customers", "client", "clients", "public", "external", "visitors"),
        *("everyone", "everybody", "anyone", "all", "world", "user", "users", "all_users"),
        *("end-user", "end-users", "end user", "end users", "end_user", "end_users", "enduser"),
        *("logged_in_users", "signed_in_users", "signed-in users", "endusers", "1", "2"),
    )
)
_EVERYBODY = frozenset(
    ("everybody", "everyone", "signed-in users", "signed in users", "signed_in_users")
)
_YES = frozenset("true yes 1 on".split())
_NO = frozenset("false no 0 off".split())
HELP_CENTRE = "readers of the help centre"
"""The field under which `readers` is given to `stated`."""
_NAMED = (HELP_CENTRE, "audience", "visibility", "access", "classification", "sensitivity")
_INTERNAL = ("internal", "private", "draft", "is_draft", "agents_only", "staff_only", "restricted")
_PUBLIC = ("public", "is_public", "published")

_NO_REMARK = re.compile(r"\||(?:[-*+•]|\d{1,2}[.)])\s+[\W_]*\w+[\W_]*$")
"""A row of a table or a list of labels (public, internal) says nothing about its document."""
_LONGEST_REMARK = 120
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")


def stated(given: Mapping[str, Sequence[str]]) -> Audience | None:
    """Return the audience that metadata states, None without a statement.

    Keys are lower case. Of contradictory statements the narrower one counts, and so does a value
    that is not known: it is for agents.
    """
    found = [*_by_name(given), *_by_flag(given)]
    return min(found, key=lambda each: each is not Audience.AGENT, default=None)


def readers(article: Mapping[str, object]) -> str:
    """Return ``customer`` or ``agent`` as a help centre's export says it, or an empty string.

    Zendesk: an article without a user segment is for everybody; a segment of signed-in users that
    is not limited further is for customers, any other for agents; a section's access policy counts
    too. Freshdesk: a folder's visibility is 1 (everybody), 2 (signed in), 3 (agents) or more
    (selected companies), and the status 1 of an article is a draft.
    """
    found = [*_of_segments(article), *_of_folder(article)]
    return "" if not found else "customer" if all(found) else "agent"


def word(said: str) -> Audience:
    """Return the audience that a value such as ``internal`` or ``public`` means."""
    parts = [each.strip().casefold() for each in re.split(r"[,;/&]|\band\b", said) if each.strip()]
    customers = bool(parts) and any(each in _FOR_CUSTOMERS for each in parts)
    return Audience.CUSTOMER if customers else Audience.AGENT


def is_remark(line: str) -> bool:
    """Return whether a line of a document says that it is not for customers."""
    bare = " ".join(line.split())
    if not bare:
        return False
    if ANYWHERE.search(bare) or LEADS.match(bare) or OPENS.match(bare):
        return True
    if len(bare) > _LONGEST_REMARK or _NO_REMARK.match(bare):
        return False
    value = STATED.match(bare)
    if value:
        return word(value["value"]) is Audience.AGENT
    several = (each for each in _SENTENCE.split(bare) if len(each.split()) > 1)
    return bool(WHOLE.match(bare)) or any(map(WHOLE.match, several))


def is_internal_heading(heading: str) -> bool:
    """Return whether a heading or a title says that what is below it is not for customers."""
    bare = " ".join(heading.split())
    shaped = (
        BRACKETED.search(bare)
        or ENDS.search(bare)
        or TO_STAFF.fullmatch(bare)
        or BEGINS.match(bare)
    )
    return is_remark(bare) or bool(shaped)


def narrowed(headings: Iterable[str], lines: Iterable[str]) -> bool:
    """Return whether a section, by its headings or a remark in it, is for agents only."""
    return any(map(is_internal_heading, headings)) or any(map(is_remark, lines))


def _of_segments(article: Mapping[str, object]) -> list[bool]:
    found: list[bool] = []
    if "user_segment" in article and article["user_segment"] is not None:
        found.append(_signed_in(article["user_segment"]))
    elif article.get("user_segment_ids"):
        found.append(False)
    elif "user_segment_id" in article:
        found.append(article["user_segment_id"] is None)
    elif "user_segment" in article:
        found.append(True)
    policy = article.get("access_policy")
    if isinstance(policy, dict):
        viewers = str(cast("dict[str, object]", policy).get("viewable_by", ""))
        found.append(viewers in {"everybody", "signed_in_users"})
    return found


def _signed_in(segment: object) -> bool:
    """Return whether a segment is all signed-in users."""
    if not isinstance(segment, dict):
        return str(segment).strip().casefold() in _EVERYBODY
    given = cast("dict[str, object]", segment)
    limits = ("tags", "or_tags", "organization_ids", "group_ids", "added_user_ids")
    limited = any(given.get(each) for each in limits)
    return given.get("user_type") in {"signed_in_users", "everybody"} and not limited


def _of_folder(article: Mapping[str, object]) -> list[bool]:
    folder = article.get("folder")
    inside = cast("dict[str, object]", folder) if isinstance(folder, dict) else {}
    given = (inside.get("visibility"), article.get("folder_visibility"), article.get("visibility"))
    found = [each in (1, 2) for each in given if isinstance(each, int)]
    return [*found, False] if "folder_id" in article and article.get("status") == 1 else found


def _by_name(given: Mapping[str, Sequence[str]]) -> list[Audience]:
    said = (", ".join(given.get(name, ())) for name in _NAMED)
    return [word(each) for each in said if each.strip(", ")]


def _by_flag(given: Mapping[str, Sequence[str]]) -> list[Audience]:
    found: list[Audience] = []
    for name in (*_INTERNAL, *_PUBLIC):
        for each in given.get(name, ()):
            said = each.strip().casefold()
            if not said:
                continue
            if name in _INTERNAL:
                found += [] if said in _NO else [Audience.AGENT]
            elif name == "published":  # published to whom is not said
                found += [Audience.AGENT] if said in _NO else []
            else:
                found.append(Audience.CUSTOMER if said in _YES else Audience.AGENT)
    return found
