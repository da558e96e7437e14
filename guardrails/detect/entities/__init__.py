"""Recognizers of people, places, organisations, numbers, devices and network names."""
