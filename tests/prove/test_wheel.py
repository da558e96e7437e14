"""The wheel contains all files of the packages, and works without the sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("assistant", "eval", "guardrails", "ingestion", "ui")
pytestmark = pytest.mark.prove


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what it is made of, because a build leaves files behind."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for room in ROOMS:
        shutil.copytree(ROOT / room, source / room, ignore=shutil.ignore_patterns("__pycache__"))
    command = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(made), str(source)]
    _run([sys.executable, *command], made)
    (built,) = made.glob("quietdesk-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment that has the wheel and our dependencies.

    The dependencies are those of this environment, by a path file, so nothing is fetched; a path
    file inside them is not followed, so the editable sources of this environment are not in reach.
    """
    folder = tmp_path_factory.mktemp("clean") / "venv"
    _run([sys.executable, "-m", "venv", "--without-pip", str(folder)], ROOT)
    python = folder / "bin" / "python"
    pip = ["-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    _run([sys.executable, *pip, str(wheel)], ROOT)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return python.parent


def test_the_wheel_holds_every_file_of_the_packages_and_no_other(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        held = {name for name in opened.namelist() if ".dist-info/" not in name}
        licences = [name for name in opened.namelist() if name.endswith("licenses/LICENSE")]
    ours = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == ours
    assert len(licences) == 1


def test_the_installed_copy_is_what_runs(installed: Path, tmp_path: Path) -> None:
    code = f"import {', '.join(ROOMS)}\nfor each in ({', '.join(ROOMS)}): print(each.__file__)"
    said = _run([str(installed / "python"), "-c", code], tmp_path)
    assert all(str(installed.parent) in line for line in said.splitlines())


def test_the_installed_command_helps_masks_and_makes_a_home(
    installed: Path, tmp_path: Path
) -> None:
    """Help by the code alone, a redaction by weights and lists, a home by the migrations."""
    quietdesk = str(installed / "quietdesk")
    assert "redact" in _run([quietdesk, "--help"], tmp_path)
    masked = _run([quietdesk, "redact"], tmp_path, "Priya Raghunathan, priya@acme.example\n")
    assert "Raghunathan" not in masked
    assert "<EMAIL_ADDRESS_1>" in masked
    _run([quietdesk, "tenant", "add", "acme"], tmp_path)
    assert "acme" in _run([quietdesk, "tenant", "list"], tmp_path)


def _run(command: Sequence[str], folder: Path, stdin: str = "") -> str:
    """Run ``command`` in ``folder``, where no sources are, and return what it printed."""
    kept = ("PATH", "LANG", "TMPDIR", "HOME")
    clean = {name: os.environ[name] for name in kept if name in os.environ}
    done = subprocess.run(
        list(command),
        input=stdin,
        cwd=folder,
        env={**clean, "QUIETDESK_HOME": str(folder / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
