"""Ways to group the rows of a list, each group with the filters that leave its rows."""
