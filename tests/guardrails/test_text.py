"""The two kinds of text keep apart, even for a caller who silenced the type checker."""

from __future__ import annotations

import copy
import io
import logging
import pickle
from collections.abc import Callable
from typing import Any, cast

import pytest

from guardrails import ForPerson, RawText, RedactedText, Template, join, require_redacted
from guardrails.text import mint

RAW = RawText("Priya Raghunathan")


LEAKS: list[Callable[[Any], Any]] = [
    str,
    "{}".format,
    lambda raw: f"{raw}",
    lambda raw: "%s" % raw,  # noqa: UP031 - the old way as well
    pickle.dumps,
    copy.deepcopy,
    lambda raw: "".join([raw]),  # noqa: FLY002 - the point
    lambda raw: raw + "",
    lambda raw: [*raw],
    lambda raw: raw[0],
]


@pytest.mark.parametrize("leak", LEAKS)
def test_raw_text_does_not_turn_into_plain_text(leak: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError):
        leak(RAW)


def test_the_repr_of_raw_text_shows_only_its_length() -> None:
    assert repr(RAW) == "RawText(17 characters)"
    assert "Priya" not in repr([RAW, {"x": RAW}])


def test_a_log_call_with_raw_text_writes_none_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.handle(logging.makeLogRecord({"msg": "ticket of %s", "args": (RAW,)}))
    assert "Priya" not in written.getvalue() + capsys.readouterr().err


def test_raw_text_does_not_change() -> None:
    with pytest.raises(AttributeError):
        cast("Any", RAW)._value = "x"


@pytest.mark.parametrize("kind", [RedactedText, ForPerson])
def test_nobody_makes_redacted_text_by_calling_its_class(kind: Any) -> None:
    with pytest.raises(TypeError):
        kind("Priya")
    with pytest.raises(TypeError):
        kind()


@pytest.mark.parametrize("value", [RAW, "plain", b"bytes", None])
def test_the_seam_check_refuses_whatever_is_not_redacted(value: Any) -> None:
    with pytest.raises(TypeError, match="nothing was passed on"):
        require_redacted(value)


def test_a_template_takes_redacted_text_only() -> None:
    assert Template("Hello $who").fill(who=mint("<PERSON_1>")).reveal() == "Hello <PERSON_1>"
    with pytest.raises(TypeError):
        Template("Hello $who").fill(who=cast("Any", RAW))
    with pytest.raises(TypeError):
        join(" ", [cast("Any", "plain")])


@pytest.mark.parametrize("start", range(4, 14))
def test_a_cut_never_goes_through_a_placeholder(start: int) -> None:
    text = mint("see <PERSON_1> now")
    assert text.cut(start, 18).reveal() == ("<PERSON_1> now" if start < 14 else " now")
    assert text.cut(0, start).reveal() in {"see ", "see <PERSON_1>"}
