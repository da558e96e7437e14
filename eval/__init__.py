"""Measures: cases, metrics, reports."""
