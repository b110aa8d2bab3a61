"""Relaxations over connections of trips, for one type of bus and for several, and the plans made of them."""
