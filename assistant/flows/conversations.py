"""Conversations with the knowledge base: redacted, in memory, each for one person."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Event, Lock

from assistant.flows.ask import Answer
from assistant.model import new_id

_MOST = 200
_MOST_TURNS = 20

Owner = tuple[str, str]
"""A login, and the id of the tenant at whose desk it asks."""


@dataclass(slots=True)
class Conversation:
    """What one person asked at one desk; setting ``stop`` ends the answer that is being written."""

    owner: Owner
    id: str = field(default_factory=new_id)
    answers: list[Answer] = field(default_factory=list[Answer])
    stop: Event = field(default_factory=Event)
    left: bool = False

    def add(self, answer: Answer) -> None:
        """Add an answer; the oldest is dropped when there are too many."""
        self.answers = [*self.answers, answer][-_MOST_TURNS:]


class Conversations:
    """The conversations of this process; the oldest is dropped when there are too many."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Conversation] = OrderedDict()
        self._lock = Lock()

    def find(self, owner: Owner, conversation_id: str) -> Conversation | None:
        """Return the conversation if it belongs to this person at this desk, else None."""
        with self._lock:
            found = self._kept.get(conversation_id)
            if found is None or found.owner != owner:
                return None
            self._kept.move_to_end(conversation_id)
            return found

    def begin(self, owner: Owner) -> Conversation:
        """Return a new conversation."""
        made = Conversation(owner)
        with self._lock:
            self._kept[made.id] = made
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return made

    def leave(self, login: str, conversation_id: str) -> None:
        """Forget a conversation of ``login``; an answer that is being written is stopped."""
        with self._lock:
            found = self._kept.get(conversation_id)
            if found is not None and found.owner[0] == login:
                del self._kept[conversation_id]
                found.left = True
                found.stop.set()
