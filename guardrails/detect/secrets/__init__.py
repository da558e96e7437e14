"""Recognizers of secrets: known formats, assignments, prose, pairs of login and password."""
