"""The user interfaces (command line, page, local socket) and the operations that they call."""
