"""Summarise: how many rows of a list there are by time, by a choice, by a related record."""
