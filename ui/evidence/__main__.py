"""The process that tries controls; its argument is the most seconds of a job."""

from __future__ import annotations

import sys

from eval.evidence.child import serve
from ui.evidence.doors import TwinDoors
from ui.operations import registry

if __name__ == "__main__":
    assert registry.OPERATIONS  # imported here once, so that no fork has to
    serve(TwinDoors(), float(sys.argv[1]))
