"""A record to read: its facts, its neighbours."""
