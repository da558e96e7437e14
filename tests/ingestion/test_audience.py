"""Documents and sections are for agents unless something says that customers may read them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.desk import Desk
from assistant.flows.audience import decide_audience
from assistant.model import Audience
from ingestion.ingest import ingest
from ingestion.loaders.audience import is_internal_heading, is_remark
from ingestion.report import IngestReport
from tests.fakes.desks import a_desk
from tests.ingestion.reading import read

OPEN = "# Jams\n\n## Fix\n\nOpen the flap and pull.\n"
CUSTOMER, AGENT = Audience.CUSTOMER, Audience.AGENT


def test_what_nobody_states_is_for_agents(tmp_path: Path) -> None:
    assert _audience(_brought(tmp_path, {"a.md": OPEN})) == {"a.md": AGENT}


def test_the_caller_states_it_for_a_folder(tmp_path: Path) -> None:
    desk = _brought(tmp_path, {"a.md": OPEN, "b/c.md": OPEN}, CUSTOMER)
    assert set(_audience(desk).values()) == {CUSTOMER}
    assert _readable(desk) == 2


@pytest.mark.parametrize(
    ("front", "audience"),
    [
        ("audience: customer", CUSTOMER),
        ("audience: public", CUSTOMER),
        ("audience: [agent, customer]", CUSTOMER),
        ("visibility: internal", AGENT),
        ("audience: whatever", AGENT),
        ("internal: true", AGENT),
        ("public: true", CUSTOMER),
        ("public: false", AGENT),
        ("draft: true", AGENT),
        ("public: true\ninternal: true", AGENT),
    ],
)
def test_front_matter_counts_before_the_folder(
    tmp_path: Path, front: str, audience: Audience
) -> None:
    other = AGENT if audience is CUSTOMER else CUSTOMER
    desk = _brought(tmp_path, {"a.md": f"---\n{front}\n---\n{OPEN}"}, other)
    assert _audience(desk) == {"a.md": audience}


def test_a_file_in_the_folder_states_it_and_a_nested_one_wins(tmp_path: Path) -> None:
    files = {
        "quietdesk.toml": 'audience = "customer"\n[files]\n"b*.md" = "agent"\n',
        "a.md": OPEN,
        "b.md": OPEN,
        "in/c.md": OPEN,
        "in/deep/d.md": OPEN,
        "in/deep/quietdesk.toml": 'audience = "agent"\n',
    }
    desk = _brought(tmp_path, files)
    found = _audience(desk)
    assert found == {
        "a.md": CUSTOMER,
        "b.md": AGENT,
        "in/c.md": CUSTOMER,
        "in/deep/d.md": AGENT,
    }


def test_a_folder_reads_the_same_from_above_and_from_inside(tmp_path: Path) -> None:
    files = {"quietdesk.toml": 'audience = "customer"\n', "in/c.md": OPEN}
    desk = _brought(tmp_path, files)
    _ingest(desk, tmp_path / "in")
    assert _audience(desk) == {"in/c.md": CUSTOMER}


@pytest.mark.parametrize("broken", ['audience = "everyone"', "audience", 'readers = "customer"'])
def test_a_file_that_is_not_valid_closes_its_folder_and_is_told(
    tmp_path: Path, broken: str
) -> None:
    _write(tmp_path, {"in/a.md": OPEN, "in/quietdesk.toml": broken})
    _write(tmp_path, {"quietdesk.toml": 'audience = "customer"'})
    desk = a_desk()
    report = _ingest(desk, tmp_path)
    assert _audience(desk) == {"in/a.md": AGENT}
    assert [each.source for each in report.skipped] == ["in/quietdesk.toml"]


def test_another_audience_of_a_folder_changes_documents_in_place(tmp_path: Path) -> None:
    desk = _brought(tmp_path, {"a.md": OPEN, "b.md": f"---\naudience: agent\n---\n{OPEN}"})
    before = desk.records.documents.chunk_ids()
    report = _ingest(desk, tmp_path, CUSTOMER)
    assert (report.unchanged, report.audience_changed, report.chunks) == (2, 1, 0)
    assert desk.records.documents.chunk_ids() == before
    assert _audience(desk) == {"a.md": CUSTOMER, "b.md": AGENT}
    assert (report.for_customers, report.for_agents) == (1, 1)


def test_a_dry_run_changes_no_audience(tmp_path: Path) -> None:
    desk = _brought(tmp_path, {"a.md": OPEN})
    ingest(desk, tmp_path, progress=print, max_bytes=10**6, dry=True, audience=CUSTOMER)
    assert _audience(desk) == {"a.md": AGENT}


def test_a_persons_decision_stays_when_the_document_is_read_again(tmp_path: Path) -> None:
    desk = _brought(tmp_path, {"a.md": OPEN}, CUSTOMER)
    (document,) = desk.records.documents.documents()
    decide_audience(desk, [document.id], AGENT, "rita")
    _write(tmp_path, {"a.md": f"{OPEN}\nMore.\n"})
    _ingest(desk, tmp_path, CUSTOMER)
    assert _audience(desk) == {"a.md": AGENT}
    assert _readable(desk) == 0


@pytest.mark.parametrize(
    "closed",
    [
        "## Internal notes\n\nThe code is four.\n",
        "## Reset (agents only)\n\nThe code is four.\n\n### Deeper\n\nAnd five.\n",
        "## Reset\n\n**For technicians only.**\n\nThe code is four.\n\n### Deeper\n\nAnd five.\n",
        "## Reset\n\nThe code is four. Do not share it with customers.\n",
        "## Zurücksetzen\n\nNur intern.\n\nThe code is four.\n",
        "## Réinitialiser\n\nUsage interne\n\nThe code is four.\n",
        "## Restablecer\n\nUso interno.\n\nThe code is four.\n",
        "## Ripristino\n\nSolo per il personale\n\nThe code is four.\n",
        "## Herstellen\n\nNiet delen met klanten.\n\nThe code is four.\n",
        "## Repor\n\nNão compartilhar com clientes.\n\nThe code is four.\n",
    ],
)
def test_a_section_that_says_so_is_for_agents_and_the_next_one_is_not(
    tmp_path: Path, closed: str
) -> None:
    text = f"# Jams\n\n## Fix\n\nOpen the flap.\n\n{closed}\n## After\n\nPrint a page.\n"
    desk = _brought(tmp_path, {"a.md": text}, CUSTOMER)
    said = {AGENT: "", CUSTOMER: ""}
    for chunk in desk.records.documents.chunks():
        said[chunk.audience] += chunk.text.reveal()
    assert "code is four" in said[AGENT]
    assert "Open the flap" in said[CUSTOMER]
    assert "Print a page" in said[CUSTOMER]
    assert "four" not in said[CUSTOMER]
    assert "five" not in said[CUSTOMER]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "# Jams\n\n> Internal use only\n\nOpen it.\n\n## Fix\n\nPull.\n"),
        ("a.md", "# Jams (internal)\n\nOpen it.\n\n## Fix\n\nPull.\n"),
        ("a.md", "---\naudience: customer\n---\n# Jams\n\nNot for customers.\n\n## Fix\n\nPull.\n"),
        ("a.txt", "FOR AGENTS ONLY\n\nOpen it and pull it out slowly.\n"),
        ("a.txt", "Jams\n\nFor agents only.\nOpen it and pull it out slowly.\n"),
        ("a.html", "<h1>Jams</h1><p>Staff only</p><p>Open it.</p><h2>Fix</h2><p>Pull.</p>"),
        ("a.html", "<h1>Jams</h1><p>Open it.</p><footer>Internal use only</footer>"),
        ("a.eml", "Subject: [Internal] Jams\n\nOpen it and pull.\n"),
    ],
)
def test_a_remark_at_the_top_closes_the_whole_document(
    tmp_path: Path, name: str, text: str
) -> None:
    desk = _brought(tmp_path, {name: text}, CUSTOMER)
    assert _audience(desk) == {name: AGENT}
    assert _readable(desk) == 0


@pytest.mark.parametrize(
    "line",
    [
        "For agents only",
        "> **Internal use only**",
        "[AGENT ONLY]",
        "*Technicians only.*",
        "Staff-only section",
        "Tier 2 only",
        "For second line only",
        "This page is for internal use.",
        "This runbook is for the service desk only.",
        "Not for external use",
        "Do not distribute",
        "Keep internal",
        "Audience: technicians",
        "Internal note: the code is four.",
        "The code is four; customers must never learn this.",
        "Please keep this away from customers.",
        "Nur für Techniker",
        "Nicht an Kunden weitergeben!",
        "Réservé aux techniciens",
        "Ne pas communiquer aux clients",
        "No mostrar a los clientes",
        "Non condividere con i clienti",
        "Niet voor klanten bestemd",
        "Apenas para agentes",
    ],
)
def test_a_plain_remark_is_recognised(line: str) -> None:
    assert is_remark(line)


@pytest.mark.parametrize(
    "line",
    [
        "- Internal",
        "| visibility | private |",
        "--private",
        "this case; it only",
        "_Private_. It is not possible to create public images.",
        "Internal storage is full.",
        "Internal error 500",
        "For users and for the desk.",
        "Only for users with VPN",
        "Send the form to the customer.",
        "Never give your password to anybody.",
        "Staff only need to restart.",
        "Confidential documents go to the tray.",
        "| Internal | 4 |",
    ],
)
def test_ordinary_sentences_are_no_remarks(line: str) -> None:
    assert not is_remark(line)
    assert not is_internal_heading(line.rstrip("."))


@pytest.mark.parametrize(
    ("fields", "audience"),
    [
        ({"user_segment_id": None}, CUSTOMER),
        ({"user_segment_id": 360001}, AGENT),
        ({"user_segment": {"user_type": "signed_in_users"}}, CUSTOMER),
        ({"user_segment": {"user_type": "signed_in_users", "tags": ["gold"]}}, AGENT),
        ({"user_segment": {"user_type": "staff"}}, AGENT),
        ({"user_segment_id": 7, "user_segment": {"user_type": "staff"}}, AGENT),
        ({"folder": {"visibility": 1}}, CUSTOMER),
        ({"folder": {"visibility": 3}}, AGENT),
        ({"folder_visibility": 2}, CUSTOMER),
        ({"public": False}, AGENT),
        ({"private": True}, AGENT),
        ({"internal": True, "user_segment_id": None}, AGENT),
        ({}, None),
    ],
)
def test_an_export_of_a_help_centre_says_who_may_read_an_article(
    fields: dict[str, object], audience: Audience | None
) -> None:
    article = {"id": 1, "title": "Jams", "body": "<p>Open the flap.</p>", **fields}
    loaded = read(json.dumps({"articles": [article]}).encode(), "articles.json")
    assert loaded.articles[0].labels.audience is audience


def test_an_article_whose_readers_changed_is_read_again(tmp_path: Path) -> None:
    article = {"id": 1, "title": "Jams", "body": "Open it.", "user_segment_id": None}
    desk = _brought(tmp_path, {"a.json": json.dumps({"articles": [article]})})
    assert _readable(desk) == 1
    _write(tmp_path, {"a.json": json.dumps({"articles": [article | {"user_segment_id": 3}]})})
    _ingest(desk, tmp_path)
    assert _readable(desk) == 0


def _brought(folder: Path, files: dict[str, str], audience: Audience | None = None) -> Desk:
    _write(folder, files)
    desk = a_desk()
    _ingest(desk, folder, audience)
    return desk


def _ingest(desk: Desk, folder: Path, audience: Audience | None = None) -> IngestReport:
    return ingest(desk, folder, progress=lambda _: None, max_bytes=10**6, audience=audience)


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _audience(desk: Desk) -> dict[str, Audience]:
    return {each.source.reveal(): each.audience for each in desk.records.documents.documents()}


def _readable(desk: Desk) -> int:
    return sum(each.audience is CUSTOMER for each in desk.records.documents.chunks())
