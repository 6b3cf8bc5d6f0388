"""Editing in the list: a page of it at once, or one cell."""
