"""The order of records that have places: a page that moves them."""
