"""The verbs: no HTTP, no HTML."""
