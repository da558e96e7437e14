"""What a server does not take, learnt from its refusals and remembered for the process.

A request that is refused is sent once more without what the server named, or, when it named
nothing, in the plainest form. Only what made a request succeed is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

from assistant.adapters.server.refusals import no_system

Body = dict[str, object]


@dataclass(frozen=True, slots=True)
class Quirks:
    """What is left out of requests to one server, and which of its URLs is right.

    ``tokens`` is the server's name for the limit of an answer; None leaves the limit out.
    """

    temperature: bool = True
    system: bool = True
    usage: bool = True
    schema: bool = True
    tokens: str | None = "max_completion_tokens"
    url: int = 0

    def applied(self, body: Body) -> Body:
        """Return ``body`` as this server takes it."""
        kept = {key: value for key, value in body.items() if key not in self._dropped()}
        limit = body.get("max_completion_tokens")
        if limit is not None and self.tokens:
            kept[self.tokens] = limit
        if not self.system:
            kept["messages"] = _without_system(cast("list[Body]", body["messages"]))
        return kept

    def without(self, words: str, body: Body) -> Quirks | None:
        """Return how to ask again after a refusal in ``words``, None when nothing is left out."""
        said = words.casefold()
        if "max_tokens" in said or "max_completion_tokens" in said:
            return self._other_tokens(body)
        if self.temperature and "temperature" in said and "temperature" in body:
            return replace(self, temperature=False)
        if (
            self.usage
            and "stream_options" in body
            and _any(said, "stream_options", "include_usage")
        ):
            return replace(self, usage=False)
        if self.schema and "response_format" in body and _any(said, "response_format", "schema"):
            return replace(self, schema=False)
        if self.system and no_system(words):
            return replace(self, system=False)
        plainest = Quirks(False, False, False, False, None, self.url)
        return plainest if plainest.applied(body) != self.applied(body) else None

    def _other_tokens(self, body: Body) -> Quirks | None:
        if self.tokens is None or "max_completion_tokens" not in body:
            return None
        other = "max_tokens" if self.tokens == "max_completion_tokens" else None
        return replace(self, tokens=other)

    def _dropped(self) -> set[str]:
        dropped = {"max_completion_tokens"}
        dropped |= set() if self.temperature else {"temperature"}
        dropped |= set() if self.usage else {"stream_options"}
        dropped |= set() if self.schema else {"response_format"}
        return dropped


@dataclass(slots=True)
class Manners:
    """What this process has learnt about one server; shared by everything that asks it.

    ``window`` is the context window that it named, ``reasons`` whether it sent reasoning, and
    ``busy_until`` the moment (monotonic, seconds) before which it is not asked.
    """

    quirks: Quirks = field(default_factory=Quirks)
    window: int | None = None
    reasons: bool = False
    busy_until: float = 0.0


def _any(said: str, *words: str) -> bool:
    return any(word in said for word in words)


def _without_system(messages: list[Body]) -> list[Body]:
    """Return ``messages`` with the system's text before the user's, in one message."""
    texts = [str(each["content"]) for each in messages]
    return [{"role": "user", "content": "\n\n".join(texts)}]
