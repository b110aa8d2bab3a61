"""How long blocks may take, from leaving the depot to being back: which chains keep that by which kind of bus."""

from dataclasses import dataclass

from tutti.optimizer.model.arcs import Arcs, Ints
from tutti.optimizer.model.chains import Span
from tutti.optimizer.model.timing import Chain
from tutti.optimizer.model.vehicles import Vehicles


@dataclass(frozen=True, slots=True)
class BlockLength:
    """At most `longest_min` minutes, pull-out and pull-in among them."""

    arcs: Arcs
    vehicles: Vehicles
    longest_min: int

    def keeps(self, kind: int, chain: Chain) -> bool:
        """Whether that kind of bus can run a feasible chain in time, at some starts within its windows."""
        pulls_min = int(self.vehicles.pulls_min(chain[0], chain[-1])[kind])
        return Span.of(self.arcs, chain).fits_in(self.longest_min - pulls_min)

    def first_leaves(self, kind: Ints, trip: Ints) -> Ints:
        """The earliest minute at which a bus of each kind may leave to begin with each trip."""
        leaves: Ints = self.arcs.earliest[trip] - self.vehicles.pull_out[kind, trip]
        return leaves

    def last_backs(self, kind: Ints, trip: Ints) -> Ints:
        """The latest minute at which a bus of each kind may be back from each trip."""
        backs: Ints = self.arcs.latest[trip] + self.arcs.duration[trip] + self.vehicles.pull_in[kind, trip]
        return backs
