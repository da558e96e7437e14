"""Presidio's engine over all recognizers and the tagger."""
