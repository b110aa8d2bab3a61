"""More cores for one solve: processes that solve the same problem beside it, and what they say to each other."""

from tutti.optimizer.companions.companions import Companions

__all__ = ["Companions"]
