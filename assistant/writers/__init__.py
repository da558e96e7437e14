"""Who writes summaries, replies and answers."""
