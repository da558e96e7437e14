"""``python -m ui`` is the same as ``quietdesk``."""

from ui.cli import main

main()
