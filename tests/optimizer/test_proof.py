"""What a bound rests on holds for every plan: covers, inequalities and prices, also arbitrary ones."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.optimizer.effort import examples
from tests.optimizer.instances import QUICK_KINDS, days_in_depots, problems, random_problem
from tests.optimizer.oracle import drivable_chains, least_pulls, try_everything
from tutti.fleet.problem import Problem
from tutti.fleet.proven import proven_bound
from tutti.optimizer import solve
from tutti.optimizer.bounds.cuts import Cuts, violated_sets
from tutti.optimizer.bounds.pricing import Prices, price, rounded_up
from tutti.optimizer.model.arcs import NO_ARC, Arcs, Ints
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights

Links = frozenset[tuple[int, int]]


@examples(40)
@given(days_in_depots(trips=7))
def test_the_evidence_gives_a_bound_that_no_plan_undercuts(problem: Problem) -> None:
    optimum = try_everything(problem)
    bound = proven_bound(problem, solve(problem).proof)
    assert bound.buses <= optimum.buses
    if bound.buses == optimum.buses and bound.deadhead_min is not None:
        assert bound.deadhead_min <= optimum.deadhead_min


@examples(30)
@given(problems(least=1, most=20, kinds=QUICK_KINDS))
def test_the_evidence_gives_the_certificates_bound_again_where_no_whole_blocks_were_needed(problem: Problem) -> None:
    result = solve(problem)
    assume("columns_s" not in result.statistics)
    assert proven_bound(problem, result.proof) == result.certificate.bound


def test_evidence_for_another_day_proves_nothing_wrong() -> None:
    proof = solve(random_problem("fixed", 7, 1)).proof
    for seed in range(20):
        other = random_problem("wide", 7, seed)
        bound = proven_bound(other, proof)
        assert bound.buses <= try_everything(other).buses


@examples(60)
@given(problems(least=2, most=5), st.data())
def test_every_plan_obeys_every_threshold_at_every_trip(problem: Problem, data: st.DataObject) -> None:
    cuts = Cuts(Arcs.of(problem))
    _add_any_threshold(cuts, data)
    for plan in _all_plans(problem):
        assert _obeys(plan, cuts)


@examples(60)
@given(problems(least=2, most=5), st.data())
def test_links_are_cut_off_if_and_only_if_they_are_no_plan(problem: Problem, data: st.DataObject) -> None:
    cuts = Cuts(Arcs.of(problem))
    links = _add_any_chain_or_ring(cuts, data)
    plans = set(_all_plans(problem))
    assert _obeys(links, cuts) == (links in plans)
    assert all(_obeys(plan, cuts) for plan in plans)


@examples(60)
@given(days_in_depots(most=2, trips=5), st.data())
def test_any_prices_give_a_bound_that_no_plan_undercuts(problem: Problem, data: st.DataObject) -> None:
    arcs = Arcs.of(problem)
    weights, cuts = Weights.of_nearest_depots(arcs, Vehicles.of(problem, arcs)), Cuts(arcs)
    _add_any_threshold(cuts, data)
    _add_any_chain_or_ring(cuts, data)

    def drawn(count: int, highest: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([data.draw(st.floats(-60, highest)) for _ in range(count)])

    prices = Prices(drawn(arcs.n, 60), drawn(arcs.n, 0), float(drawn(1, 60)[0]), drawn(len(cuts), 0))
    bounds = [rounded_up(price(weights, cuts, prices, buses).value, weights) for buses in range(arcs.n + 1)]
    for plan in _all_plans(problem):
        assert bounds[arcs.n - len(plan)] <= _least_deadhead(problem, plan)


def _least_deadhead(problem: Problem, plan: Links) -> int:
    """Deadhead minutes of a plan, each of its blocks from the depot that is best for it."""
    follow = dict(plan)
    travel = sum(
        problem.travel.minutes(problem.trips[tail].destination, problem.trips[head].origin) for tail, head in plan
    )
    for first in set(range(len(problem.trips))) - set(follow.values()):
        last = first
        while last in follow:
            last = follow[last]
        travel += least_pulls(problem, (first, last))
    return travel


def _add_any_threshold(cuts: Cuts, data: st.DataObject) -> None:
    arcs = cuts.arcs
    trip = data.draw(st.integers(0, arcs.n - 1))
    theta = data.draw(st.integers(int(arcs.earliest[trip]) - 2, int(arcs.latest[trip]) + 2))
    cuts.add_thresholds(np.array([trip]), np.array([theta]))


def _add_any_chain_or_ring(cuts: Cuts, data: st.DataObject) -> Links:
    """Add what cuts off a chain or ring that is made of possible links, if it is no plan; the links."""
    order = data.draw(st.permutations(range(cuts.arcs.n)))
    pairs = [*pairwise(order), (order[-1], order[0])] if data.draw(st.booleans()) else [*pairwise(order)]
    links = frozenset(pair for pair in pairs if cuts.arcs.travel[pair] < NO_ARC)
    cuts.add_sets(violated_sets(cuts.arcs, *_arrays(links), np.ones(len(links)), 0.5))
    return links


def _arrays(links: Links) -> tuple[Ints, Ints]:
    ordered = sorted(links)
    return np.array([tail for tail, _ in ordered], dtype=np.int64), np.array([h for _, h in ordered], dtype=np.int64)


def _obeys(links: Links, cuts: Cuts) -> bool:
    _, row = cuts.rows_of(*_arrays(links))
    return bool((np.bincount(row, minlength=len(cuts)) <= np.array(cuts.limits)).all())


def _all_plans(problem: Problem) -> Iterator[Links]:
    """The links of every plan."""
    chains = list(drivable_chains(problem))

    def split(left: frozenset[int]) -> Iterator[Links]:
        if not left:
            yield frozenset()
        for chain in chains:
            if left and min(left) in chain and left.issuperset(chain):
                for rest in split(left - set(chain)):
                    yield rest | set(pairwise(chain))

    return split(frozenset(range(len(problem.trips))))
