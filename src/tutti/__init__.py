"""Tutti plans school-bus fleets: the fewest buses for a day's routes, and proof of how close to optimal that is."""
