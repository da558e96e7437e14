"""Write the two locks: every package for every supported Python, with hashes.

What `make local-model` adds has a lock of its own, because nothing else needs it.

Torch stays out (the Makefile installs it first): its build differs by machine, and what only its
CUDA builds need would be fetched in vain everywhere else.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
LOCAL_MODEL = ROOT / "requirements-local-model.lock"
LEFT_OUT = re.compile(r"^(?:torch|nvidia-[a-z0-9-]+|triton|cuda-[a-z-]+)==", re.MULTILINE)
HEAD_LOCAL = "# Made by `make lock` from pyproject.toml, for `make local-model`.\n"
HEAD = "# Made by `make lock` from pyproject.toml. Torch is installed before this list.\n"


def main() -> None:
    _compile(LOCK, "--group", "dev", "pyproject.toml")
    entries = re.split(r"(?m)^(?=\S)", LOCK.read_text())
    LOCK.write_text(HEAD + "".join(entry for entry in entries if not LEFT_OUT.match(entry)))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["optional-dependencies"]["local-model"]
    _compile(LOCAL_MODEL, "-", wanted="\n".join(wanted))
    LOCAL_MODEL.write_text(HEAD_LOCAL + LOCAL_MODEL.read_text())


def _compile(lock: Path, *sources: str, wanted: str | None = None) -> None:
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal"]
    command += ["--generate-hashes", "--no-header", "--no-annotate", "--python-version", "3.11"]
    command += ["--output-file", str(lock), *sources]
    subprocess.run(command, cwd=ROOT, check=True, input=wanted, text=True)


if __name__ == "__main__":
    main()
