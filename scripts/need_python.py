"""Exits with a short message on an unsupported Python, before pip prints a long one."""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    found = ".".join(map(str, sys.version_info[:3]))
    sys.exit(
        f"Quietdesk needs Python 3.11 to 3.13, and this is {found}. Try: make PYTHON=python3.12"
    )
