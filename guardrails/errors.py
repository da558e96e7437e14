"""Everything that can go wrong, split by what the caller does next.

::

    QuietdeskError            shown to the user as one message; `exit_code` for the shell
    ├── UserMistake           the input is wrong: do not try again
    │   ├── NotFound          an unknown tenant, ticket, draft or user
    │   ├── NotPermitted      the person's role does not allow it
    │   │   └── CodeNeeded    a code of the second factor is missing or wrong
    │   └── BadInput          a file, a setting or a value that cannot be used
    ├── Refused               a guard said no: nothing was sent, do not try again unchanged
    │   ├── SeamBreach        unredacted text where only redacted text is accepted
    │   ├── GateClosed        the egress gate refused a request
    │   ├── LimitReached      the tenant's tokens for the day or the month are used up
    │   ├── AiOff             a feature of AI is switched off for the tenant
    │   │   └── OptedOut      the person concerned has opted out of AI
    │   └── SealBroken        a stored row does not open under its own key and place
    ├── Trouble               something outside failed: the same call may work later
    │   ├── ModelTrouble      a model server is down, slow or sends invalid answers
    │   │   ├── ContextOverflow  the prompt is longer than the model's context window
    │   │   └── ModelBusy        the server asks to wait longer than a caller can
    │   └── StorageTrouble    a disk is full, a database is down, a home is in use
    └── KeyTrouble            the master key is missing or wrong

Each error says what happened, what was kept safe and what to do next.
"""

from __future__ import annotations

from typing import ClassVar


class QuietdeskError(Exception):
    """Base of every error that a user may see. Never holds customer text."""

    exit_code: ClassVar[int] = 1
    kept_safe: ClassVar[str] = "Nothing was sent, and nothing was left half-written."

    def __init__(self, happened: str, *, safe: str | None = None, todo: str = "") -> None:
        super().__init__(happened)
        self.happened = happened
        self.safe = self.kept_safe if safe is None else safe
        self.todo = todo

    def __str__(self) -> str:
        return " ".join(part for part in (self.happened, self.safe, self.todo) if part)


class UserMistake(QuietdeskError):
    """The input is wrong; trying again unchanged gives the same answer."""

    exit_code = 2
    kept_safe = "Nothing was changed."


class NotFound(UserMistake):
    """No such tenant, ticket, draft or user."""


class NotPermitted(UserMistake):
    """The person's role does not allow this."""

    exit_code = 3


class CodeNeeded(NotPermitted):
    """The password is right; a code of the second factor is missing, wrong or used."""


class BadInput(UserMistake):
    """A file, a setting or a value that cannot be used."""


class Refused(QuietdeskError):
    """A guard said no."""

    exit_code = 4
    kept_safe = "Nothing was sent."


class SeamBreach(Refused, TypeError):
    """Unredacted text was passed where only redacted text is accepted."""


class GateClosed(Refused):
    """The egress gate refused a request."""


class LimitReached(Refused):
    """The tenant has used the tokens that it may use in a day or a month."""


class AiOff(Refused):
    """A feature of AI is switched off for this tenant."""

    kept_safe = "Nothing was written, and nothing was sent."


class OptedOut(AiOff):
    """The person whom a ticket concerns has opted out of AI; other tickets are not affected."""


class SealBroken(Refused):
    """A stored row does not open: moved, copied from elsewhere, changed or written by hand."""

    kept_safe = "The row was not used."


class Trouble(QuietdeskError):
    """Something outside failed; the same call may work later."""

    exit_code = 5


class ModelTrouble(Trouble):
    """A model server is down, slow or sends invalid answers."""

    kept_safe = "No result was recorded."


class ContextOverflow(ModelTrouble):
    """The prompt is longer than the model's context window; a shorter one may fit.

    ``window`` is the size in tokens that the server named, None when it named none.
    """

    window: int | None = None

    @classmethod
    def of(cls, window: int | None) -> ContextOverflow:
        """Return the error for a window of this size."""
        size = f" ({window:,} tokens)" if window else ""
        made = cls(
            f"The prompt is longer than the model's context window{size}.",
            todo="Use a model with a larger context window.",
        )
        made.window = window
        return made


class ModelBusy(ModelTrouble):
    """The model server still refused after two waits, or asks to wait for longer than we do."""


class StorageTrouble(Trouble):
    """A disk is full, a database is down, or another process owns the home."""


class KeyTrouble(QuietdeskError):
    """The master key is missing, unreadable, or not the one that sealed this home."""

    exit_code = 6
    kept_safe = "Nothing was opened and nothing was overwritten."
