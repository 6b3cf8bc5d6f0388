"""Two records made one."""
