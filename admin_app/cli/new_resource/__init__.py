"""The two files of a new resource, written for a table that is in the database or for a model."""
