"""Column generation over whole blocks, exact to the minute, and the search of lists of them."""
