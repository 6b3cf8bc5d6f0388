"""The page of a record: its facts, its head, its neighbours."""
