"""OSCAL assessment results have NIST's shape, and say how each clause was judged."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from oscal_bindings import AssessmentResultsDocument
from pydantic import ValidationError

from eval.evidence.oscal import oscal, token
from tests.fakes.reports import a_report

REPORT = a_report()


def test_oscal_has_the_shape_that_nist_prescribes() -> None:
    AssessmentResultsDocument.model_validate(json.loads(oscal(REPORT)))


def test_the_check_of_oscal_refuses_what_nist_does_not_know() -> None:
    made = json.loads(oscal(REPORT))
    made["assessment-results"]["results"][0]["findings"][0]["target"]["status"]["state"] = "open"
    with pytest.raises(ValidationError):
        AssessmentResultsDocument.model_validate(made)


def _result() -> dict[str, Any]:
    made = json.loads(oscal(REPORT))
    return cast("dict[str, Any]", made["assessment-results"]["results"][0])


def test_oscal_has_a_finding_for_each_enforceable_clause_and_for_no_other() -> None:
    states = {each["title"]: each["target"]["status"] for each in _result()["findings"]}
    assert {name: each["state"] for name, each in states.items()} == {
        "X-1": "satisfied",
        "X-2": "not-satisfied",
        "X-3": "not-satisfied",
    }
    assert [states[each]["reason"] for each in ("X-1", "X-2", "X-3")] == ["pass", "other", "fail"]


def test_oscal_says_how_each_observation_was_made_and_when_an_attestation_expires() -> None:
    seen = {each["title"]: each for each in _result()["observations"]}
    assert seen["tenant.walls"]["methods"] == ["TEST"]
    assert seen["X-4"]["methods"] == ["INTERVIEW", "EXAMINE"]
    assert seen["X-4"]["expires"].startswith("2027-11-01")
    assert seen["X-5"]["methods"] == ["INTERVIEW"]


def test_ids_of_oscal_are_unique() -> None:
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            given = cast("dict[str, Any]", value)
            found.extend([given["uuid"]] if "uuid" in given else [])
            for each in given.values():
                walk(each)
        elif isinstance(value, list):
            for each in cast("list[Any]", value):
                walk(each)

    walk(json.loads(oscal(REPORT)))
    assert len(found) == len(set(found))


def test_a_name_of_a_clause_becomes_a_token() -> None:
    assert [token(each) for each in ("NZ-1.1", "1.1", "a b/c")] == ["NZ-1.1", "_1.1", "a-b-c"]
