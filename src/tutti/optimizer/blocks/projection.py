"""From prices of rows of the programme over connections to prices of trips alone: where column generation begins."""

import numpy as np

from tutti.optimizer.links.fleet_relaxation import FleetRelaxation
from tutti.optimizer.model.arcs import Floats


def projected_prices(relaxation: FleetRelaxation) -> Floats:
    """Prices of trips at which no block is cheaper than its trips' sum, from the prices of a converged relaxation.

    Cover price of a trip and the prices of the cuts at it: a block meets each threshold at most once, and has as many
    links of a path or cycle as it leaves trips of it by them.
    """
    prices, cuts = relaxation.prices(), relaxation.master.cuts
    projected = prices.cover.copy()
    in_lp = cuts.row < len(prices.cut)
    np.add.at(projected, cuts.node[in_lp], prices.cut[cuts.row[in_lp]])
    for row, trip_set in cuts.sets.items():
        if row < len(prices.cut):
            projected[list(trip_set.trips[:-1])] += prices.cut[row]
    return projected
