"""What blocks cost at given prices of trips: the least that comes to each label, and the blocks that do, exactly.

best(j, t) = the least cost of a block that ends with pair j, started at t or before, so it falls along t.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tutti.optimizer.blocks.end_tree import EndTree
from tutti.optimizer.blocks.labels import NO_LABEL, Labels, Within, in_parts
from tutti.optimizer.model.arcs import NONE, Floats, Ints

_NODES_EACH = 5  # labels that may be met for each block that may be found


@dataclass(frozen=True, slots=True)
class Priced:
    """What the labels cost at some prices."""

    labels: Labels
    within: Within
    begin: Floats
    own: Floats
    best: Floats
    finish: Floats

    def by_last(self) -> Floats:
        """The least reduced cost of a block that ends with each pair."""
        cost: Floats = self.best[self.within.last] + self.finish
        return cost

    def walked_back(self, ends: Ints) -> list[list[int]]:
        """The pairs of the cheapest blocks that end with these, which can be reached, in driving order."""
        labels = self.labels
        chains: list[list[int]] = [[] for _ in range(len(ends))]
        which, label = np.arange(len(ends)), self.within.last[ends]
        while len(which):
            pair = labels.pairs_at(label)
            for number, each in zip(which.tolist(), pair.tolist(), strict=True):
                chains[number].append(each)
            label = labels.as_cheap(label, self.best)
            source, value = labels.cheapest_moves(label, self.best)
            may_begin = labels.minutes_at(label) >= self.within.begin[pair]
            goes_on = value < np.where(may_begin, self.begin[pair], np.inf)
            which, label = which[goes_on], source[goes_on]
        return [chain[::-1] for chain in chains]

    def all_below(self, ends: Ints, limit: float, most: int) -> Ints | None:
        """All blocks that end with these pairs at a reduced cost of `limit` at most; None if they are more than `most`.

        Shape (B, L): a row has the pairs of a block in driving order, then NONE.

        From the last trip of a block to its first: what is behind a label can still become such a block exactly if it
        and the label's cheapest beginning cost no more (Baldacci, Christofides, Mingozzi 2008).
        """
        ends = ends[self.by_last()[ends] <= limit]
        label, rest = self.within.last[ends], self.finish[ends]
        after = np.full(len(label), NONE)
        tree = EndTree()
        while len(label):
            pair = self.labels.pairs_at(label)
            rest = rest + self.own[pair]
            is_new = tree.lacks(after, pair)
            label, rest, after, pair = label[is_new], rest[is_new], after[is_new], pair[is_new]
            node = tree.grow(pair, after, self.begin[pair] + rest <= limit)
            if len(tree.complete) > most or len(tree.pair) > _NODES_EACH * most:
                return None
            steps = [self._steps_back(label[part], rest[part], node[part], limit) for part in in_parts(len(label))]
            if not steps:
                break
            label, rest, after = (np.concatenate(each) for each in zip(*steps, strict=True))
        return tree.blocks()

    def _steps_back(self, label: Ints, rest: Floats, node: Ints, limit: float) -> tuple[Ints, Floats, Ints]:
        which, source, cost = self.labels.ways_into(label)
        behind = rest[which] + cost
        good = np.flatnonzero(self.best[source] + behind <= limit)
        return source[good], behind[good], node[which[good]]


def price(labels: Labels, begin: Floats, own: Floats, finish: Floats) -> Priced:
    """At costs (P,) of each pair: to begin a block with it, to run it less its price, to end one with it.

    One that is infinite to run is not to be run.
    """
    best = _nothing(labels)
    best.reshape(-1, labels.length)[:NO_LABEL] = begin[labels.pair_of][:, None]
    best[labels.too_early] = np.inf
    _go_through(labels, best, own)
    return Priced(labels, labels.anywhere, begin, own, best, finish)


def price_within(labels: Labels, parts: Sequence[Within], begin: Floats, own: Floats, finish: Floats) -> list[Priced]:
    """The same for the blocks that lie within each of these, side by side."""
    best = begun(labels, parts, begin)
    _go_through(labels, best, own)
    return [Priced(labels, within, begin, own, each, finish) for within, each in zip(parts, best, strict=True)]


def begun(labels: Labels, parts: Sequence[Within], begin: Floats) -> Floats:
    """What it costs to begin a block at each label, within each of these, shape (len(parts), labels)."""
    best = _nothing(labels, len(parts))
    first = np.array([within.begin[labels.pair_of] for within in parts])
    rows = best.reshape(len(parts), -1, labels.length)[:, :NO_LABEL]
    np.copyto(rows, begin[labels.pair_of][:, None], where=labels.minutes() >= first[:, :, None])
    return best


def _nothing(labels: Labels, *aside: int) -> Floats:
    """Labels that nothing comes to, and one row more, for what is no label."""
    return np.full((*aside, (len(labels.pair_of) + 1) * labels.length), np.inf)


def _go_through(labels: Labels, best: Floats, own: Floats) -> None:
    """From what it costs to begin a block at each label to the least cost of one that comes to it.

    best: shape (..., labels); what lies side by side knows nothing of each other.
    """
    rows = best.reshape(*best.shape[:-1], -1, labels.length)
    own_of = own[labels.pair_of][:, None]
    for part in labels.slices:
        if len(part.first):
            values = best.take(labels.source[part.moves], axis=-1)
            values += labels.cost[part.moves]
            reached = np.minimum.reduceat(values, part.first, axis=-1)
            best[..., part.target] = np.minimum(best[..., part.target], reached)
        table = rows[..., part.rows, :]
        table += own_of[part.rows]
        table[..., 0] = np.minimum(table[..., 0], best[..., labels.before[part.rows]])
        np.minimum.accumulate(table, axis=-1, out=table)
