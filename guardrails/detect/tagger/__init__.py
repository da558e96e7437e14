"""Our tagger of names: a small neural model, and the checks of what it guesses."""
