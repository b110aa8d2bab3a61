"""Chains joined end to end."""

import numpy as np

from tests.optimizer.instances import KINDS, random_problem
from tests.optimizer.parts.driving import is_feasible
from tutti.optimizer.bounds.fewest_blocks import fewest_blocks
from tutti.optimizer.links.joining import joined
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.chains import feasible_pieces
from tutti.optimizer.model.weights import Weights


def test_chains_that_are_joined_keep_their_windows_and_all_trips() -> None:
    for kind in KINDS:
        for seed in range(30):
            arcs = Arcs.of(random_problem(kind, 12, seed))
            chains = joined(arcs, feasible_pieces(arcs, fewest_blocks(Weights.without_depots(arcs)).successor))
            assert sorted(trip for chain in chains for trip in chain) == list(range(arcs.n))
            assert all(is_feasible(arcs, chain) for chain in chains)


def test_where_windows_cut_a_flow_to_pieces_joining_saves_buses() -> None:
    saved = []
    for seed in range(30):
        arcs = Arcs.of(random_problem("cyclic", 30, seed))
        pieces = feasible_pieces(arcs, fewest_blocks(Weights.without_depots(arcs)).successor)
        saved.append(len(pieces) - len(joined(arcs, pieces)))
    assert min(saved) >= 0
    assert np.mean(saved) > 1
