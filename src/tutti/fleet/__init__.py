"""The field's words: routes, trips, blocks, plans, travel times, and the rules that a plan must keep."""
