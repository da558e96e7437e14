"""In-memory doubles of the ports, and what tests build with."""
