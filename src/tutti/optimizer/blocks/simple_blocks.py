"""Cheap blocks that run no trip twice, where windows are so wide that the cheapest ones of all go round in rings.

Each label keeps one block: the cheapest that comes to it from blocks that are kept and don't run its trip yet, and
which trips that runs. One that is dearer at first but could go on cheaper is not kept, so these blocks prove nothing
(the elementary labels of Feillet, Dejax, Gendreau, Gueguen 2004, one of them at each place).
"""

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.blocks.labels import NO_LABEL, Slice, least_of_each_run
from tutti.optimizer.blocks.priced import Priced, begun
from tutti.optimizer.model.arcs import Floats, Ints
from tutti.optimizer.model.chains import runs

_BITS = 8  # trips in a byte


class SimpleBlocks:
    """The blocks that labels keep, at the prices that they were priced at."""

    def __init__(self, priced: Priced, trip: Ints) -> None:
        """trip: that of each pair, shape (P,), numbered from 0 on without gaps."""
        self._labels = labels = priced.labels
        self._priced = priced
        self._byte, self._bit = trip // _BITS, (1 << trip % _BITS).astype(np.uint8)
        self._best = begun(labels, [priced.within], priced.begin)[0]
        self._came = np.full(len(self._best), NO_LABEL)  # the label before, of the block that each one keeps
        self._runs = np.zeros((len(self._best), int(self._byte.max(initial=0)) + 1), dtype=np.uint8)
        for part in labels.slices:
            if len(part.first):
                self._arrive(part)
            self._wait(part)

    def _arrive(self, part: Slice) -> None:
        """The cheapest moves to labels of this part by which no trip is run twice, where they cost less than to begin.

        What is run by then is not told yet: `_wait` does. Only where the cheapest of all moves runs a trip twice the
        others are looked at, too.
        """
        source = self._labels.source[part.moves]
        value = self._best.take(source)
        value += self._labels.cost[part.moves]
        reached, least = least_of_each_run(value, part.first)
        pays = np.flatnonzero(reached < self._best[part.target])
        label, value_of, came = part.target[pays], reached[pays], source[least[pays]]
        rings = np.flatnonzero(self._is_run(came, label))
        if len(rings):
            run = pays[rings]
            count = np.diff(part.first, append=len(source))[run]
            move = runs(part.first[run], count)
            others = value[move]
            others[self._is_run(source[move], np.repeat(label[rings], count))] = np.inf
            value_of[rings], least = least_of_each_run(others, np.cumsum(count) - count)
            came[rings] = source[move[least]]
            still = value_of < self._best[label]
            label, value_of, came = label[still], value_of[still], came[still]
        self._best[label], self._came[label] = value_of, came

    def _is_run(self, source: NDArray[np.signedinteger], target: Ints) -> NDArray[np.bool_]:
        """Whether the block that each of the first labels keeps runs the trip of the other label already."""
        pair = self._labels.pairs_at(target)
        is_run: NDArray[np.bool_] = self._runs[source, self._byte[pair]] & self._bit[pair] != 0
        return is_run

    def _wait(self, part: Slice) -> None:
        """Run the trips of this part; where starting later costs more, the block of the minute before is kept."""
        labels = self._labels
        pair, before = labels.pair_of[part.rows], labels.before[part.rows]
        label = np.arange(part.rows.start * labels.length, part.rows.stop * labels.length).reshape(-1, labels.length)
        cost = self._best[label] + self._priced.own[pair][:, None]
        least = np.minimum.accumulate(np.column_stack([self._best[before], cost]), axis=1)
        starts_now = cost < least[:, :-1]
        column = np.maximum.accumulate(np.where(starts_now, np.arange(labels.length), NO_LABEL), axis=1)
        kept = np.where(column == NO_LABEL, before[:, None], label[:, :1] + column)
        row, new = np.nonzero(starts_now)[0], label[starts_now]
        self._runs[new] = self._runs[self._came[new]]
        self._runs[new, self._byte[pair[row]]] |= self._bit[pair[row]]
        self._best[label] = least[:, 1:]
        self._came[label], self._runs[label] = self._came[kept], self._runs[kept]

    def by_last(self) -> Floats:
        """The reduced cost of the block that is kept for each pair to end with; infinite where there is none."""
        cost: Floats = self._best[self._priced.within.last] + self._priced.finish
        return cost

    def walked_back(self, ends: Ints) -> list[list[int]]:
        """The pairs of the blocks that end with these, which can be reached, in driving order."""
        chains: list[list[int]] = [[] for _ in range(len(ends))]
        which, label = np.arange(len(ends)), self._priced.within.last[ends]
        while len(which):
            for number, pair in zip(which.tolist(), self._labels.pairs_at(label).tolist(), strict=True):
                chains[number].append(pair)
            goes_on = self._came[label] != NO_LABEL
            which, label = which[goes_on], self._came[label][goes_on]
        return [chain[::-1] for chain in chains]
