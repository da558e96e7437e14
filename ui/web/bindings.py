"""Binds each Gradio session hash to a person."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

MOST_PAGES = 200


class Bindings:
    """Binds each hash to the first person who uses it, for as long as Gradio may know the hash.

    A person who opens very many pages loses their own oldest ones, never another person's. Gradio's
    data of such a page is dropped first, so that a released hash gives access to nothing.
    """

    def __init__(self, forget: Callable[[str], None], most: int = MOST_PAGES) -> None:
        self._forget = forget
        self._most = most
        self._owner: dict[str, str] = {}
        self._pages: dict[str, OrderedDict[str, None]] = {}
        self._lock = Lock()

    def claim(self, session_hash: str, user_id: str) -> bool:
        """Return whether ``session_hash`` is this person's; bind it if it was not bound."""
        with self._lock:
            if self._owner.setdefault(session_hash, user_id) != user_id:
                return False
            pages = self._pages.setdefault(user_id, OrderedDict())
            pages[session_hash] = None
            pages.move_to_end(session_hash)
            if len(pages) > self._most:
                self._drop(pages.popitem(last=False)[0])
            return True

    def drop_all(self, user_id: str) -> None:
        """Drop everything that Gradio holds for a person who logged out."""
        with self._lock:
            for session_hash in self._pages.pop(user_id, OrderedDict()):
                self._drop(session_hash)

    def _drop(self, session_hash: str) -> None:
        self._forget(session_hash)
        del self._owner[session_hash]
