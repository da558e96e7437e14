"""Detection of prompt injection."""
