"""Pages for changes to many records: the question, the plan, the result."""
