"""Two kinds of text, and the private mint between them.

``RawText`` is any text from outside, including every word that a model says. ``RedactedText`` is
what a model, an index, a log or a ledger may hold. No public function here turns one into the
other; `guardrails.identity.redact` does. Only ``guardrails`` may import this module. Every other
package uses the names that ``guardrails`` exports, and `unwrap` and `mint` are not among them.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final, LiteralString, NoReturn, final

from guardrails.placeholders import around

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic_core import CoreSchema


class _Sealed:
    """Behaviour shared by the kinds of text that must not slip out by accident."""

    __slots__ = ("_value",)
    _value: str

    def __len__(self) -> int:
        return len(self._value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self._value)} characters)"

    def __str__(self) -> str:
        raise TypeError(f"{type(self).__name__} is never turned into plain text by accident")

    def __format__(self, spec: str) -> str:
        raise TypeError(f"{type(self).__name__} is never formatted into other text")

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is never pickled")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} does not change")

    def __bool__(self) -> bool:
        return bool(self._value)


@final
class RawText(_Sealed):
    """Text from outside. Every package may make one; only ``guardrails`` may read one."""

    __slots__ = ()

    def __init__(self, value: str) -> None:
        object.__setattr__(self, "_value", value)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> CoreSchema:
        """Support raw text as a field of a schema: it accepts text and numbers."""
        from pydantic_core import core_schema

        def made(value: object, read: Callable[[object], str]) -> RawText:
            return value if isinstance(value, RawText) else RawText(read(value))

        text = core_schema.str_schema(coerce_numbers_to_str=True)
        return core_schema.no_info_wrap_validator_function(made, text)


@final
class ForPerson(_Sealed):
    """What a permitted person sees or sends. No model, index, log or ledger port takes it."""

    __slots__ = ()

    def __init__(self) -> None:
        raise TypeError("only guardrails makes ForPerson")

    def for_display(self) -> str:
        """Return the text for display or for sending, the two permitted uses."""
        return self._value


@final
class RedactedText(_Sealed):
    """Redacted text. Only ``guardrails`` makes one, so holding one is the proof of redaction."""

    __slots__ = ()

    def __init__(self) -> None:
        raise TypeError("only guardrails makes RedactedText")

    def reveal(self) -> str:
        """Return the text; placeholders replace identity in it."""
        return self._value

    def cut(self, start: int, end: int) -> RedactedText:
        """Return characters ``start`` to ``end``, widened so that no placeholder is cut in two."""
        text = self._value
        first, last = around(text, start), around(text, end)
        return mint(text[first[0] if first else start : last[1] if last else end])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RedactedText) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)


@final
class Template:
    """Words that a developer wrote; the only frame that redacted text may be set into."""

    __slots__ = ("_source",)

    def __init__(self, source: LiteralString) -> None:
        self._source: Final = string.Template(source)

    def fill(self, **values: RedactedText) -> RedactedText:
        """Set ``values`` into the ``$name`` places. ``KeyError`` when one is missing."""
        parts = {name: require_redacted(value).reveal() for name, value in values.items()}
        return mint(self._source.substitute(parts))


def require_redacted(value: object) -> RedactedText:
    """The check at each port: return ``value`` if it is `RedactedText`, refuse anything else.

    Every adapter that hands text to a model, an index, a log or a ledger calls this first, so that
    a caller that silenced the type checker is still stopped before anything is sent.
    """
    if type(value) is not RedactedText:
        raise TypeError(f"expected RedactedText, got {type(value).__name__}; nothing was passed on")
    return value


def join(separator: LiteralString, parts: Sequence[RedactedText]) -> RedactedText:
    """Return redacted ``parts`` set one after another."""
    return mint(separator.join(require_redacted(part).reveal() for part in parts))


def join_raw(parts: Sequence[RawText]) -> RawText:
    """Join pieces of outside text into one."""
    return RawText("".join(map(unwrap, parts)))


def unwrap(raw: RawText) -> str:
    """Return the text of ``raw``. Private to ``guardrails``; the import contract enforces it."""
    return raw._value  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the one reader


def mint(value: str) -> RedactedText:
    """Make `RedactedText`. Private to ``guardrails``; the import contract enforces it."""
    made = object.__new__(RedactedText)
    object.__setattr__(made, "_value", value)
    return made


def for_person(value: str) -> ForPerson:
    """Make `ForPerson`. Private to ``guardrails``: display and release call it."""
    made = object.__new__(ForPerson)
    object.__setattr__(made, "_value", value)
    return made
