"""A resource's list: its table, its columns, its saved views, its pager."""
