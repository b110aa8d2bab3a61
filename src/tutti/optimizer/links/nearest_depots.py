"""What is known of one type of bus in several depots if blocks could begin and end at the nearest ones."""

from dataclasses import dataclass

from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.bounds.pricing import priced_below
from tutti.optimizer.links.columns import least_of_each
from tutti.optimizer.links.relaxation import Relaxation
from tutti.optimizer.model.arcs import Ints

_FAR_MIN = 30.0  # reduced cost
_NEAR_MIN = 0.3
_MOST_NEAR = 50  # of them for each trip, else none: all are as cheap without any travel
_EACH = 5  # successors and predecessors of a trip in any case: with fewer the first prices are wild


@dataclass(frozen=True, slots=True)
class NearestDepots:
    """What the programme with a copy of each connection for each depot begins with.

    cuts: inequalities, which hold whatever the depot. tail, head: connections that are cheap at the prices.
    """

    cuts: Cuts
    tail: Ints
    head: Ints

    @classmethod
    def of(cls, relaxation: Relaxation) -> "NearestDepots":
        """From a converged programme."""
        cuts = relaxation.master.cuts.copy()
        tail, head, cost = priced_below(relaxation.weights, cuts, relaxation.prices(), _FAR_MIN)
        wanted = cost < _NEAR_MIN
        if wanted.sum() > _MOST_NEAR * relaxation.arcs.n:
            wanted[:] = False
        wanted[least_of_each(tail, cost, _EACH)] = wanted[least_of_each(head, cost, _EACH)] = True
        return cls(cuts, tail[wanted], head[wanted])
