"""The bounded parser: the one reader of structured outside text."""
