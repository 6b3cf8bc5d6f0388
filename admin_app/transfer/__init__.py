"""Rows to bytes and back: no HTTP, no forms."""
