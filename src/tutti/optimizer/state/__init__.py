"""The course of one solve: its best plan and bound, what ends it, who watches it; programmes that can be left."""
