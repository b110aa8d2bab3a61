"""Which blocks lie near to each other: those that many cheap connections join."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.blocks.block_lp import WeighedBlock
from tutti.optimizer.model.arcs import NONE, Floats, Ints

LARGEST_PART = 120  # trips that are planned at a time
_FEWEST_BLOCKS = 15  # for which there is room in a part, where blocks are long: fewer can hardly be made one less
_SHARE = 0.6  # of the trips at most: all of them were planned together already


@dataclass(frozen=True, slots=True)
class Nearness:
    """Tails and heads of the cheap connections among all trips."""

    tail: Ints
    head: Ints

    def around(self, trips: NDArray[np.bool_], blocks: Sequence[WeighedBlock], chance: Floats) -> NDArray[np.bool_]:
        """Which of the blocks to plan anew together with these trips, so many that it stays a part.

        One after another, the one that the most cheap connections join to what is chosen already, for its size and
        times its chance. trips: shape (n,), those of whole blocks, which are chosen, or of none; chance: one a block.
        """
        open_trips = trips.copy()
        number_of = np.full(len(trips), NONE)
        for number, block in enumerate(blocks):
            number_of[list(block.trips)] = number
        size = np.array([len(block.trips) for block in blocks])
        begin, end = number_of[self.tail], number_of[self.head]
        chosen = trips[[block.trips[0] for block in blocks]]
        all_trips = size.sum() + (trips & (number_of == NONE)).sum()
        most = min(max(LARGEST_PART, _FEWEST_BLOCKS * size.mean()), _SHARE * all_trips)
        while not chosen.all():
            after, before = (end != NONE) & open_trips[self.tail], (begin != NONE) & open_trips[self.head]
            joined = np.bincount(end[after], minlength=len(blocks)) + np.bincount(begin[before], minlength=len(blocks))
            best = int(np.where(chosen, -1.0, (joined + 0.1) / size * chance).argmax())
            if open_trips.sum() + size[best] > most:
                break
            chosen[best] = True
            open_trips[list(blocks[best].trips)] = True
        return chosen
