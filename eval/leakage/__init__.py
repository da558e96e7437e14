"""Measures leakage: plants values, runs every flow, and searches all outputs for the values."""
