"""Answers out: the desk of one tenant, the flows it works through, and the adapters it stands on."""
