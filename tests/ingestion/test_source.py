"""A file and an upload read the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.folders import read, scan
from ingestion.loaders import Unreadable
from ingestion.source import FileSource, Source, Upload

BODY = b"# Badge\n\nBlocked within the hour.\n"


@pytest.mark.parametrize("kind", ["file", "upload"])
def test_a_source_reads_the_same_bytes_each_time_it_is_opened(kind: str, tmp_path: Path) -> None:
    source = _source(kind, tmp_path)
    for _ in range(2):
        with source.open() as reader:
            assert reader.read() == BODY
    assert source.name == "badge.md"


@pytest.mark.parametrize("kind", ["file", "upload"])
def test_a_source_above_the_limit_is_refused(kind: str, tmp_path: Path) -> None:
    source = _source(kind, tmp_path)
    given = source if isinstance(source, Upload) else tmp_path / "badge.md"
    (found,) = scan(given).files
    assert read(found, len(BODY)) == BODY
    with pytest.raises(Unreadable, match="larger than"):
        read(found, len(BODY) - 1)


def test_the_bytes_of_an_upload_are_in_no_repr() -> None:
    assert "Blocked" not in repr(Upload("badge.md", BODY))


def _source(kind: str, folder: Path) -> Source:
    path = folder / "badge.md"
    path.write_bytes(BODY)
    return FileSource(path) if kind == "file" else Upload("badge.md", BODY)
