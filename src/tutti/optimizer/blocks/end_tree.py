"""Blocks that are found from their last trips to their first: those that end alike share their ends."""

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.model.arcs import NONE, Ints


class EndTree:
    """Each node is a pair and the node of the one after it, NONE if that is the last; some nodes begin whole blocks."""

    def __init__(self) -> None:
        self.pair, self.after, self.complete = np.zeros((3, 0), dtype=np.int64)

    def lacks(self, node: Ints, pair: Ints) -> NDArray[np.bool_]:
        """Whether the block from each node on is without that pair."""
        lacks = np.ones(len(node), dtype=bool)
        while (node != NONE).any():
            lacks &= (node == NONE) | (self.pair[node] != pair)
            node = np.where(node == NONE, NONE, self.after[node])
        return lacks

    def grow(self, pair: Ints, after: Ints, is_complete: NDArray[np.bool_]) -> Ints:
        """Numbers of new nodes."""
        node = len(self.pair) + np.arange(len(pair))
        self.pair, self.after = np.concatenate([self.pair, pair]), np.concatenate([self.after, after])
        self.complete = np.concatenate([self.complete, node[is_complete]])
        return node

    def blocks(self) -> Ints:
        """The pairs of all whole blocks, shape (B, L), then NONE."""
        node, columns = self.complete, []
        while (node != NONE).any():
            columns.append(np.where(node == NONE, NONE, self.pair[node]))
            node = np.where(node == NONE, NONE, self.after[node])
        return np.column_stack(columns) if columns else np.zeros((0, 0), dtype=np.int64)
