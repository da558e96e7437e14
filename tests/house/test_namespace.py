"""The five packages are ours, from any working directory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ["assistant", "eval", "guardrails", "ingestion", "ui"]


@pytest.mark.parametrize("folder", [ROOT, Path("/"), Path.home()], ids=["repo", "root", "home"])
def test_each_room_resolves_to_ours_from_any_folder(folder: Path) -> None:
    code = f"import importlib\nfor n in {ROOMS}: print(importlib.import_module(n).__file__)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert [Path(line).parent for line in done.stdout.splitlines()] == [ROOT / n for n in ROOMS]
