"""Prices over all connections, and the bound that they prove."""

import math

import numpy as np
import pytest

from tests.optimizer.instances import random_problem
from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.bounds.pricing import Prices, price
from tutti.optimizer.model.arcs import NO_ARC, Arcs
from tutti.optimizer.model.weights import Weights


def random_prices(arcs: Arcs, cuts: Cuts, seed: int) -> Prices:
    rng = np.random.default_rng(seed)
    return Prices(
        tail=rng.uniform(-10, 30, arcs.n),
        head=-rng.uniform(0, 10, arcs.n),
        fleet=-5.0,
        cut=-rng.uniform(0, 3, len(cuts)),
    )


@pytest.mark.parametrize("seed", range(10))
def test_no_connection_of_negative_reduced_cost_is_overlooked(seed: int) -> None:
    arcs = Arcs.of(random_problem("wide", 15, seed))
    weights, cuts = Weights.without_depots(arcs), Cuts(arcs)
    cuts.add_thresholds(np.arange(15), arcs.earliest + 4)
    prices = random_prices(arcs, cuts, seed)
    negative = set()
    for tail, head in np.argwhere(arcs.travel < NO_ARC):
        cost = float(weights.of(tail, head)) / weights.scale - prices.tail[tail] - prices.head[head]
        cost -= sum(prices.cut[row] for row in cuts.rows_of(np.array([tail]), np.array([head]))[1])
        if cost < -1e-4:
            negative.add((int(tail), int(head)))
    found = price(weights, cuts, prices, buses=4)
    assert negative
    assert negative <= set(zip(found.tail.tolist(), found.head.tolist(), strict=True))


def test_tie_breaks_of_all_trips_together_are_less_than_a_minute() -> None:
    arcs = Arcs.of(random_problem("wide", 25, 1))
    weights = Weights.without_depots(arcs)
    assert 0 < weights.slack_min < 1 / 16
    assert math.isclose(weights.slack_min * weights.scale, 30 * 25)
