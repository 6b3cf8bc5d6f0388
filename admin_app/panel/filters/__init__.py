"""The filters of a list: declared, typed, drawn."""
