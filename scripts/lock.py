"""Write requirements.lock: every package for every supported Python, with hashes.

Torch stays out (the Makefile installs it first): its build differs by machine, and what only its
CUDA builds need would be fetched in vain everywhere else.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
LEFT_OUT = re.compile(r"^(?:torch|nvidia-[a-z0-9-]+|triton|cuda-[a-z-]+)==", re.MULTILINE)
HEAD = "# Made by `make lock` from pyproject.toml. Torch is installed before this list.\n"


def main() -> None:
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal"]
    command += ["--generate-hashes", "--no-header", "--no-annotate", "--python-version", "3.11"]
    command += ["--group", "dev", "--output-file", str(LOCK), "pyproject.toml"]
    subprocess.run(command, cwd=ROOT, check=True)
    entries = re.split(r"(?m)^(?=\S)", LOCK.read_text())
    LOCK.write_text(HEAD + "".join(entry for entry in entries if not LEFT_OUT.match(entry)))


if __name__ == "__main__":
    main()
