"""Plans of mixed fleets against all plans there are: valid, never below the optimum, and their bound never above it."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.optimizer.effort import examples
from tests.optimizer.instances import problems, random_problem
from tests.optimizer.oracle import drivable_chains
from tests.optimizer.watching import Recorder
from tutti.fleet.plan import Status
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.rules import check
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer import solve

LIFT = frozenset({"lift"})


@st.composite
def fleets(draw: st.DrawFn, *, most_trips: int = 6) -> Problem:
    """Problems with one to four types, with or without costs, every trip of which some type can run."""
    problem = draw(problems(least=1, most=most_trips, kinds=("narrow", "compressed", "wide", "cyclic")))
    has_costs = draw(st.booleans())

    def vehicle(name: str, seats: int) -> VehicleType:
        if not has_costs:
            return VehicleType(name, seats, features=draw(st.sampled_from([LIFT, frozenset()])))
        per_min = draw(st.integers(0, 2))
        return VehicleType(name, seats, draw(st.integers(0, 9)), None, LIFT, per_min, draw(st.integers(0, 2)))

    small = [vehicle(f"v{number}", draw(st.integers(1, 30))) for number in range(draw(st.integers(0, 3)))]
    largest = replace(vehicle("largest", 30), features=LIFT)

    def asks(trip: Trip) -> Trip:
        features = draw(st.sampled_from([LIFT, frozenset()]))
        return replace(trip, seats=draw(st.integers(1, 30)), features=features)

    return replace(problem, trips=tuple(map(asks, problem.trips)), vehicle_types=(*small, largest))


def least_first_level(problem: Problem) -> int:
    """The cost, or the buses, of the best plan: by trying every way to split the trips among buses without limits."""
    cheapest: dict[frozenset[int], int] = {}
    for chain in drivable_chains(problem):
        members = frozenset(chain)
        value = min(_values(problem, chain), default=None)
        if value is not None:
            cheapest[members] = min(value, cheapest.get(members, value))

    @cache
    def best(left: frozenset[int]) -> int:
        if not left:
            return 0
        first = min(left)
        others = sorted(left - {first})
        subsets = (frozenset((first, *joined)) for size in range(len(left)) for joined in combinations(others, size))
        return min(best(left - chain) + cheapest[chain] for chain in subsets if chain in cheapest)

    return best(frozenset(range(len(problem.trips))))


def _values(problem: Problem, chain: tuple[int, ...]) -> Iterable[int]:
    trips = [problem.trips[number] for number in chain]
    deadhead = sum(problem.travel.minutes(a.destination, b.origin) for a, b in pairwise(trips))
    service = sum(trip.duration_min for trip in trips)
    for vehicle in problem.able(trips):
        yield vehicle.first_level + vehicle.running_cost(deadhead, service)


@examples(60)
@given(fleets())
def test_a_plan_of_a_mixed_fleet_is_valid_and_the_optimum_between_it_and_its_bound(problem: Problem) -> None:
    result = solve(problem)
    assert result.plan is not None
    assert check(problem, result.plan) == []
    objective, bound = result.certificate.objective, result.certificate.bound
    assert objective == result.plan.objective
    assert objective is not None
    assert bound is not None
    best = least_first_level(problem)
    assert bound.first_level <= best <= objective.first_level
    assert (bound.cost is None) is not problem.has_costs
    if result.certificate.status is Status.OPTIMAL:
        assert result.certificate.gap == 0


@examples(20)
@given(fleets(most_trips=8))
def test_every_plan_that_callbacks_hear_of_is_valid_and_better_than_the_one_before(problem: Problem) -> None:
    seen = Recorder()
    result = solve(problem, callbacks=[seen])
    assert all(check(problem, plan) == [] for plan in seen.plans)
    assert seen.plans[-1] == result.plan
    assert seen.objectives == sorted(seen.objectives, reverse=True)


def test_equally_dear_buses_are_as_small_as_they_can_be() -> None:
    problem = random_problem("narrow", 12, 3)
    types = (VehicleType("large", 50), VehicleType("small", 20))
    plan = solve(replace(problem, vehicle_types=types)).plan
    assert plan is not None
    assert {block.vehicle_type for block in plan.blocks} == {"small"}


def test_buses_are_dealt_out_within_their_counts() -> None:
    problem = random_problem("narrow", 12, 3)
    buses = solve(problem).certificate.objective.buses  # type: ignore[union-attr]  # there is a plan
    types = (VehicleType("small", 20, count=2), VehicleType("large", 50, count=buses - 2))
    mixed = replace(problem, vehicle_types=types)
    plan = solve(mixed).plan
    assert plan is not None
    assert check(mixed, plan) == []


def test_a_fleet_below_the_proven_bound_is_infeasible_and_told_by_how_much() -> None:
    problem = random_problem("narrow", 12, 3)
    buses = solve(problem).certificate.objective.buses  # type: ignore[union-attr]  # there is a plan
    result = solve(replace(problem, vehicle_types=(VehicleType("bus", 50, count=buses - 1),)))
    assert result.plan is None
    assert result.certificate.status is Status.INFEASIBLE
    assert result.certificate.reasons == (
        f"at least {buses} buses are needed whatever their types, the fleet has {buses - 1}",
    )


def test_too_few_buses_of_one_type_are_no_plan_and_no_proof() -> None:
    problem = random_problem("narrow", 12, 3)
    trips = tuple(replace(trip, seats=30) for trip in problem.trips)
    types = (VehicleType("small", 20), VehicleType("large", 50, count=1))
    result = solve(replace(problem, trips=trips, vehicle_types=types))
    assert result.plan is None
    assert result.certificate.status is Status.UNKNOWN
