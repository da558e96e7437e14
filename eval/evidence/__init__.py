"""Evidence: each promise of a tenant's policy is tried on the running system, and reported."""
