"""What the tiers of a fleet prove: every trip by the cheapest bus that may run it, and as few of each as can be."""

from dataclasses import replace

import pytest

from tutti.fleet.plan import Status
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.proven import proven_bound
from tutti.fleet.travel import MatrixTravel
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer import solve
from tutti.optimizer.bounds.fewest_blocks import fewest_blocks
from tutti.optimizer.bounds.tiers import Tier, least_level, tiers_of
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.callbacks import Callback
from tutti.optimizer.state.progress import Progress

SMALL, LARGE = VehicleType("small", 20, 800), VehicleType("large", 40, 1300)


def three_at_eight_and_two_at_ten() -> Problem:
    """None of the three can follow another, nor of the two later on; two of the three are large, and one of the two."""
    trips = [
        Trip(f"t{number}", "entry", start, start + 40, start, 30, 0, 0, seats=seats)
        for number, (start, seats) in enumerate([(480, 30), (480, 30), (480, 10), (600, 30), (600, 10)])
    ]
    return Problem(tuple(trips), MatrixTravel(((15,),)), (SMALL, LARGE))


def tiers(problem: Problem) -> tuple[Tier, ...]:
    arcs = Arcs.of(problem)
    return tiers_of(arcs, Vehicles.of(problem, arcs), fewest_blocks(Weights.without_depots(arcs)).cover, lambda: None)


def test_each_tier_counts_the_buses_that_its_trips_need_beyond_the_price_of_the_one_below() -> None:
    cheap, dear = tiers(three_at_eight_and_two_at_ten())
    assert (cheap.level, cheap.fewest_buses()) == (8, 3)
    assert (dear.level, dear.fewest_buses(), dear.trips.tolist()) == (13, 2, [0, 1, 3])
    assert least_level((cheap, dear)) == 8 + 2 * 13


def test_a_tier_of_trips_that_a_cheaper_bus_may_run_proves_nothing() -> None:
    problem = three_at_eight_and_two_at_ten()
    proof = solve(problem).proof
    assert proven_bound(problem, proof).cost == 3400
    cheaper = replace(problem, trips=tuple(replace(trip, seats=10) for trip in problem.trips))
    assert proven_bound(cheaper, proof).cost == 2400  # three of the cheapest buses, whatever the tiers


def test_a_tier_whose_cover_misses_a_connection_proves_nothing() -> None:
    problem = three_at_eight_and_two_at_ten()
    linked = replace(problem, trips=tuple(replace(trip, earliest_min=400) for trip in problem.trips))
    best = solve(linked).certificate.objective
    bound = proven_bound(linked, solve(problem).proof).cost
    assert best is not None
    assert bound is not None
    assert bound <= best.first_level < 3400


def test_the_cost_is_proven_before_any_programme_is_solved() -> None:
    class Heard(Callback):
        cost = None

        def on_bound(self, bound: object, progress: Progress) -> None:
            if progress.rounds == 0:
                self.cost = progress.bound.cost

    heard = Heard()
    solve(three_at_eight_and_two_at_ten(), callbacks=[heard])
    assert heard.cost == 3400


def by_motorway(stages: int, *, slower_min: int = 0) -> Problem:
    """Two large trips that only trips in between take a bus from one to the other in time, each to the next place."""
    begin = [450 + 12 * stage for stage in range(stages + 1)]
    between = [Trip(f"t{k}", "entry", at, at + 1, at, 9 + slower_min, k, k + 1) for k, at in enumerate(begin[:-1])]
    large = [
        Trip("before", "entry", 420, 420, 420, 28, 0, 0, seats=30),
        Trip("after", "entry", begin[-1], begin[-1], begin[-1], 30, stages, stages, seats=30),
    ]
    places = range(stages + 1)
    beside = tuple(tuple(2 if place == other else 60 for other in places) for place in places)
    return Problem((*large, *between), MatrixTravel(beside), (SMALL, LARGE))


@pytest.mark.parametrize("stages", [1, 2, 3])
def test_large_buses_that_trips_for_small_ones_take_from_one_trip_to_another_count_once(stages: int) -> None:
    problem = by_motorway(stages)
    result = solve(problem)
    assert result.plan is not None
    assert result.certificate.status is Status.OPTIMAL
    assert (result.plan.objective.cost, proven_bound(problem, result.proof).cost) == (1300, 1300)


def test_trips_in_between_that_come_too_late_prove_that_two_large_buses_are_needed() -> None:
    _, dear = tiers(by_motorway(3, slower_min=2))
    assert dear.fewest_buses() == 2
    _, dear = tiers(by_motorway(3))
    assert dear.fewest_buses() == 1


def test_a_cover_without_the_ways_by_other_trips_proves_nothing() -> None:
    quick, slow = by_motorway(2), by_motorway(2, slower_min=2)
    proof = solve(slow).proof
    tiers_alone = replace(proof, steps={name: step for name, step in proof.steps.items() if "tiers" in name})
    assert proven_bound(slow, tiers_alone).cost == 2600
    assert proven_bound(quick, tiers_alone).cost == 1300
