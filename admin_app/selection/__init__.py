"""Which rows: parsed once from a URL, printed back to it, and used by everything that reads or acts on many rows."""
