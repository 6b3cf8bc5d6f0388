"""Summaries: the rows of a list, counted by time, by a choice or by a related record."""
