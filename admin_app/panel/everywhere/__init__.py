"""Search everything: records, lists, views and pages of all resources at once."""
