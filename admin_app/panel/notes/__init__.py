"""Notes on a record: its page, and who is meant by them."""
