"""The forms of a record: drawn, checked, saved, merged."""
