"""Inequalities on odd numbers of trips that every choice of blocks obeys: blocks hold k pairs of 2 k + 1 trips at most.

Pairs have no trip in common, so one more would be a trip too many. For three trips: of the blocks with two of them or
more, one at most. (Subset-row inequalities; Jepsen, Petersen, Spoorendonk, Pisinger 2008. Here with multipliers of one
half, and any odd number of trips.)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.blocks.listed_blocks import ListedBlocks
from tutti.optimizer.model.arcs import NONE, Floats, Ints

_VIOLATED = 0.02  # pairs
_LARGEST = 15  # trips: rows of more are found, too, but make programmes slow
_MOST = 60  # sets at a time, the most violated
_EACH = 8  # at a time with the same trip


@dataclass(frozen=True, slots=True)
class Together:
    """How much blocks are used that hold the same trips.

    trips: shape (M,), those of blocks that are used in part; holds: shape (B, M), which block holds which; used: shape
    (B,), how much each block is; pairs: shape (M, M), how much blocks with both trips are used.
    """

    trips: Ints
    holds: NDArray[np.bool_]
    used: Floats
    pairs: Floats

    @classmethod
    def of(cls, trips: Ints, value: Floats) -> "Together":
        """trips: shape (B, L), those of each block, then NONE; value: shape (B,), how much each is used, 0 to 1."""
        is_part = (value > 0) & (value < 1)
        row, column = np.nonzero(trips[is_part] != NONE)
        members, position = np.unique(trips[is_part][row, column], return_inverse=True)
        holds = np.zeros((int(is_part.sum()), len(members)), dtype=bool)
        holds[row, position] = True
        return cls(members, holds, value[is_part], (holds.T * value[is_part]) @ holds)

    def violated_sets(self) -> list[Ints]:
        """Odd sets of trips whose inequality is broken, the worst first.

        Where each trip is in one block, an inequality is broken by half of what is missing to 1 of the use of all
        blocks that hold an odd number of its trips. So sets are added to each other, which rids them of one block after
        the other, the most used first: Gauss' elimination modulo 2. (Koster, Zymolka, Kutschera 2009.)
        """
        order = np.argsort(-self.used, kind="stable")
        used, odd = self.used[order], self.holds[order].T  # which set holds an odd number of which block's trips
        sets = np.eye(len(self.trips), dtype=bool)
        found = [np.zeros((0, len(self.trips)), dtype=bool)]
        for number in range(len(used)):
            holding = np.flatnonzero(odd[:, number])
            if not len(holding):
                continue
            added = holding[(odd[holding] @ used).argmin()]
            sets[holding] ^= sets[added]  # that one becomes empty: it must not be added once more
            odd[holding] ^= odd[added]
            size = sets[holding].sum(axis=1)
            is_broken = odd[holding] @ used < 1 - 2 * _VIOLATED
            found.append(sets[holding[(size % 2 == 1) & (size <= _LARGEST) & is_broken]])
        return [self.trips[each] for each in self._worst(np.unique(np.concatenate(found), axis=0))]

    def _worst(self, sets: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The most violated of these sets, few with the same trip, small ones first among equals."""
        size = sets.sum(axis=1)
        pairs = (sets.astype(np.int64) @ self.holds.T.astype(np.int64)) // 2
        excess = pairs @ self.used - size // 2
        times = np.zeros(len(self.trips), dtype=np.int64)
        chosen: list[int] = []
        for number in np.lexsort((size, -excess)).tolist():
            if len(chosen) == _MOST or excess[number] < _VIOLATED:
                break
            if (times[sets[number]] < _EACH).all():
                times[sets[number]] += 1
                chosen.append(number)
        return sets[chosen]


def most_pairs(odd_sets: Sequence[Ints]) -> Floats:
    """How many pairs of each set blocks hold at most, shape (K,)."""
    return np.array([len(trips) // 2 for trips in odd_sets], dtype=np.float64)


def pairs_in(odd_sets: Sequence[Ints], blocks: ListedBlocks) -> tuple[Ints, Ints, Floats]:
    """(number of a set, number of a block that holds pairs of it, how many) for all that hold some."""
    pairs = [blocks.pairs_of(trips) for trips in odd_sets]
    holding = [np.flatnonzero(each) for each in pairs]
    number = np.repeat(np.arange(len(odd_sets)), [len(each) for each in holding])
    none = np.zeros(0, dtype=np.int64)
    many = [each[held] for each, held in zip(pairs, holding, strict=True)]
    return number, np.concatenate([none, *holding]), np.concatenate([none, *many]).astype(np.float64)
