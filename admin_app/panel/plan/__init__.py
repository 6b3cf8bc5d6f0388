"""Acts on many records, as pages: what is asked, what would happen, what was done."""
