"""What no plan can beat: by matchings, flows and work, and by the inequalities and prices that prove it."""
