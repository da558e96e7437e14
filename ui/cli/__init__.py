"""The command line. Nothing heavy is imported before a command runs, so that help is quick."""

from __future__ import annotations

import sys

from ui.cli.failure import run


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))
