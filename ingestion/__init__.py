"""Ingestion: from bytes to documents, redacted chunks and the index of one tenant."""
