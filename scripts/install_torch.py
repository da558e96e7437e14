"""Installs the build of torch that this machine's index offers, if its hash is pinned.

pip cannot do this by itself: given several hashes it prefers a build of the package index to the
CPU build of a folder or of an index without hashes, and installs gigabytes of CUDA with it.

    python scripts/install_torch.py               # the builds of requirements-torch.lock only
    python scripts/install_torch.py --any-build   # any build, without a hash: ROCm, XPU
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements-torch.lock").read_text()
CUDA = ROOT / "requirements-cuda.lock"


def main() -> None:
    pinned = re.search(r"(?m)^torch==(\S+)", LOCK)
    assert pinned
    if _installed().split("+")[0] == pinned[1]:
        return
    if "--any-build" in sys.argv:
        _pip("install", "--no-compile", pinned[0])
        return
    with TemporaryDirectory() as folder:
        _pip("download", "--no-deps", "--only-binary", ":all:", "--dest", folder, pinned[0])
        (wheel,) = Path(folder).iterdir()
        _must_be_pinned(wheel)
        _pip("install", "--no-compile", "--no-deps", "--no-index", str(wheel))
    if _needs_cuda():
        _pip("install", "--no-compile", "--no-deps", "--require-hashes", "-r", str(CUDA))


def _must_be_pinned(wheel: Path) -> None:
    with wheel.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found not in re.findall(r"--hash=sha256:(\w+)", LOCK):
        sys.exit(
            f"{wheel.name} is not a build of torch that requirements-torch.lock pins, and was not "
            f"installed.\nIts SHA-256 is {found}. To take it unchecked: make TORCH=--any-build"
        )


def _needs_cuda() -> bool:
    """Return whether this is the package index's build for Linux, which needs CUDA's packages."""
    of_cuda = any(each.startswith(("nvidia-", "cuda-")) for each in requires("torch") or ())
    return sys.platform == "linux" and "+" not in _installed() and of_cuda


def _installed() -> str:
    try:
        return version("torch")
    except PackageNotFoundError:
        return ""


def _pip(command: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", command, "--quiet", *arguments], check=False
    )
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
