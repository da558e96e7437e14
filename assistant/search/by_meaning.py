"""Search by meaning, which embeds texts, and its switch.

A switched embedder asks the policy before every batch, so that nothing is embedded from the moment
on at which a tenant switches search by meaning off: not by an ingest that runs, not by a question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.errors import AiOff
from assistant.ports import Embedder, TokenEmbedder, Vectors
from guardrails import RedactedText


class SwitchedEmbedder:
    """An `Embedder` that embeds nothing while it is off: `AiOff`."""

    def __init__(self, inner: Embedder, on: Callable[[], bool]) -> None:
        self.inner = inner
        self.on = on

    @property
    def name(self) -> str:
        return self.inner.name

    def embed(self, texts: Sequence[RedactedText]) -> Vectors:
        self.must_be_on()
        return self.inner.embed(texts)

    def must_be_on(self) -> None:
        """Raise `AiOff` while search by meaning is off."""
        if not self.on():
            raise AiOff(
                "Search by meaning is switched off for this tenant, so nothing is embedded.",
                safe="No vector was made.",
                todo="Search by words works.",
            )


class SwitchedTokenEmbedder(SwitchedEmbedder):
    """The same around a `TokenEmbedder`."""

    def __init__(self, inner: TokenEmbedder, embedder: Embedder, on: Callable[[], bool]) -> None:
        super().__init__(embedder, on)
        self._tokens = inner

    def embed_tokens(self, texts: Sequence[RedactedText]) -> list[Vectors]:
        self.must_be_on()
        return self._tokens.embed_tokens(texts)

    def embed_whole(self, text: RedactedText) -> tuple[Vectors, Vectors]:
        self.must_be_on()
        return self._tokens.embed_whole(text)


def switched(inner: Embedder, on: Callable[[], bool]) -> SwitchedEmbedder:
    """Return ``inner`` with a switch; ``on`` says whether it may embed now."""
    if isinstance(inner, TokenEmbedder):
        return SwitchedTokenEmbedder(inner, inner, on)
    return SwitchedEmbedder(inner, on)


def embeds(embedder: object) -> bool:
    """Return whether ``embedder`` may embed now; one without a switch always may."""
    return not isinstance(embedder, SwitchedEmbedder) or embedder.on()
