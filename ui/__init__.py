"""Every door: the command line, the page, the HTTP API."""
