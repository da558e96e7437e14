"""Books in: bytes to documents to redacted chunks to the index of one tenant."""
