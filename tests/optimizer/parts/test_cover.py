"""The vertex cover proves the number of buses, or shows how to do with fewer."""

from dataclasses import replace

import numpy as np
import pytest

from tests.optimizer.instances import random_problem
from tutti.optimizer.bounds.cover import Augmenting, VertexCover, prove_fewest
from tutti.optimizer.bounds.flow import cheapest_cover
from tutti.optimizer.model.arcs import NO_ARC, NONE, Arcs
from tutti.optimizer.model.weights import Weights


def largest_matching(arcs: Arcs) -> np.ndarray:
    tail, head = np.nonzero(arcs.travel < NO_ARC)
    return cheapest_cover(Weights.without_depots(arcs), tail, head, bus_cost_min=100_000)


def covers(cover: VertexCover, arcs: Arcs) -> bool:
    """Whether every connection has its tail or head in the cover."""
    open_tails = np.setdiff1d(np.arange(arcs.n), cover.tails)
    open_heads = np.setdiff1d(np.arange(arcs.n), cover.heads)
    return not (arcs.travel[np.ix_(open_tails, open_heads)] < NO_ARC).any()


@pytest.mark.parametrize("kind", ["narrow", "wide", "cyclic", "identical"])
@pytest.mark.parametrize("seed", range(5))
def test_the_cover_of_a_largest_matching_covers_every_connection(kind: str, seed: int) -> None:
    arcs = Arcs.of(random_problem(kind, 20, seed))
    successor = largest_matching(arcs)
    proof = prove_fewest(arcs, successor)
    assert isinstance(proof, VertexCover)
    assert covers(proof, arcs)
    assert proof.fewest_buses(arcs.n) == (successor == NONE).sum()


def test_a_cover_with_a_trip_missing_covers_no_longer() -> None:
    arcs = Arcs.of(random_problem("narrow", 20, 1))
    cover = prove_fewest(arcs, largest_matching(arcs))
    assert isinstance(cover, VertexCover)
    assert not covers(replace(cover, tails=cover.tails[1:]), arcs)


def test_a_matching_that_can_grow_gets_connections_to_grow_by() -> None:
    arcs = Arcs.of(random_problem("narrow", 20, 1))
    successor = largest_matching(arcs)
    linked = np.flatnonzero(successor != NONE)
    successor[linked[::2]] = NONE
    proof = prove_fewest(arcs, successor)
    assert isinstance(proof, Augmenting)
    assert (arcs.travel[proof.tails, proof.heads] < NO_ARC).all()


def test_trips_without_any_connection_need_a_bus_each() -> None:
    arcs = Arcs.of(random_problem("narrow", 6, 2))
    alone = replace(arcs, travel=np.full_like(arcs.travel, NO_ARC))
    proof = prove_fewest(alone, np.full(6, NONE))
    assert isinstance(proof, VertexCover)
    assert proof.fewest_buses(6) == 6
