"""Checks of what a model said."""
