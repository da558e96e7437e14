"""The bounded parser: typed fields from outside, one record at a time, and no value in an error."""

from __future__ import annotations

import io
import json
from enum import StrEnum
from typing import Annotated, Any, BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails import RawText
from guardrails.errors import BadInput
from guardrails.intake import stream
from guardrails.intake.parse import (
    EPOCH,
    Instant,
    Number,
    Parsed,
    Reference,
    Schema,
    lenient,
    meanings,
    parse_json,
    parse_text,
)
from guardrails.intake.stream import MAX_DEPTH, is_json, read_csv, read_json
from guardrails.text import unwrap

LISTS, BESIDE = {"": "ticket", "tickets": "ticket"}, {"users": "user"}


class Kind(StrEnum):
    ONE = "one"
    TWO = "two"


class Part(Schema):
    text: RawText = RawText("")
    at: Instant = EPOCH


class Record(Schema):
    id: Reference
    text: RawText = RawText("")
    number: Number = None
    kind: Kind = Kind.ONE
    word: Annotated[Kind, meanings({2: Kind.TWO, "b": Kind.TWO}, Kind.ONE)] = Kind.ONE
    flag: bool = False
    at: Instant = EPOCH
    parts: tuple[Part, ...] = ()
    loose: Annotated[Part, lenient(Part)] = Part()


def read(value: object) -> Record:
    return parse_json(json.dumps(value).encode(), "f").into(Record)


def records(body: bytes) -> list[tuple[str, Parsed]]:
    return list(read_json(io.BytesIO(body), "f", LISTS, BESIDE))


def test_fields_have_their_types_and_text_stays_raw() -> None:
    found = read({"id": 7, "text": 5, "number": "12", "word": " B ", "parts": [{"text": "x"}]})
    assert (found.id, unwrap(found.text), found.number, found.word) == ("7", "5", 12, Kind.TWO)
    assert repr(found.parts[0].text) == "RawText(1 characters)"


def test_a_text_is_parsed_up_to_a_length_and_its_end_may_be_missing_where_that_is_told() -> None:
    begun = RawText('{"id": "1", "text": "Priya')
    assert unwrap(parse_text(begun, "f", 99, begun=True).into(Record).text) == "Priya"
    assert unwrap(parse_text(begun, "f", 22, begun=True).into(Record).text) == "P"
    with pytest.raises(BadInput, match="f is not valid JSON") as caught:
        parse_text(begun, "f", 99)
    assert "Priya" not in str(caught.value)


def test_null_counts_as_missing_and_unknown_fields_are_ignored() -> None:
    assert read({"id": "1", "kind": None, "parts": None, "more": {"x": 1}}) == read({"id": "1"})


def test_text_of_a_schema_cannot_be_written_out_again() -> None:
    with pytest.raises(Exception, match="Unable to serialize"):
        read({"id": "1", "text": "Priya"}).model_dump_json()


@pytest.mark.parametrize("number", ["9" * 30, 1e5, True, "12a", "１２", [1]])
def test_what_is_no_small_number_is_none(number: object) -> None:
    assert read({"id": "1", "number": number}).number is None


@pytest.mark.parametrize(
    "annotation",
    [str, int, dict[str, str], object, list[str], str | None, bytes, float, tuple[int, ...]],
)
def test_a_schema_with_a_field_that_prose_fits_through_cannot_be_made(annotation: Any) -> None:
    with pytest.raises(TypeError, match=r"Leaky\.words would let outside text through"):
        type("Leaky", (Schema,), {"__annotations__": {"words": annotation}})


COMPLAINTS: list[tuple[Any, str]] = [
    ({}, "f: the field “id” is missing."),
    ({"id": "two words"}, "f: the field “id” must be a reference"),
    ({"id": "1", "kind": "three"}, "f: the field “kind” must be one of one, two."),
    ({"id": "1", "at": "soon"}, "f: the field “at” must be a time"),
    ({"id": "1", "text": {}}, "f: the field “text” must be text."),
    ({"id": "1", "flag": "maybe"}, "f: the field “flag” must be true or false."),
    ({"id": "1", "parts": "none"}, "f: the field “parts” must be a list."),
    ({"id": "1", "parts": [{}, 5]}, "f, parts 2 must be a JSON object."),
    ({"id": "1", "parts": [{"text": []}]}, "f, parts 1: the field “text” must be text."),
    ([], "f must be a JSON object."),
]


@pytest.mark.parametrize(("value", "complaint"), COMPLAINTS)
def test_a_complaint_names_the_place_and_the_field(value: object, complaint: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(value)
    assert caught.value.happened.startswith(complaint)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just("SENTINEL"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*Record.model_fields, *Part.model_fields, "SENTINEL"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=10,
)


def complaint_about(body: bytes) -> str:
    """Return everything in the error about ``body``, or an empty text without an error."""
    try:
        for _, parsed in records(body):
            parsed.into(Record)
    except BadInput as error:
        return f"{error!r} {error} {error.__cause__!r} {error.__suppress_context__}"
    return ""


@given(VALUES)
def test_no_complaint_holds_a_value_or_a_name_from_outside(value: object) -> None:
    said = complaint_about(json.dumps({"id": "two words", "parts": value}).encode())
    assert said.endswith("None True")
    assert "SENTINEL" not in said
    assert "two words" not in said


@given(st.text(alphabet='SENTINEL{}[]":,\\u0\n 9', max_size=80))
def test_no_complaint_about_broken_json_holds_any_of_it(text: str) -> None:
    assert "SENTINEL" not in complaint_about(f'{{"SENTINEL{text}'.encode())


PIECES = [
    b'{"id":1}\n{"id":2}\n',
    b'\xef\xbb\xbf[\r\n{"a":"x\\"]},y"},\n{}]',
    b'{"a":1,"tickets":[{"id":1},{"id":2}],"users":[{"id":5}],"next":null} {"id":3}',
    b'{"a":"\\ud83d b \\ud83d\\ude00 \\\\ud83d"}',
    b"[]\n{}\n[ ]",
]


@pytest.mark.parametrize("body", PIECES)
@pytest.mark.parametrize("block", [1, 2, 3, 5, 8])
def test_where_a_file_is_cut_into_blocks_makes_no_difference(
    body: bytes, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [(kind, parsed) for kind, parsed in records(body)]
    monkeypatch.setattr(stream, "_BLOCK", block)
    assert records(body) == whole


def test_records_are_found_in_documents_lines_and_lists() -> None:
    found = [(kind, parsed.where) for kind, parsed in records(PIECES[2])]
    assert found == [
        ("tickets", "f, line 1, ticket 1"),
        ("tickets", "f, line 1, ticket 2"),
        ("users", "f, line 1, user 1"),
        ("", "f, line 1"),
    ]
    assert [parsed.where for _, parsed in records(b'{"id":1}\n\n{"id":\n2}\n{}')] == [
        "f, line 1",
        "f, line 3",
        "f, line 5",
    ]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"x", "line 1 is not valid JSON"),
        (b"5", "line 1 must be a JSON object"),
        (b'"words"', "line 1 must be a JSON object"),
        (b"[{},]", "ticket 2 is not valid JSON"),
        (b"[{} {}]", "ticket 1 is not valid JSON"),
        (b'{"a" 1}', "line 1 is not valid JSON"),
        (b"{'a': 1}", "line 1 is not valid JSON"),
        (b'{"a": nul}', "line 1 is not valid JSON"),
        (b'{"a": "b\nc"}', "line 1 is not valid JSON"),
        (b'{"a": "b\x00"}', "line 1 is not valid JSON"),
        (b'{"a": \x00}', "line 1 is not valid JSON"),
        (b'\n{"a": "\xff"}', "line 2 is not UTF-8 text"),
        (b'{"a": ' + b"9" * 5000 + b"}", "line 1 is not valid JSON"),
        (b'{"tickets": [{}], "x": nul}', "line 1 is not valid JSON"),
        (b'{"tickets": [{}]', "line 1 is not valid JSON"),
        (b'{"a": "\\', "line 1 is not valid JSON"),
        (b'{"a":' + b"[" * 90 + b"]" * 90 + b"}", f"deeper than {MAX_DEPTH} levels"),
        (b"[" * 100_000, f"deeper than {MAX_DEPTH} levels"),
        (b'{"a":' * 100_000, f"deeper than {MAX_DEPTH} levels"),
        (b'{"a":[' + b"1," * 1_000_001 + b"1]}", "more than 1,000,000 parts"),
    ],
)
def test_hostile_json_is_refused_by_its_line(body: bytes, complaint: str) -> None:
    with pytest.raises(BadInput) as caught:
        records(body)
    assert complaint in caught.value.happened


def test_a_record_that_is_too_long_is_refused_before_all_of_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return (b'{"a": "' if self.given == size else b"") + b"y" * size

    endless, limit = Endless(), 1_000_000
    monkeypatch.setattr(stream, "MAX_RECORD", limit)
    with pytest.raises(BadInput, match="longer than"):
        list(read_json(cast("BinaryIO", endless), "f", LISTS))
    assert endless.given < 8 * limit


@pytest.mark.parametrize(
    ("body", "kind"), [(b"", None), (b"\xef\xbb\xbf \n", None), (b" [", True), (b"id,a", False)]
)
def test_json_is_told_from_a_table_at_first_sight(body: bytes, kind: bool | None) -> None:
    assert is_json(io.BytesIO(body)) is kind


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"id,text\n1,a\x00b\n", "is a binary file"),
        (b"id,text\n1,a\n2,\xff\n", "is not UTF-8 text"),
        (b'id,text\n1,"a\n', "is not valid CSV"),
        (b"id,text\n1\n", "line 2 has 1 cells"),
        (b"shoe\n1\n", "the first line must name its columns"),
    ],
)
def test_a_hostile_table_is_refused_by_its_line(body: bytes, complaint: str) -> None:
    with pytest.raises(BadInput) as caught:
        list(read_csv(io.BytesIO(body), "f", ["id", "text"]))
    assert complaint in caught.value.happened


@given(
    st.lists(st.dictionaries(st.sampled_from(["id", "text", "more"]), VALUES), max_size=4),
    st.sampled_from(["lines", "list", "page"]),
)
def test_every_shape_of_file_gives_the_same_records(
    values: list[dict[str, Any]], shape: str
) -> None:
    plain = [{key: each for key, each in value.items() if key != "SENTINEL"} for value in values]
    kept = json.loads(json.dumps(plain, allow_nan=True))
    text = {
        "lines": "\n".join(map(json.dumps, kept)),
        "list": json.dumps(kept, indent=1),
        "page": json.dumps({"count": 1, "tickets": kept}),
    }[shape]
    found = [parsed._value for _, parsed in records(text.encode())]
    assert repr(found) == repr(kept)
