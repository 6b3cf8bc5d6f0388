"""Notes on a record: their page, and the people whom they mention."""
