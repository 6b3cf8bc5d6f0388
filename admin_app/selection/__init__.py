"""Selections: which rows of a model, parsed from a URL, printed back to it, and used by all code that reads or changes many rows."""
