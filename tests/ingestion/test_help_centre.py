"""A help centre's export: every article a document, drafts left out, its sections by name."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.desk import Desk
from guardrails.text import unwrap
from ingestion.ingest import ingest
from ingestion.loaders import Loaded, NotADocument, Unreadable
from ingestion.report import IngestReport
from ingestion.staleness import named
from tests.fakes.desks import a_desk
from tests.ingestion.reading import read, sections


def test_an_article_is_a_document_with_its_title_labels_and_place() -> None:
    (jams, _) = _zendesk(*_articles()).articles
    assert unwrap(jams.title) == "Paper jams"
    tags = [unwrap(tag) for tag in jams.labels.tags]
    assert tags == ["printer", "paper", "Hardware", "Printers"]
    assert jams.labels.updated == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    heading, text, first, last = sections(_zendesk(*_articles()))[0]
    assert heading == "Paper jams › Hardware › Printers"
    assert text.startswith("Open the flap.\n")
    assert "Source: https://help.acme.example/1" in text
    assert (first, last) == (1, 1)


def test_drafts_are_left_out_and_counted() -> None:
    found = _zendesk(*_articles(), {"id": 9, "title": "Soon", "body": "<p>x</p>", "draft": True})
    assert [unwrap(each.title) for each in found.articles] == ["Paper jams", "Toner"]
    assert "1 drafts were left out" in found.notes


def test_an_export_of_drafts_alone_is_refused() -> None:
    with pytest.raises(Unreadable, match="drafts only"):
        _zendesk({"id": 1, "title": "Soon", "body": "x", "draft": True})


def test_pages_that_were_put_into_one_file_are_counted_through() -> None:
    pages = [
        {"articles": [{"id": 1, "title": "A", "body": "x"}], "next_page": "https://…?page=2"},
        {"articles": [{"id": 2, "title": "B", "body": "y"}], "next_page": None},
    ]
    found = read(json.dumps(pages).encode(), "articles.json")
    assert sections(found) == [("A", "x", 1, 1), ("B", "y", 2, 2)]
    assert found.notes == ()


def test_a_page_that_names_another_says_that_it_is_not_the_last() -> None:
    page = {"articles": _articles(), "next_page": "https://…?page=2", "page": 1, "page_count": 3}
    assert "it ends with page 1 of 3" in read(json.dumps(page).encode(), "page1.json").notes


def test_a_list_of_sections_is_no_document() -> None:
    with pytest.raises(NotADocument, match="sections of a help centre"):
        read(b'{"sections": [{"id": 5, "name": "Printers"}]}', "sections.json")


def test_of_an_export_only_the_articles_that_changed_are_read_again(tmp_path: Path) -> None:
    desk, path = a_desk(), tmp_path / "export.json"
    articles = _articles()
    path.write_text(json.dumps({"articles": articles}))
    assert _ingest(desk, path).added == 2
    articles[1]["body"] = "<p>Shake it ten times.</p>"
    path.write_text(json.dumps({"articles": articles}))
    report = _ingest(desk, path)
    assert (report.changed, report.unchanged, report.removed) == (1, 1, 0)
    assert _texts(desk)[1].startswith("Shake it ten times.")


@pytest.mark.parametrize("by_folder", [True, False])
def test_an_article_that_left_the_export_is_forgotten(tmp_path: Path, by_folder: bool) -> None:
    desk, path = a_desk(), tmp_path / "export.json"
    path.write_text(json.dumps({"articles": _articles()}))
    given = tmp_path if by_folder else path
    _ingest(desk, given)
    path.write_text(json.dumps({"articles": _articles()[1:]}))
    assert _ingest(desk, given).removed == 1
    assert len(_texts(desk)) == 1
    assert desk.vectors.ids() == desk.records.documents.chunk_ids()


def test_an_export_that_cannot_be_read_any_more_keeps_its_articles_while_it_alone_is_named(
    tmp_path: Path,
) -> None:
    desk, path = a_desk(), tmp_path / "export.json"
    path.write_text(json.dumps({"articles": _articles()}))
    _ingest(desk, path)
    path.write_text("{")
    assert (_ingest(desk, path).removed, len(_texts(desk))) == (0, 2)
    assert (_ingest(desk, tmp_path).removed, len(_texts(desk))) == (2, 0)


def test_articles_without_a_name_of_their_own_do_not_hide_each_other(tmp_path: Path) -> None:
    desk, path = a_desk(), tmp_path / "kb.csv"
    path.write_text("title,body\nJams,Open.\nJams,Pull.\n")
    assert _ingest(desk, path).added == 2
    assert _ingest(desk, path).unchanged == 2


def test_the_file_names_all_its_articles_for_forgetting(tmp_path: Path) -> None:
    desk, path = a_desk(), tmp_path / "export.json"
    path.write_text(json.dumps({"articles": _articles()}))
    _ingest(desk, path)
    everything = sorted(each.id for each in desk.records.documents.documents())
    assert sorted(named(desk, "export.json")) == everything
    assert named(desk, str(path)) == everything


def test_a_dry_run_sums_the_articles_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps({"articles": _articles()}))
    report = ingest(a_desk(), path, progress=lambda _: None, max_bytes=10_000, dry=True)
    assert [(each.source, each.chunks) for each in report.previews] == [("export.json", 2)]


def _articles() -> list[dict[str, Any]]:
    return [
        {
            "id": 360001,
            "title": "Paper jams",
            "body": "<p>Open the flap.</p><p>Pull gently.</p>",
            "html_url": "https://help.acme.example/1",
            "updated_at": "2026-03-02T09:30:00Z",
            "label_names": ["printer", "paper"],
            "section_id": 5,
            "draft": False,
        },
        {"id": 360002, "title": "Toner", "body": "<p>Shake it.</p>", "section_id": 6},
    ]


def _zendesk(*articles: dict[str, Any]) -> Loaded:
    export = {
        "articles": list(articles),
        "sections": [{"id": 5, "name": "Printers", "category_id": 7}],
        "categories": [{"id": 7, "name": "Hardware"}],
    }
    return read(json.dumps(export).encode(), "export.json")


def _ingest(desk: Desk, path: Path) -> IngestReport:
    return ingest(desk, path, progress=lambda _: None, max_bytes=1_000_000)


def _texts(desk: Desk) -> list[str]:
    chunks = desk.records.documents.chunks()
    titles = {each.id: each.title.reveal() for each in desk.records.documents.documents()}
    return [each.text.reveal() for each in sorted(chunks, key=lambda c: titles[c.document_id])]
