"""Which of many candidate columns a linear programme gets."""

import numpy as np

from tutti.optimizer.model.arcs import Floats, Ints

_EACH = 3  # a round: a few well spread columns make a quick LP, the 15,000 most negative a slow one


def least_of_each(group: Ints, cost: Floats, each: int = _EACH) -> Ints:
    """Indices of the `each` least costs of each group."""
    order = np.lexsort((cost, group))
    ordered = group[order]
    rank = np.arange(len(order)) - np.searchsorted(ordered, ordered, side="left")
    return order[rank < each]
