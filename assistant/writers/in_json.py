"""An answer in JSON: sentences with the numbers of their passages.

A server can be made to answer in a given schema. What comes back becomes the plain text that every
other answer is: each text, and below it its numbers in square brackets. So a number stays a hint,
and every check reads the same kind of text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from assistant.prompts import MOST_PASSAGES
from guardrails import RawText, join_raw
from guardrails.errors import BadInput
from guardrails.intake.parse import Number, Parsed, Schema, lenient, parse_text

MOST = 24
"""The most sentences of an answer; one that has more is not used."""
LONGEST = 1_000
"""The most characters of a sentence; an answer with a longer one is not used."""
_MOST_NUMBERS = 3
_MOST_READ = MOST * (LONGEST + 100)
"""Characters that are parsed; no answer within the bounds above needs more."""


class _Sentence(Schema):
    text: RawText = RawText("")
    passages: Annotated[tuple[Number, ...], lenient(tuple)] = ()


class _Said(Schema):
    sentences: Annotated[tuple[_Sentence, ...], Field(max_length=MOST)] = ()


def schema_of(passages: int) -> Mapping[str, object]:
    """Return the JSON schema of an answer that may rest on ``passages`` passages.

    It holds no bound of a text's length: some servers refuse a schema that has one.
    """
    words = "One sentence, or one step with its number."
    fields: dict[str, object] = {"text": {"type": "string", "description": words}}
    if passages:
        fields["passages"] = {
            "type": "array",
            "description": "Numbers of the passages that say it.",
            "items": {"type": "integer", "enum": list(range(1, passages + 1))},
            "maxItems": _MOST_NUMBERS,
        }
    sentences = {"type": "array", "items": _object(fields), "minItems": 1, "maxItems": MOST}
    return _object({"sentences": sentences})


def in_words(said: RawText, *, whole: bool) -> RawText:
    """Return the plain text of an answer in JSON; one in words is returned as it is.

    The end may be missing unless the answer is ``whole``. The text is empty for JSON that is broken
    or out of bounds: a step or a warning could be missing from what can be read of it.
    """
    try:
        if not _parsed(said, begun=True).has("sentences"):
            return said
    except BadInput:
        return said
    try:
        sentences = _parsed(said, begun=not whole).into(_Said).sentences
    except BadInput:
        return RawText("")
    if any(len(each.text) > LONGEST for each in sentences):
        return RawText("")
    return join_raw([part for each in sentences if each.text for part in _lines(each)])


def _parsed(said: RawText, *, begun: bool) -> Parsed:
    return parse_text(said, "the model's answer", _MOST_READ, begun=begun)


def _lines(sentence: _Sentence) -> list[RawText]:
    """Return a sentence and its numbers, on lines of their own: the text may end in code."""
    hints = [number for number in sentence.passages if number and 0 < number <= MOST_PASSAGES]
    cited = f"[{', '.join(map(str, hints[:_MOST_NUMBERS]))}]\n" if hints else ""
    return [sentence.text, RawText("\n" + cited)]


def _object(fields: Mapping[str, object]) -> Mapping[str, object]:
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }
