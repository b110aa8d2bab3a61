"""What a connection costs in the relaxations: its deadhead, and a tie-break that can never add up to a minute."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tutti.optimizer.model.arcs import Arcs, Floats, Ints
from tutti.optimizer.model.chains import one_after_another
from tutti.optimizer.model.timing import Chain
from tutti.optimizer.model.vehicles import Vehicles

_MOST_TIE_BREAK = 30


@dataclass(frozen=True, slots=True)
class Weights:
    """Integer cost of an arc = scale * (travel - the pulls that it saves) + tie-break.

    Where buses stand in depots, a plan's deadhead is that of a bus for each trip, depot to depot, less what its links
    save: a pull-in after the tail and a pull-out before the head (Clarke, Wright 1964). So begins and ends of blocks
    cost nothing beside arcs. pull_out, pull_in: shape (n,), minutes, no more than any bus needs there.

    The tie-break counts the minutes, at most 30, by which the asked starts of the two trips miss each other.

    scale is so large that the tie-breaks of a whole plan are less than `slack_min` of a deadhead minute together:
    they choose among equal plans, and rounding a bound up after taking them off is exact.
    """

    arcs: Arcs
    pull_out: Ints
    pull_in: Ints

    @classmethod
    def without_depots(cls, arcs: Arcs) -> "Weights":
        """Of buses that begin and end where their trips do."""
        nowhere = np.zeros(arcs.n, dtype=np.int64)
        return cls(arcs, nowhere, nowhere)

    @classmethod
    def of_nearest_depots(cls, arcs: Arcs, vehicles: Vehicles) -> "Weights":
        """As if a bus could come from the nearest depot and go back to the nearest."""
        return cls(arcs, vehicles.pull_out.min(axis=0), vehicles.pull_in.min(axis=0))

    @property
    def scale(self) -> int:
        """Cost units in one deadhead minute; one scale for flow and LP."""
        return 16 * _MOST_TIE_BREAK * self.arcs.n + 1

    @property
    def slack_min(self) -> float:
        """All tie-breaks of a plan together, in minutes: less than 1/16."""
        return _MOST_TIE_BREAK * self.arcs.n / self.scale

    @property
    def alone_min(self) -> Ints:
        """Deadhead minutes of each trip if it has a bus of its own, shape (n,)."""
        alone: Ints = self.pull_out + self.pull_in
        return alone

    def most_deadhead(self) -> int:
        """No plan has more deadhead minutes than this."""
        return self.arcs.most_deadhead() + int(self.alone_min.sum())

    def minutes(self, tail: Ints, head: Ints) -> Ints:
        """Deadhead minutes that the arcs (tail, head) add to a plan without them, less than 0 where they save some."""
        added: Ints = self.arcs.travel[tail, head] - self.pull_in[tail] - self.pull_out[head]
        return added

    def deadhead_min(self, chains: Sequence[Chain]) -> int:
        """Deadhead minutes of blocks of these trips."""
        trips, chain_of = one_after_another(chains)
        is_link = chain_of[:-1] == chain_of[1:]
        links = self.minutes(trips[:-1][is_link], trips[1:][is_link])
        return int(self.alone_min[trips].sum() + links.sum())

    def of(self, tail: Ints, head: Ints) -> Ints:
        """Cost of the arcs (tail, head), whole units."""
        travel = self.arcs.travel[tail, head].astype("int64")
        missed = self.arcs.asked[tail] + self.arcs.duration[tail] + travel - self.arcs.asked[head]
        cost: Ints = self.scale * self.minutes(tail, head) + missed.clip(0, _MOST_TIE_BREAK)
        return cost

    def below(self, tail_limit: Floats, head_limit: Floats) -> tuple[Ints, Ints]:
        """As `Arcs.below`, of what arcs add to a plan."""
        return self.arcs.below(tail_limit + self.pull_in, head_limit + self.pull_out)
