"""The delete page."""
