"""Training of the section ranker."""
