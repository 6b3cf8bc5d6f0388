"""Changes to many records: planned line by line, agreed to by their number, carried out in chunks, and reported."""
