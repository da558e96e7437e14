"""The writers of summaries, replies and answers."""
