"""Evidence for a bound that anybody can check again without a solver: one pass over all pairs of trips."""

from dataclasses import dataclass

from tutti.fleet.plan import Bound
from tutti.fleet.problem import Problem
from tutti.optimizer.bounds.cover import VertexCover
from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.bounds.pricing import Prices, price, rounded_up
from tutti.optimizer.bounds.tiers import Tier, least_cost
from tutti.optimizer.bounds.workload import Workload
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.needed_types import with_needed_types
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights


@dataclass(frozen=True, slots=True)
class PriceEvidence:
    """Prices of trips and cuts. Any prices give a valid bound; these were an optimal LP's."""

    prices: Prices
    cuts: Cuts

    def value(self, weights: Weights, buses: int) -> float:
        """No plan with exactly that many buses has a lower sum of weights."""
        return price(weights, self.cuts, self.prices, buses).value


@dataclass(frozen=True, slots=True)
class Proof:
    """What a solve can show for its bound.

    cover, workload: why so few buses are needed at least, the higher of both. refutations: prices under which that few
    buses would need more deadhead than any plan has, so that there must be more. prices: for the deadhead at the proven
    number of buses. tiers: why a mixed fleet costs so much at least. What programmes of a mixed fleet or of whole
    blocks prove beyond that has no evidence here.
    """

    cover: VertexCover | None = None
    workload: Workload | None = None
    refutations: tuple[PriceEvidence, ...] = ()
    prices: PriceEvidence | None = None
    tiers: tuple[Tier, ...] = ()

    def bound(self, problem: Problem) -> Bound:
        """The bound that the evidence gives for `problem`, derived anew from its trips and travel times."""
        problem = with_needed_types(problem)
        arcs = Arcs.of(problem)
        if self.cover is None or not self.cover.covers(arcs):
            return Bound(min(1, arcs.n))
        buses = self.cover.fewest_buses(arcs.n)
        if self.workload is not None:
            buses = max(buses, self.workload.fewest_buses(arcs))
        vehicles = Vehicles.of(problem, arcs)
        weights = Weights.of_nearest_depots(arcs, vehicles)
        dearest = weights.most_deadhead()
        for evidence in self.refutations:
            while evidence.value(weights, buses) > dearest + 1:
                buses += 1
        if problem.has_costs:
            cheapest = min(vehicle.first_level for vehicle in problem.vehicle_types)
            return Bound(buses, None, max(buses * cheapest, self._least_cost(arcs, vehicles)))
        if self.prices is None:
            return Bound(buses)
        return Bound(buses, rounded_up(self.prices.value(weights, buses), weights))

    def _least_cost(self, arcs: Arcs, vehicles: Vehicles) -> int:
        if not all(tier.holds(arcs, vehicles) for tier in self.tiers):
            return 0
        return vehicles.unit * least_cost(self.tiers, arcs, vehicles)
