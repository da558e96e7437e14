"""Files of many articles: each under its title, cited by its line; nothing else is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.cited import place
from ingestion.loaders import Unreadable
from tests.ingestion.reading import read, reads_or_says_why, sections, text_of

CSV = """\
id,title,body,url,tags,updated
1,Paper jams,"Open the flap.

Pull gently.",https://kb.example/1,"printer, paper",2026-10-01
2,Toner,<h2>Shake</h2><p>Five times.</p>,,,
"""


def test_a_csv_row_is_an_article_under_its_title_cited_by_the_line_it_begins_on() -> None:
    one, two = sections(read(CSV.encode(), "kb.csv"))
    about = "Tags: printer, paper\nUpdated: 2026-10-01\nSource: https://kb.example/1"
    assert one == ("Paper jams", f"Open the flap.\n\nPull gently.\n\n{about}", 2, 2)
    assert two == ("Toner › Shake", "Five times.", 5, 5)
    assert place("kb/kb.csv", two[2], two[3]) == "line 5"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_understood(delimiter: str) -> None:
    text = f"Title{delimiter}Content\nJams{delimiter}Open, then pull.\n"
    assert sections(read(text.encode(), "kb.csv")) == [("Jams", "Open, then pull.", 2, 2)]


def test_json_lines_are_cited_by_line() -> None:
    lines = [{"_id": "a", "title": "Jams", "text": "# Flap\nOpen it."}, {"title": "T", "body": "x"}]
    body = "\n\n".join(map(json.dumps, lines)).encode()
    assert sections(read(body, "kb.jsonl")) == [("Jams › Flap", "Open it.", 1, 1), ("T", "x", 3, 3)]


@pytest.mark.parametrize("head", ["", '{"count": 2, "articles": '])
def test_a_json_list_is_cited_by_article(head: str) -> None:
    found = [
        {"title": "A", "body": "x"},
        {"name": "B", "body": "<p>y</p>", "label_names": ["l", "m"]},
    ]
    body = head + json.dumps(found, indent=1) + "}" * bool(head)
    loaded = read(body.encode(), "kb.json")
    assert sections(loaded) == [("A", "x", 1, 1), ("B", "y\n\nTags: l, m", 2, 2)]
    assert place("kb.json", 2, 2) == "article 2"


def test_articles_without_a_text_are_counted() -> None:
    loaded = read(b"title,body\nA,x\nB,\n", "kb.csv")
    assert loaded.notes == ("1 articles without a text were left out",)


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("people.csv", "name,email,phone\nPriya,p@x.example,1\n", "people import"),
        ("tickets.jsonl", '{"id": "1", "turns": []}', "tickets import"),
        ("tickets.csv", "id,requester,at\n1,Priya,x\n", "tickets import"),
        ("assets.csv", "host,serial\na,b\n", "title and body"),
        ("config.json", '{"a": 1}', "title and a body"),
        ("list.json", "[1, 2]", "not a JSON object"),
        ("number.json", "1", "no list of articles"),
        ("broken.jsonl", '{"title": "a", "body": "b"}\n{', "line 2 is not valid JSON"),
        ("wide.csv", "title,body\na,b,c\n", "line 2 has more cells"),
        ("latin.csv", "title,body\na,Grüße\n", "save the file as UTF-8"),
    ],
)
def test_what_holds_no_articles_is_refused_with_what_to_do(name: str, body: str, why: str) -> None:
    encoding = "latin-1" if name == "latin.csv" else "utf-8"
    with pytest.raises(Unreadable, match=why) as caught:
        read(body.encode(encoding), name)
    assert "Priya" not in str(caught.value)


def test_a_column_of_people_beside_articles_does_not_matter() -> None:
    assert "x" in text_of(read(b"title,body,email\nA,x,a@b.example\n", "kb.csv"))


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["title", "body", "tags", "turns", "articles"]), inner)
    ),
)


@settings(deadline=None)
@given(_JSON, st.text(max_size=200), st.sampled_from(["a.csv", "a.json", "a.jsonl", "a.tsv"]))
def test_anything_is_read_or_refused(value: Any, text: str, name: str) -> None:
    reads_or_says_why(json.dumps(value).encode(), name)
    reads_or_says_why(text.encode("utf-8", "replace"), name)
    reads_or_says_why(b"title,body\n" + text.encode("utf-8", "replace"), name)
