"""Answers out: one tenant's desk, the flows it works through, the adapters it stands on."""
