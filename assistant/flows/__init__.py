"""Use cases as plain functions that take a `Desk`."""
