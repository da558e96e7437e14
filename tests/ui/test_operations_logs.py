"""Logs contain only our numbers and single words; text is refused, library prose omitted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from guardrails import ForPerson, RawText
from guardrails.errors import SeamBreach
from tests.ui.cli_fixtures import Served
from ui.logs import refuse_text

SECRET = "Theodora Quillfeather"


@pytest.mark.parametrize(
    "value",
    [
        RawText(SECRET),
        object.__new__(ForPerson),
        SECRET,
        "two words",
        "line\nbreak",
        "x" * 81,
        ["listed"],
        {"nested": 1},
        b"bytes",
    ],
)
def test_a_log_refuses_text(value: object) -> None:
    with pytest.raises(SeamBreach):
        refuse_text(None, "info", {"event": "operation", "value": value})


@pytest.mark.parametrize("value", [1, 2.5, True, None, "tickets.import", "f00dcafe", "<PERSON_3>"])
def test_a_log_takes_numbers_ids_and_names(value: object) -> None:
    assert refuse_text(None, "info", {"event": "operation", "value": value})


def test_what_a_library_logs_becomes_a_place_and_a_type(tmp_path: Path) -> None:
    code = f"""
import logging
from pathlib import Path
from ui.logs import configure
configure(Path({str(tmp_path)!r}))
try:
    raise ValueError({SECRET!r})
except ValueError:
    logging.getLogger("vendor.part").exception("could not handle %s", {SECRET!r})
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    (path,) = (tmp_path / "logs").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    line: dict[str, Any] = json.loads(path.read_text())
    assert (line["logger"], line["exception"]) == ("vendor.part", "ValueError")
    assert SECRET not in path.read_text()


def test_a_log_that_grew_large_is_set_aside_and_one_is_kept(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "quietdesk.log").write_bytes(b"x" * (10 * 1024 * 1024 + 1))
    code = (
        "import pathlib, sys; from ui.logs import configure; configure(pathlib.Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert sorted(path.name for path in logs.iterdir()) == ["quietdesk.log", "quietdesk.log.1"]
    assert (logs / "quietdesk.log").stat().st_size == 0


def test_the_log_of_a_home_names_operations_and_nobody(served: Served) -> None:
    assert served.run("ask", "Who is Theodora Quillfeather?", "--tenant", "acme").code == 0
    logged = (served.home / "logs" / "quietdesk.log").read_text()
    assert '"name": "ask"' in logged
    for word in ("Theodora", "Quillfeather", "acme", "correct-horse"):
        assert word not in logged
