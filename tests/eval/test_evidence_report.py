"""The files of a report say what the report says, and nothing else can be put into them."""

from __future__ import annotations

import csv
import io
import json
from importlib import resources
from typing import Any

import jsonschema
import pytest
from selectolax.lexbor import LexborHTMLParser

from eval.evidence.html import page
from eval.evidence.rendered import clauses_csv, rendered
from eval.evidence.report import canonical, schema
from tests.fakes.reports import a_report

REPORT = a_report()


def _packaged() -> Any:
    file = resources.files("eval.evidence") / "report.schema.json"
    return json.loads(file.read_text("utf-8"))


def test_a_report_has_the_shape_of_the_packaged_schema() -> None:
    jsonschema.validate(json.loads(canonical(REPORT)), _packaged())


def test_a_report_with_an_unknown_field_or_without_a_count_does_not() -> None:
    for change in ({"customer": "Ada"}, {"counts": None}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**json.loads(canonical(REPORT)), **change}, _packaged())


def test_the_packaged_schema_is_that_of_the_code() -> None:
    assert _packaged() == schema()


def test_the_same_report_makes_the_same_files() -> None:
    assert rendered(REPORT) == rendered(a_report())


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    tree = LexborHTMLParser(page(REPORT).decode())
    assert [node.tag for node in tree.css("script, link, img, iframe, object, form")] == []
    policies = [node.attributes["content"] for node in tree.css("meta[http-equiv]")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]
    for node in tree.css("[href]"):
        assert str(node.attributes["href"]).startswith("#")


def test_every_link_of_the_page_leads_to_a_place_in_it() -> None:
    tree = LexborHTMLParser(page(REPORT).decode())
    places = {node.attributes["id"] for node in tree.css("[id]")}
    links = {str(node.attributes["href"])[1:] for node in tree.css("a[href]")}
    assert links
    assert links <= places


def test_words_of_a_policy_are_text_in_the_page_and_no_markup() -> None:
    made = page(REPORT).decode()
    assert "<b>are</b>" not in made
    assert "&lt;b&gt;are&lt;/b&gt;" in made


def test_the_page_shows_every_clause_control_attestation_and_proof() -> None:
    said = LexborHTMLParser(page(REPORT).decode()).body
    assert said is not None
    words = " ".join(said.text(separator=" ").split())
    assert "1 of 3 enforceable promises hold, 1 fail, and 1 were not measured." in words
    for expected in (
        *(each.says for each in REPORT.profiles[0].clauses),
        *("nothing is shared at all", "record the acceptance", "a" * 64, "2027-11-01", "5c1e"),
        *("version 4 holds from 2026-12-24", "e" * 64, "memberships", "egress.register"),
        *("Register of sub-processors", "A model", "The disk.", "Retention"),
    ):
        assert expected in words


def test_the_table_of_clauses_has_a_row_for_each() -> None:
    rows = list(csv.DictReader(io.StringIO(clauses_csv(REPORT).decode())))
    assert [row["clause"] for row in rows] == [each.id for each in REPORT.profiles[0].clauses]
    assert rows[0]["state"] == "hold"
    assert rows[3]["expires"] == "2027-11-01"
