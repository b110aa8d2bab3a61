"""The separation of inequalities finds what is violated, and new arcs find their rows."""

from itertools import pairwise, permutations

import numpy as np

from tests.optimizer.instances import random_problem
from tests.optimizer.parts.driving import is_feasible
from tutti.optimizer.bounds.cuts import Cuts, TripSet, violated_sets, violated_thresholds
from tutti.optimizer.model.arcs import NO_ARC, Arcs


def links(plan: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    pairs = [pair for chain in plan for pair in pairwise(chain)]
    return np.array([a for a, _ in pairs], dtype=np.int64), np.array([b for _, b in pairs], dtype=np.int64)


def test_a_chain_that_does_not_fit_breaks_its_path_cut() -> None:
    forbidden = 0
    for seed in range(30):
        arcs = Arcs.of(random_problem("compressed", 5, seed))
        for chain in map(list, permutations(range(arcs.n), 3)):
            if any(arcs.travel[pair] == NO_ARC for pair in pairwise(chain)) or is_feasible(arcs, chain):
                continue
            forbidden += 1
            tail, head = links([chain])
            found = violated_sets(arcs, tail, head, np.ones(2), 0.5)
            assert found == [TripSet(tuple(chain), ordered=True)]
            cuts = Cuts(arcs)
            cuts.add_sets(found)
            assert len(cuts.rows_of(tail, head)[0]) > cuts.limits[0]
    assert forbidden > 10


def test_a_ring_of_trips_breaks_its_cycle_cut() -> None:
    arcs = Arcs.of(random_problem("huge", 3, 1))
    tail, head = np.array([0, 1, 2]), np.array([1, 2, 0])
    assert violated_sets(arcs, tail, head, np.ones(3), 0.5) == [TripSet((0, 1, 2), ordered=False)]


def test_thresholds_found_are_violated_by_the_links_they_were_found_for() -> None:
    found = 0
    for seed in range(60):
        arcs = Arcs.of(random_problem("wide", 12, seed))
        tail, head = np.nonzero(arcs.travel < NO_ARC)
        value = np.random.default_rng(seed).random(len(tail)) / 4
        cuts = Cuts(arcs)
        cuts.add_thresholds(*violated_thresholds(arcs, tail, head, value))
        arc, row = cuts.rows_of(tail, head)
        assert (np.bincount(row, value[arc], minlength=len(cuts)) > 1).all()
        found += len(cuts)
    assert found > 20


def test_new_arcs_find_the_rows_that_old_arcs_are_in() -> None:
    arcs = Arcs.of(random_problem("wide", 10, 4))
    tail, head = np.nonzero(arcs.travel < NO_ARC)
    cuts = Cuts(arcs)
    cuts.add_thresholds(np.arange(10), arcs.earliest + 3)
    cuts.add_sets([TripSet((1, 3, 7), ordered=True), TripSet((7, 2, 3), ordered=False)])
    cuts.add_thresholds(np.arange(10), arcs.earliest + 9)
    together = set(zip(*(part.tolist() for part in cuts.rows_of(tail, head)), strict=True))
    one_by_one = {
        (number, int(row)) for number in range(len(tail)) for row in cuts.rows_of(tail[[number]], head[[number]])[1]
    }
    assert together == one_by_one
    assert {row for _, row in together} & set(range(12, 22)), "no arc is in a row that came after the sets"
