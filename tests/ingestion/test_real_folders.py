"""Real folders: every file is read, or skipped by name with a reason that says what to do."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ingestion.loaders import READABLE, Unreadable
from tests.ingestion.reading import read, text_of

TENANTS = Path(__file__).parents[2].parent / "shared" / "data" / "tenants"
LEFT_OUT = {"LICENCE", "LICENSE-openshift", "LICENSE-prometheus-operator"}

pytestmark = pytest.mark.skipif(not TENANTS.is_dir(), reason="needs the real folders beside this")


def test_every_file_is_read_or_left_out_by_name() -> None:
    done: Counter[str] = Counter()
    left: dict[str, str] = {}
    for path in sorted(each for each in TENANTS.rglob("*") if each.is_file()):
        try:
            loaded = read(path.read_bytes(), path.name)
        except Unreadable as why:
            left[path.name] = str(why)
        else:
            assert text_of(loaded).strip()
            done[path.suffix] += 1
    assert set(left) == LEFT_OUT
    assert set(left.values()) == {"files without an ending are not read"}
    assert done.total() > 1_100
    assert set(done) <= READABLE


def test_no_mark_of_a_documentation_tool_is_left_outside_code() -> None:
    texts = [text_of(read(path.read_bytes(), path.name)) for path in TENANTS.rglob("*.md")]
    left = [line for text in texts for line in text.split("\n") if line.startswith("!!! ")]
    assert len(left) <= 1, "one stands below a code fence that its author left open"
