"""The documents name files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
_NAMED = re.compile(
    r"(?<![\w/])(?:tests|scripts|guardrails|assistant|ingestion|eval|ui)/[\w/]+\.(?:py|md|toml|json)"
)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_exists(path: Path) -> None:
    named = set(_NAMED.findall(path.read_text("utf-8")))
    assert sorted(name for name in named if not (ROOT / name).exists()) == []
