"""The problem as arrays: trips, links, kinds of bus; chains, their exact times, plans on the way in and out."""
