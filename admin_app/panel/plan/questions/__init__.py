"""What is asked before a plan is made: one file a question, and the page that all of them have."""
