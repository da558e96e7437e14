"""The type checker refuses every way round the redactor that we could think of."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = ROOT / "tests" / "forbidden_calls.py"


def test_each_forbidden_call_is_refused_and_nothing_else_is(tmp_path: Path) -> None:
    marked = {
        number
        for number, line in enumerate(FORBIDDEN.read_text().splitlines(), start=1)
        if line.endswith("# refused")
    }
    assert marked
    assert _lines_with_errors(tmp_path) == marked


def _lines_with_errors(tmp_path: Path) -> set[int]:
    config = tmp_path / "pyrightconfig.json"
    settings = {
        "include": [str(FORBIDDEN)],
        "typeCheckingMode": "strict",
        "extraPaths": [str(ROOT)],
        "venvPath": str(ROOT),
        "pythonVersion": "3.11",
        "reportMissingTypeStubs": False,
    }
    config.write_text(json.dumps(settings))
    checker = Path(sys.executable).parent / "basedpyright"
    command = [checker, "--project", config, "--pythonpath", sys.executable, "--outputjson"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    report: dict[str, Any] = json.loads(done.stdout)
    return {
        finding["range"]["start"]["line"] + 1
        for finding in report["generalDiagnostics"]
        if finding["severity"] == "error"
    }
