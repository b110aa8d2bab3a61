"""From links to blocks."""

import numpy as np

from tests.optimizer.instances import random_problem
from tests.optimizer.parts.driving import is_feasible
from tutti.optimizer.model.arcs import NO_ARC, NONE, Arcs
from tutti.optimizer.model.chains import chains_and_cycles, feasible_pieces, first_break


def test_chains_and_cycles_hold_each_trip_once() -> None:
    chains, cycles = chains_and_cycles(np.array([1, NONE, 3, 4, 2, NONE]))
    assert chains == [[0, 1], [5]]
    assert cycles == [[2, 3, 4]]


def test_pieces_of_any_links_are_feasible_and_lose_no_trip() -> None:
    cut = 0
    for seed in range(100):
        arcs = Arcs.of(random_problem("cyclic", 8, seed))
        allowed = np.where(arcs.travel < NO_ARC, np.random.default_rng(seed).random(arcs.travel.shape), -1)
        successor = np.full(arcs.n, NONE)
        taken = np.zeros(arcs.n, dtype=bool)
        for trip in range(arcs.n):
            best = int(np.where(taken, -1, allowed[trip]).argmax())
            if allowed[trip, best] > 0 and not taken[best]:
                successor[trip], taken[best] = best, True
        pieces = feasible_pieces(arcs, successor)
        assert sorted(trip for piece in pieces for trip in piece) == list(range(arcs.n))
        assert all(is_feasible(arcs, piece) for piece in pieces)
        cut += len(pieces) > (successor == NONE).sum()
    assert cut > 10


def test_a_chain_breaks_at_the_first_trip_that_comes_too_late() -> None:
    arcs = Arcs.of(random_problem("fixed", 6, 3))
    order = np.argsort(arcs.earliest, kind="stable").tolist()
    position = first_break(arcs, order)
    assert position is not None
    assert is_feasible(arcs, order[:position])
    assert not is_feasible(arcs, order[: position + 1])
