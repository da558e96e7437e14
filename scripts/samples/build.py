"""Builds the PDF and Word files of the sample tenants from the Markdown beside this file.

    python -m scripts.samples.build

``<tenant>.<folder>.<name>.<format>.md`` becomes ``<tenant>/<folder>/<name>.<format>`` in
``data/tenants``. Only headings, paragraphs, lists and tables are
understood. The same text gives the same bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docx import Document
from fpdf import FPDF
from fpdf.enums import XPos, YPos

HERE = Path(__file__).parent
TENANTS = HERE.parents[1] / "data" / "tenants"
WHEN = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)


def main() -> None:
    """Build every file."""
    for source in sorted(HERE.glob("*.md")):
        tenant, folder, name, kind, _ = source.name.split(".")
        target = TENANTS / tenant / folder / f"{name}.{kind}"
        parts = list(blocks(source.read_text(encoding="utf-8")))
        (as_pdf if kind == "pdf" else as_docx)(parts, target)
        print(f"{target.relative_to(TENANTS)}: {target.stat().st_size:,} bytes")


def blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each block's kind (``h1``, ``h2``, ``table``, ``ol``, ``ul``, ``p``) and its lines."""
    for block in re.split(r"\n{2,}", text.strip()):
        lines = block.splitlines()
        if lines[0].startswith("#"):
            level = len(lines[0]) - len(lines[0].lstrip("#"))
            yield f"h{level}", [lines[0].lstrip("# ")]
        elif lines[0].startswith("|"):
            yield "table", lines
        elif re.match(r"\d+\. ", lines[0]):
            yield "ol", [re.sub(r"^\d+\. ", "", line) for line in lines]
        elif lines[0].startswith("- "):
            yield "ul", [line[2:] for line in lines]
        else:
            yield "p", [" ".join(lines)]


def cells(lines: list[str]) -> list[list[str]]:
    """Return the rows of a Markdown table without the separator line."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]


def as_pdf(parts: list[tuple[str, list[str]]], target: Path) -> None:
    """Write a PDF with headings by size and ruled tables."""
    paper = FPDF(format="A4")
    paper.set_creation_date(WHEN)
    paper.set_margins(22, 20)
    paper.set_auto_page_break(auto=True, margin=20)
    paper.set_title(parts[0][1][0])
    paper.add_page()
    for kind, lines in parts:
        if kind in {"h1", "h2"}:
            paper.ln(0 if kind == "h1" else 3)
            paper.set_font("helvetica", "B", 17 if kind == "h1" else 13)
            said(paper, lines[0], 9 if kind == "h1" else 7)
            continue
        paper.set_font("helvetica", "", 10.5)
        if kind == "table":
            with paper.table(text_align="LEFT", line_height=6) as table:
                for row in cells(lines):
                    table.row(row)
        for number, line in enumerate(lines if kind != "table" else [], 1):
            mark = f"{number}. " if kind == "ol" else "- " if kind == "ul" else ""
            said(paper, mark + line, 5.5)
        paper.ln(2.5)
    paper.output(str(target))


def said(paper: FPDF, text: str, height: float) -> None:
    """Print one paragraph; stars make words bold or italic."""
    plain = re.sub(r"(?<!\*)\*([^*]+)\*(?!\*)", r"__\1__", text)
    paper.multi_cell(0, height, plain, markdown=True, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def as_docx(parts: list[tuple[str, list[str]]], target: Path) -> None:
    """Write a Word file with real headings, numbered lists and tables."""
    page = Document()
    page.core_properties.title = parts[0][1][0]
    page.core_properties.author = "Pellmoor IT"
    page.core_properties.created = page.core_properties.modified = WHEN.replace(tzinfo=None)
    styles = {"ol": "List Number", "ul": "List Bullet"}
    for kind, lines in parts:
        if kind in {"h1", "h2"}:
            page.add_heading(lines[0], level=int(kind[1]))
        elif kind == "table":
            rows = cells(lines)
            table = page.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    table.cell(at, column).text = cell.replace("*", "")
        else:
            number = from_one(page) if kind == "ol" else None
            for line in lines:
                paragraph = page.add_paragraph(style=styles.get(kind))
                if number is not None:
                    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001 - the package offers no lists
                    properties.get_or_add_numId().val = number
                    properties.get_or_add_ilvl().val = 0
                written(paragraph, line)
    page.save(str(target))
    undated(target)


def from_one(page: Any) -> int:
    """Return a new numbering from one: without it, Word continues the count of the last list."""
    style = page.styles["List Number"].element.pPr.numPr.numId.val
    numbering = page.part.numbering_part.element
    base = next(each for each in numbering.num_lst if each.numId == style)
    fresh = numbering.add_num(base.abstractNumId.val)
    fresh.add_lvlOverride(ilvl=0).add_startOverride(1)
    return fresh.numId


def written(paragraph: Any, text: str) -> None:
    """Write one paragraph; stars make words bold or italic."""
    for piece in re.split(r"(\*\*[^*]+\*\*|\*[^*]+\*)", text):
        run = paragraph.add_run(piece.strip("*"))
        run.bold = piece.startswith("**") or None
        run.italic = (piece.startswith("*") and not run.bold) or None


def undated(target: Path) -> None:
    """Set one time for all members of a zip, so that the bytes depend on the text alone."""
    with zipfile.ZipFile(target) as old:
        members = [(name, old.read(name)) for name in old.namelist()]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members:
            new.writestr(zipfile.ZipInfo(name, WHEN.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main()
