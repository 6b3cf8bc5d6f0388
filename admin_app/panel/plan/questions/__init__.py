"""The questions that are asked before a plan is made: one file for each, and the page that they share."""
