"""Inequalities on three trips that every choice of blocks obeys: of the blocks with two or three of them, one at most.

Two such blocks would share a trip. (Subset-row inequalities; Jepsen, Petersen, Spoorendonk, Pisinger 2008.)
"""

from dataclasses import dataclass

import numpy as np

from tutti.optimizer.model.arcs import NONE, Floats, Ints

_VIOLATED = 0.02
_MOST = 60  # at a time, the most violated
_EACH = 8  # at a time with the same trip


@dataclass(frozen=True, slots=True)
class Together:
    """How much blocks are used that hold the same trips.

    trips: shape (M,), those of blocks that are used in part; holds: shape (B, M), which block holds which; used: the
    same, as much as the block is used; pairs: shape (M, M), how much blocks with both trips are used.
    """

    trips: Ints
    holds: Floats
    used: Floats
    pairs: Floats

    @classmethod
    def of(cls, trips: Ints, value: Floats) -> "Together":
        """trips: shape (B, L), those of each block, then NONE; value: shape (B,), how much each is used, 0 to 1."""
        is_part = (value > 0) & (value < 1)
        row, column = np.nonzero(trips[is_part] != NONE)
        members, position = np.unique(trips[is_part][row, column], return_inverse=True)
        holds = np.zeros((int(is_part.sum()), len(members)))
        holds[row, position] = 1.0
        used = holds * value[is_part, None]
        return cls(members, holds, used, used.T @ holds)

    def violated_triples(self) -> Ints:
        """Three trips each whose inequality is broken, shape (K, 3), the worst first."""
        found, excess = [np.zeros((0, 3), dtype=np.int64)], [np.zeros(0)]
        for number in range(len(self.trips) - 2):
            with_it, later = self.holds[:, number] > 0, slice(number + 1, None)
            triples = self.used[with_it, later].T @ self.holds[with_it, later]
            own = self.pairs[number, later]
            total = own[:, None] + own[None, :] + self.pairs[later, later] - 2 * triples
            second, third = np.nonzero(np.triu(total > 1 + _VIOLATED, 1))
            found.append(np.column_stack([np.full(len(second), number), number + 1 + second, number + 1 + third]))
            excess.append(total[second, third])
        order = np.argsort(-np.concatenate(excess), kind="stable")
        return self.trips[_spread(np.concatenate(found)[order], len(self.trips))]


def _spread(triples: Ints, members: int) -> Ints:
    """The first of them, few with the same member."""
    times = np.zeros(members, dtype=np.int64)
    chosen: list[int] = []
    for number, triple in enumerate(triples):
        if len(chosen) == _MOST:
            break
        if (times[triple] < _EACH).all():
            times[triple] += 1
            chosen.append(number)
    return triples[chosen]
