"""A Django site of the same two tables."""
