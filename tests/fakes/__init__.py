"""In-memory fakes of the ports, and builders for tests."""
