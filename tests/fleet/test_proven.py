"""What a proof proves: no more than is so, by few trips at a time."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.optimizer.instances import problems
from tests.optimizer.oracle import drivable_chains
from tutti.fleet.plan import Bound
from tutti.fleet.priced_blocks import NEVER, Links
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.proof import UNITS, Amount, Case, Chain, Others, Prices, Proof, Split, Step
from tutti.fleet.proven import proven_bound
from tutti.fleet.travel import MatrixTravel
from tutti.fleet.vehicle import VehicleType

BUSES = Amount(from_cost=0)
W = 100


def trips_at(*starts: int, slack_min: int = 0) -> Problem:
    """Trips of ten minutes, five from one to the next."""
    trips = tuple(
        Trip(f"t{number}", "entry", start, start + slack_min, start, 10, 0, 0) for number, start in enumerate(starts)
    )
    return Problem(trips, MatrixTravel(((5,),)), (VehicleType("bus", 30),))


def proven(problem: Problem, *steps: Step) -> Bound:
    routes = tuple(trip.id for trip in problem.trips)
    return proven_bound(problem, Proof(routes, {str(number): step for number, step in enumerate(steps)}))


def units(*prices: float, chains: tuple[Chain, ...] = (), fleet: float = 0.0) -> Prices:
    amounts = {BUSES: round(fleet * UNITS)} if fleet else {}
    return Prices(tuple(round(price * UNITS) for price in prices), amounts, chains)


def test_a_trip_that_no_other_can_follow_is_worth_a_bus() -> None:
    assert proven(trips_at(480, 480), Step(units(1, 1))).buses == 2


def test_what_a_block_is_worth_above_its_cost_is_taken_off() -> None:
    assert proven(trips_at(480, 495), Step(units(1, 1))).buses == 1
    assert proven(trips_at(480, 495, 495), Step(units(0.5, 1, 1))).buses == 2
    assert proven(trips_at(480, 495, 495), Step(units(1, 1, 1))).buses == 1  # either of the last may end a block of 2


def test_links_that_a_bus_can_take_at_the_last_minute_count() -> None:
    assert proven(trips_at(480, 495), Step(units(1, 1))).buses == 1
    assert proven(trips_at(480, 494), Step(units(1, 1))).buses == 2
    assert proven(trips_at(480, 490, slack_min=5), Step(units(1, 1))).buses == 1


def test_what_a_bus_can_do_at_the_end_of_a_window_is_not_in_time_for_what_it_can_do_at_its_beginning() -> None:
    problem = trips_at(480, 485, 502, slack_min=0)
    first, middle, last = problem.trips
    problem = replace(problem, trips=(first, replace(middle, latest_min=495), last))
    assert list(map(len, drivable_chains(problem))).count(3) == 0
    assert proven(problem, Step(units(0.5, 0.5, 0.5))).buses == 2


def test_a_link_that_is_in_time_at_the_first_minute_only_is_not_left_out() -> None:
    problem = trips_at(480, 495)
    first, last = problem.trips
    problem = replace(problem, trips=(replace(first, latest_min=490), last))
    assert proven(problem, Step(units(W, W), W, 1, Others(units(0, 0), 10 * W))).buses == 1


def test_a_chain_that_a_bus_can_run_proves_nothing() -> None:
    dearer = Step(units(1, 1, 1, chains=(Chain((0, 1, 2), UNITS),)))
    pairs_only = trips_at(480, 485, 495, slack_min=10)  # any two of them, not all three
    assert list(map(len, drivable_chains(pairs_only))).count(3) == 0
    assert proven(pairs_only, dearer).buses == 2
    assert proven(trips_at(480, 495, 510), dearer).buses == 1


def test_links_that_would_make_a_ring_may_cost_more() -> None:
    back_and_forth = trips_at(480, 490, slack_min=40)
    assert proven(back_and_forth, Step(units(0.75, 0.75))).buses == 1  # a block could run the one before and after
    ring = Chain((0, 1), UNITS, is_ring=True)
    assert proven(back_and_forth, Step(units(1, 1, chains=(ring,)))).buses == 1
    assert proven(trips_at(480, 480), Step(units(1, 1, chains=(ring,)))).buses == 1


def test_links_that_are_left_out_prove_no_more_than_what_they_were_left_out_by() -> None:
    problem = trips_at(480, 495)
    assert proven(problem, Step(units(W, W), W, 1, Others(units(0, 0), W // 2))).buses == 1
    nothing = proven(problem, Step(units(W, W), W, 1, Others(units(0, 0), W + 5)))
    assert nothing == Bound(1, 5)  # W + 5 is what the plan weighs, and all that is concluded


@pytest.mark.parametrize("least", [0, 1])
def test_a_split_holds_on_both_sides_together(least: int) -> None:
    none = units(W, W, fleet=-W)  # of no bus, which isn't there
    some = units(0, 0, fleet=W)
    problem = trips_at(480, 495)
    assert proven(problem, Step(Split(BUSES, 0, none, some), W, 1)).buses == 1
    both = Split(BUSES, 0, some, Split(BUSES, least, some, some))
    assert proven(problem, Step(both, W, 1)).buses == 1
    says_nothing = units(0, 0, fleet=-W)  # of as many buses as you like
    assert proven(problem, Step(Split(BUSES, 0, none, says_nothing), W, 1)) == Bound(1)


def test_a_price_of_what_is_not_limited_proves_nothing() -> None:
    assert proven(trips_at(480, 495), Step(units(W, W, fleet=-W), W, 1)) == Bound(1)


def test_prices_too_large_to_be_summed_prove_nothing() -> None:
    large = NEVER // UNITS // 16
    assert proven(trips_at(480, 495), Step(units(large, -large), W, 1)) == Bound(1)


def test_steps_in_another_unit_than_the_costs_are_left_out() -> None:
    problem = replace(trips_at(480, 480), vehicle_types=(VehicleType("bus", 30, 300),))
    assert proven(problem, Step(units(1, 1), unit=300)).cost == 600
    assert proven(problem, Step(units(1, 1), unit=450)).cost == 0


def test_routes_without_a_price_are_worth_nothing() -> None:
    problem = trips_at(480, 480, 480)
    assert proven_bound(problem, Proof(("gone", "t0", "t2"), {"s": Step(units(1, 1, 1))})).buses == 2
    assert proven_bound(problem, Proof((), {"s": Step(units())})) == Bound(1)


def test_of_a_day_without_trips_and_of_one_that_no_bus_can_run_nothing_is_proven() -> None:
    problem = trips_at(480, 480)
    assert proven(replace(problem, trips=()), Step(units())) == Bound(0)
    large = tuple(replace(trip, seats=50) for trip in problem.trips)
    assert proven(replace(problem, trips=large), Step(units(1, 1))) == Bound(1)


def test_trips_that_take_no_time_prove_nothing() -> None:
    still = replace(trips_at(480, 480), travel=MatrixTravel(((0,),)))
    still = replace(still, trips=tuple(replace(trip, duration_min=0) for trip in still.trips))
    assert proven(still, Step(units(1, 1))) == Bound(1)


@given(problems(least=1, most=6, kinds=("narrow", "compressed")), st.integers(0, 2**32 - 1))
def test_the_cheapest_blocks_are_those_of_all_that_can_be_driven(problem: Problem, seed: int) -> None:
    n, rng = len(problem.trips), np.random.default_rng(seed)
    ends, starts = [trip.destination for trip in problem.trips], [trip.origin for trip in problem.trips]
    travel = problem.travel.matrix(ends, starts).astype(np.int64)
    links = Links.of(problem, travel)
    assume((links.step + links.step.T).min() > links.width.max())  # no trip twice in a block
    begin, own, end = rng.integers(-9, 10, (3, n))
    cost = travel + rng.integers(0, 10, (n, n))
    by_last, by_link = np.full(n, NEVER), np.full((n, n), NEVER)
    for chain in drivable_chains(problem):
        pairs = list(pairwise(chain))
        value = begin[chain[0]] + own[list(chain)].sum() + end[chain[-1]] + sum(cost[pair] for pair in pairs)
        by_last[chain[-1]] = min(by_last[chain[-1]], value)
        for pair in pairs:
            by_link[pair] = min(by_link[pair], value)
    before, after = links.cheapest(begin, own, cost), links.mirrored().cheapest(end, own, cost.T)
    assert (before[np.arange(n), links.width] + end).tolist() == by_last.tolist()
    assert links.through(before, after, cost).clip(max=NEVER // 2).tolist() == by_link.clip(max=NEVER // 2).tolist()


def test_all_prices_of_a_step_are_found_in_its_cases() -> None:
    deep: Case = units(1)
    for at_most in range(5):
        deep = Split(BUSES, at_most, units(at_most), deep)
    assert len(list(Step(deep, others=Others(units(2), 1)).all_prices())) == 7
