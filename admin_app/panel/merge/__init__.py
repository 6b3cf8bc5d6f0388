"""Merge two records, and find possible duplicates."""
