"""Operations are the same through every interface; arguments and results are JSON only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from guardrails import errors
from guardrails.errors import NotFound, QuietdeskError, StorageTrouble
from ui.crash import Crash, crash, details, trouble_of
from ui.operations.base import Operation
from ui.operations.registry import OPERATIONS
from ui.wire import Failure, error_of, failure_of

SECRET = "Theodora Quillfeather"


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_arguments_refuse_what_they_do_not_know(operation: Operation[Any, Any]) -> None:
    with pytest.raises(ValidationError):
        operation.args.model_validate({"tenant": "acme", "surprise": 1})


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_a_result_can_travel_as_json(operation: Operation[Any, Any]) -> None:
    assert json.dumps(operation.result.model_json_schema())


@pytest.mark.parametrize(
    "kind",
    [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, QuietdeskError)
    ],
)
def test_every_error_comes_back_as_what_it_was(kind: type[QuietdeskError]) -> None:
    sent = kind("It happened.", safe="All is well.", todo="Do this.")
    back = error_of(Failure.model_validate_json(failure_of(sent).model_dump_json()))
    assert type(back) is kind
    assert (str(back), back.exit_code) == (str(sent), sent.exit_code)


def test_an_error_that_only_one_side_knows_comes_back_as_its_nearest() -> None:
    class Special(NotFound):
        pass

    assert type(error_of(failure_of(Special("Gone.")))) is NotFound


def test_a_full_disk_is_a_trouble_and_not_a_crash() -> None:
    assert isinstance(trouble_of(OSError(28, "No space left on device")), StorageTrouble)
    assert trouble_of(OSError(13, "Permission denied")) is None


def test_a_crash_report_holds_places_and_types_and_no_values(tmp_path: Path) -> None:
    error = _fail()
    report = details(error)
    assert "builtins.ValueError" in report
    assert "builtins.KeyError" in report
    assert "test_operations.py:" in report
    shown = crash(error, tmp_path)
    (path,) = (tmp_path / "logs").iterdir()
    assert path.read_text() == report
    assert path.stat().st_mode & 0o777 == 0o600
    assert isinstance(shown, Crash)
    assert shown.exit_code == 70
    assert SECRET not in report + str(shown)


def _fail() -> BaseException:
    customer = SECRET
    try:
        {}[customer]
    except KeyError as cause:
        error = ValueError(f"bad {customer}")
        error.__cause__ = cause
        return error
    raise AssertionError
