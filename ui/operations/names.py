"""Records name users by id; people read their logins."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.bootstrap import Home

_ID = re.compile(r"[0-9a-f]{32}")
_SHOWN = 8  # digits of the id of a user who was removed


def names_of(home: Home) -> Callable[[str], str]:
    """Return a function from a user's id to their login, as it is now.

    It returns other words unchanged: the owner's, and the logins in records of earlier versions.
    """
    logins = home.accounts.logins()

    def name(by: str) -> str:
        removed = f"removed user {by[:_SHOWN]}" if _ID.fullmatch(by) else by
        return logins.get(by, removed)

    return name
