"""The desk of one tenant, the flows that use it, and the adapters under it."""
