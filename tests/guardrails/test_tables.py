from __future__ import annotations

from pathlib import Path

import pytest

from guardrails import detect
from guardrails.detect import version
from guardrails.detect.entities import devices, network, numbers, organisations, people, places
from guardrails.detect.resolve import merge
from guardrails.detect.rule import BadTable, Finder, Rule, replay
from guardrails.detect.secrets import assignments, credentials, spoken
from guardrails.detect.table import Example, Table, load

TABLES = Path(detect.__file__).parent / "tables"
RULES = [
    rule for module in (numbers, credentials, devices, network, places) for rule in module.RULES
]
FINDERS: dict[str, Finder] = {
    "assignments": assignments.find,
    "organisations": organisations.find_organisations,
    "people": people.find_people,
    "places": places.find_places,
    "spoken": spoken.find,
}
GOOD = """
[samples]
hex = "9f86d081884c7d65"

[fragments]
tail = ["[0-9a-f]{16}", "none"]

[[rules]]
id = "acme-token"
type = "SECRET"
pattern = 'acme_(?P<x>(?&tail))'
keywords = ["acme_"]
match = ["acme_{hex 16}"]
no_match = ["acme_short"]
"""


def table(folder: Path, text: str) -> Table:
    path = folder / "acme.toml"
    path.write_text(text, "utf-8")
    return Table(path)


def examples() -> list[tuple[str, Example]]:
    return [(name, example) for name in FINDERS for example in load(name).examples()]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_matches_its_examples_and_none_that_it_must_not(rule: Rule) -> None:
    replay([rule])


@pytest.mark.parametrize(("name", "example"), examples())
def test_an_example_of_a_table_is_masked_as_it_says(name: str, example: Example) -> None:
    found = merge(FINDERS[name](example.text))
    assert [example.text[span.start : span.end] for span in found] == [*example.finds]


@pytest.mark.parametrize("name", FINDERS)
def test_a_table_beside_code_has_texts_with_something_to_find_and_texts_without(name: str) -> None:
    assert {bool(example.finds) for example in load(name).examples()} == {True, False}


def test_every_table_is_replayed_here() -> None:
    ruled = {rule.where.split(".toml")[0] for rule in RULES}
    assert {path.stem for path in TABLES.glob("*.toml")} == ruled | FINDERS.keys()


def test_no_two_rules_have_one_id() -> None:
    ids = [rule.id for rule in RULES]
    assert sorted(ids) == sorted(set(ids))


def test_a_good_rule_is_read_with_its_fragments_and_samples(tmp_path: Path) -> None:
    (rule,) = table(tmp_path, GOOD).rules()
    replay([rule])
    text = "acme_9f86d081884c7d65"
    assert [text[span.start : span.end] for span in rule.find(text, text)] == [text[5:]]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("'acme_(", "'acme_((", "not a valid regular expression"),
        ("acme_{hex 16}", "acme_{hex 8}", "does not match its example"),
        ("acme_short", "acme_none", "which it must not"),
    ],
)
def test_a_rule_with_a_bad_pattern_or_a_failing_example_is_refused(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    rules = table(tmp_path, GOOD.replace(old, new)).rules()
    with pytest.raises(BadTable, match=f"acme.toml, rule acme-token: .*{reason}"):
        replay(rules)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("keywords =", "keyword =", "there is no field keyword"),
        ("[samples]", "[sample]", "there is no section sample"),
        ('"SECRET"', '"SECRETS"', "there is no type SECRETS"),
        ("(?&tail)", "(?&tale)", "there is no fragment tale"),
        ("{hex 16}", "{hax 16}", "there is no sample hax"),
        ("'acme_(?P<x>(?&tail))'", "7", "pattern is not text"),
        ("pattern = 'acme_(?P<x>(?&tail))'", "", "pattern is missing"),
        ('["acme_short"]', "[]", "an example of each sort"),
        ('["acme_"]', '["ACME_"]', "not in lower case"),
        ('["acme_"]', "[7]", "something that is not text"),
        ("keywords =", 'check = "mixed"\nkeywords =', "there is no check mixed"),
        ("keywords =", 'score = "high"\nkeywords =', "score is not a number"),
        ("[[rules]]", "[[rules]", "cannot be read"),
    ],
)
def test_a_table_that_says_something_unknown_is_refused_when_it_is_read(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    assert old in GOOD
    with pytest.raises(BadTable, match=f"acme.toml.*: .*{reason}"):
        table(tmp_path, GOOD.replace(old, new)).rules()


def test_two_rules_with_one_id_are_refused(tmp_path: Path) -> None:
    rule = GOOD[GOOD.index("[[rules]]") :]
    with pytest.raises(BadTable, match=r"acme.toml: there are two rules acme-token"):
        table(tmp_path, GOOD + rule).rules()


def test_a_table_asked_for_what_it_does_not_hold_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match=r"acme.toml: \[patterns\] has no card"):
        table(tmp_path, GOOD).pattern("card")


def test_every_file_of_detection_counts_in_its_version() -> None:
    files = {path for path in TABLES.parent.rglob("*.*") if "__pycache__" not in path.parts}
    assert {path.suffix for path in files} - {".md"} == version.FILE_ENDINGS
