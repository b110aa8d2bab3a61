"""Many blocks as arrays: the list that a better plan must be made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.blocks.block_lp import BlockPrices, WeighedBlock
from tutti.optimizer.model.arcs import NONE, Floats, Ints
from tutti.optimizer.model.vehicles import Vehicles

_SEED = 0  # of the numbers that sets of trips are told apart by


@dataclass(frozen=True, slots=True)
class ListedBlocks:
    """B blocks. kind, cost: shape (B,); trips: shape (B, L), those of each in driving order, then NONE."""

    kind: Ints
    trips: Ints
    cost: Floats

    @classmethod
    def of(cls, blocks: Sequence[WeighedBlock]) -> "ListedBlocks":
        """Those blocks in their order."""
        longest = max((len(block.trips) for block in blocks), default=0)
        trips = np.full((len(blocks), longest), NONE)
        for row, block in zip(trips, blocks, strict=True):
            row[: len(block.trips)] = block.trips
        kind = np.array([block.kind for block in blocks], dtype=np.int64)
        return cls(kind, trips, np.array([block.cost for block in blocks], dtype=np.float64))

    @classmethod
    def joined(cls, lists: Sequence["ListedBlocks"]) -> "ListedBlocks":
        """The blocks of one list after those of the other."""
        longest = max(each.trips.shape[1] for each in lists)
        padded = [
            np.pad(each.trips, ((0, 0), (0, longest - each.trips.shape[1])), constant_values=NONE) for each in lists
        ]
        kind, cost = (np.concatenate(parts) for parts in zip(*((each.kind, each.cost) for each in lists), strict=True))
        return cls(kind, np.concatenate(padded), cost)

    def __len__(self) -> int:
        return len(self.kind)

    def at(self, numbers: Ints | NDArray[np.bool_]) -> "ListedBlocks":
        """The blocks with these numbers, or of a mask."""
        return ListedBlocks(self.kind[numbers], self.trips[numbers], self.cost[numbers])

    def weighed(self) -> list[WeighedBlock]:
        """Each by itself."""
        rows = [tuple(trip for trip in row if trip != NONE) for row in self.trips.tolist()]
        each = zip(self.kind.tolist(), rows, self.cost.tolist(), strict=True)
        return [WeighedBlock(kind, trips, cost) for kind, trips, cost in each]

    def losses(self, prices: BlockPrices, vehicles: Vehicles) -> Floats:
        """What each block weighs more than it is worth: its reduced cost, shape (B,)."""
        worth = np.r_[prices.cover, 0.0][self.trips].sum(axis=1)
        losses: Floats = self.cost - worth - prices.begin(vehicles)[self.kind]
        return losses

    def cheapest_of_each_set(self, n: int) -> "ListedBlocks":
        """Of the blocks of a kind that hold the same of n trips, in different orders, one that weighs least."""
        code = self._codes(n)
        order = np.lexsort((self.cost, code, self.kind))
        sets = np.sort(self.trips[order], axis=1)
        is_same = (sets[1:] == sets[:-1]).all(axis=1) & (np.diff(self.kind[order]) == 0)
        return self.at(order[np.r_[np.ones(min(1, len(order)), dtype=bool), ~is_same]])

    def found_in(self, others: "ListedBlocks", n: int) -> Ints:
        """Numbers of the blocks whose kind and set of n trips some block of another list has."""
        own, other = (each._codes(n) + each.kind for each in (self, others))
        return np.flatnonzero(np.isin(own, other))

    def _codes(self, n: int) -> Ints:
        """A number for each set of n trips, hardly ever the same for two, shape (B,)."""
        numbers = np.r_[np.random.default_rng(_SEED).integers(2**63, size=n), 0]
        codes: Ints = numbers[self.trips].sum(axis=1)  # wraps around
        return codes

    def pairs_of(self, trips: Ints) -> NDArray[np.int8]:
        """How many pairs of the given trips each block holds, without a trip in common, shape (B,)."""
        is_given = np.zeros(max(int(self.trips.max(initial=0)), int(trips.max())) + 2, dtype=np.int8)
        is_given[trips] = 1
        pairs: NDArray[np.int8] = is_given[self.trips].sum(axis=1, dtype=np.int8) // 2
        return pairs
