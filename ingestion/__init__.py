"""Books in: bytes to documents to washed chunks to the index of one tenant."""
