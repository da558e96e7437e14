"""Writes the lock files: every package for every supported Python, with hashes.

The packages of `make local-model` have a lock of their own, because nothing else needs them. Torch
has two more, because its build differs by machine: the package itself, which is installed first,
and the packages that only its CUDA build needs, which other machines must not download.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
TORCH = ROOT / "requirements-torch.lock"
CUDA = ROOT / "requirements-cuda.lock"
LOCAL_MODEL = ROOT / "requirements-local-model.lock"
CPU_WHEELS = Path(__file__).with_name("torch_cpu_wheels.txt")
OF_CUDA = re.compile(r"(?:nvidia|triton|cuda)[a-z0-9-]*==")
HEAD = "# Made by `make lock` from pyproject.toml{}.\n"


def main() -> None:
    _compile(LOCK, "--group", "dev", "pyproject.toml")
    entries = re.split(r"(?m)^(?=\S)", LOCK.read_text())
    torch = [each for each in entries if each.startswith("torch==")]
    cuda = [each for each in entries if OF_CUDA.match(each)]
    rest = [each for each in entries if each not in torch and each not in cuda]
    _write(LOCK, ". Torch is installed before this list", rest)
    _write(TORCH, ": the builds of the package index, and the CPU builds", map(_with_cpu, torch))
    _write(CUDA, ": what only the CUDA build of torch needs", cuda)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["optional-dependencies"]["local-model"]
    _compile(LOCAL_MODEL, "-", wanted="\n".join(wanted))
    _write(LOCAL_MODEL, ", for `make local-model`", [LOCAL_MODEL.read_text()])


def _with_cpu(entry: str) -> str:
    """Return torch's entry with the hashes of the CPU builds, which the package index lacks."""
    version = re.match(r"torch==(\S+)", entry)
    assert version
    lines = [line for line in CPU_WHEELS.read_text().splitlines() if not line.startswith("#")]
    wheels = dict(reversed(line.split()) for line in lines)
    other = [name for name in wheels if not name.startswith(f"torch-{version[1]}+cpu-")]
    if other:
        sys.exit(f"{CPU_WHEELS.name} is of another torch than {version[1]}: {other[0]}")
    hashes = "".join(f" \\\n    --hash=sha256:{each}" for each in wheels.values())
    return f"{entry.rstrip()}{hashes}\n"


def _write(path: Path, about: str, entries: Iterable[str]) -> None:
    path.write_text(HEAD.format(about) + "".join(entries))


def _compile(lock: Path, *sources: str, wanted: str | None = None) -> None:
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal"]
    command += ["--generate-hashes", "--no-header", "--no-annotate", "--python-version", "3.11"]
    command += ["--output-file", str(lock), *sources]
    subprocess.run(command, cwd=ROOT, check=True, input=wanted, text=True)


if __name__ == "__main__":
    main()
