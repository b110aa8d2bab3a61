"""Whole blocks, exact to the minute: branch and price over them, and lists of all that a better plan could use."""
