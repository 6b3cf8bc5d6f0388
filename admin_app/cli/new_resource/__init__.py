"""The two files of a new resource, for an existing table or model."""
