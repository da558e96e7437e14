"""Markdown of documentation tools: admonitions, tabs and template tags read as plain Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.loaders.dialects import plain_markdown
from tests.ingestion.reading import read, sections


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("!!! note", "**Note:**"),
        ('!!! warning "Back up first"', "**Warning: Back up first:**"),
        ('!!! info "Note"', "**Note:**"),
        ('??? faq "What is lost?"', "**Question: What is lost?**"),
        ('=== "Windows"', "**Windows:**"),
        ("> [!IMPORTANT]", "> **Important:**"),
        (":::tip Good to know", "**Tip: Good to know:**"),
        (":::", ""),
        ("{{< note >}} Restart.", "**Note:** Restart."),
        ('--8<-- "shared.md"', ""),
        ("[TOC]", ""),
        ('Ask [us](x){:target="_blank"} now', "Ask [us](x) now"),
        ("{% include note.html %}See below.", "See below."),
        ("Runs on {{ site.name }} only.", "Runs on  only."),
        ("<%= render 'lead', text: \"One sentence.\" %>", "One sentence."),
        ("Use `{{ .Values.host }}` here", "Use `{{ .Values.host }}` here"),
        ("A set {a, b} and {c}", "A set {a, b} and {c}"),
    ],
)
def test_a_line_says_what_a_reader_of_the_page_would_see(written: str, said: str) -> None:
    assert plain_markdown([written]) == [said]


def test_what_an_admonition_indents_is_set_back_so_that_code_in_it_is_code() -> None:
    lines = ["!!! note", "    Run:", "", "    ```", "        deep", "    ```", "", "After."]
    assert plain_markdown(lines) == [
        "**Note:**",
        "Run:",
        "",
        "```",
        "    deep",
        "```",
        "",
        "After.",
    ]


def test_nothing_in_a_code_fence_is_touched() -> None:
    lines = ["```yaml", "!!! note", "host: {{ .Values.host }}", "{% if x %}", ":::", "```"]
    assert plain_markdown(lines) == lines


def test_an_admonition_keeps_its_line_for_citations() -> None:
    text = "# Guide\n\n## Jams\n\n!!! warning\n    Unplug it.\n"
    assert sections(read(text.encode(), "a.md")) == [("Jams", "**Warning:**\nUnplug it.", 5, 6)]


@given(st.text(alphabet='!?=:>`~{}%<[] \tnote"\n-8|\\', max_size=200))
def test_every_line_stays_on_its_number(text: str) -> None:
    lines = text.split("\n")
    assert len(plain_markdown(lines)) == len(lines)
