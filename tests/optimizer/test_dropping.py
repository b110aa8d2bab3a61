"""Dropping: as few service minutes as the buses leave no choice about, and only where it is allowed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.optimizer.effort import examples
from tests.optimizer.instances import problems, random_problem
from tests.optimizer.oracle import drivable_chains
from tests.optimizer.watching import Recorder, StopAt
from tutti.fleet.blocks import BlockLimits, Depot
from tutti.fleet.generate import generate_day
from tutti.fleet.plan import Objective, Plan, Status
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.reading import read_day
from tutti.fleet.rules import check
from tutti.fleet.travel import MatrixTravel
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer import Progress, solve
from tutti.optimizer.dropping import solve_or_drop
from tutti.optimizer.stages import run_stages
from tutti.optimizer.state.terms import Terms


@st.composite
def short_of_buses(draw: st.DrawFn) -> Problem:
    """Problems of one type with one or two buses, with or without a cost."""
    problem = draw(problems(least=1, most=6, kinds=("fixed", "narrow", "compressed", "wide")))
    cost = draw(st.sampled_from([None, 0, 7]))
    bus = VehicleType("bus", 40, fixed_cost=cost, count=draw(st.integers(1, 2)))
    return replace(problem, vehicle_types=(bus,), may_drop=True)


def least_dropped_min(problem: Problem) -> int:
    """Service minutes of the trips that can't be run by the buses there are, by trying everything."""
    chains = {frozenset(chain) for chain in drivable_chains(problem)}
    (bus,) = problem.vehicle_types

    @cache
    def most(left: frozenset[int], buses: int) -> int:
        if not buses:
            return 0
        options = [chain for chain in _subsets(left) if chain in chains]
        return max((_minutes(problem, chain) + most(left - chain, buses - 1) for chain in options), default=0)

    everything = frozenset(range(len(problem.trips)))
    return _minutes(problem, everything) - most(everything, bus.count or 0)


def _subsets(of: frozenset[int]) -> Iterator[frozenset[int]]:
    return (frozenset(chosen) for size in range(1, len(of) + 1) for chosen in combinations(sorted(of), size))


def _minutes(problem: Problem, numbers: frozenset[int]) -> int:
    return sum(problem.trips[number].duration_min for number in numbers)


def dropped_min(problem: Problem, plan: Plan) -> int:
    return sum(trip.duration_min for trip in problem.trips if trip.id in plan.dropped)


@examples(50)
@given(short_of_buses())
def test_as_few_minutes_are_dropped_as_can_be_where_that_is_proven(problem: Problem) -> None:
    seen = Recorder()
    result = solve_or_drop(problem, Terms(callbacks=[seen]))
    assert result.plan is not None
    assert all(check(problem, plan) == [] for plan in [*seen.plans, result.plan])
    assert result.certificate.objective == result.plan.objective
    assert (result.certificate.status is Status.OPTIMAL) == (result.certificate.gap == 0)
    least = least_dropped_min(problem)
    assert dropped_min(problem, result.plan) >= least
    if result.certificate.status is Status.OPTIMAL:
        assert dropped_min(problem, result.plan) == least


def test_nothing_is_dropped_where_there_are_buses_enough() -> None:
    problem = random_problem("narrow", 12, 3)
    result = solve_or_drop(replace(problem, may_drop=True), Terms())
    assert result.plan == solve(problem).plan
    assert result.certificate.reasons == ()


def test_a_trip_that_no_bus_can_run_is_dropped_with_its_reason() -> None:
    problem = random_problem("narrow", 12, 3)
    trips = (replace(problem.trips[0], seats=99), *problem.trips[1:])
    result = solve_or_drop(replace(problem, trips=trips, may_drop=True), Terms())
    assert result.plan is not None
    assert result.plan.dropped == ("t0",)
    assert result.certificate.reasons == ("route t0 can be run by no bus: type bus has 40 seats of 99",)


@pytest.mark.parametrize("types", [1, 2])
def test_a_day_of_which_no_bus_can_run_anything_is_dropped_whole(types: int) -> None:
    problem = random_problem("narrow", 3, 3)
    trips = tuple(replace(trip, seats=99) for trip in problem.trips)
    buses = tuple(VehicleType(f"bus of {seats}", seats) for seats in range(1, types + 1))
    result = solve_or_drop(replace(problem, trips=trips, vehicle_types=buses, may_drop=True), Terms())
    assert result.plan == Plan((), ("t0", "t1", "t2"))
    assert result.certificate.status is Status.OPTIMAL
    assert len(result.certificate.reasons) == len(problem.trips)


def test_it_is_said_how_many_buses_are_missing_and_how_much_is_dropped() -> None:
    problem = random_problem("narrow", 12, 3)
    buses = solve(problem).certificate.objective.buses  # type: ignore[union-attr]  # there is a plan
    few = replace(problem, vehicle_types=(VehicleType("bus", 40, count=buses - 1),), may_drop=True)
    result = solve_or_drop(few, Terms())
    assert result.plan is not None
    missing, dropped = result.certificate.reasons
    assert missing.startswith(f"at least {buses} buses are needed")
    minutes = dropped_min(few, result.plan)
    assert dropped == f"{minutes} service minutes are dropped for want of buses; no plan drops fewer"


def test_that_no_plan_drops_fewer_is_known_before_the_least_deadhead_is() -> None:
    problem = random_problem("wide", 12, 7)
    buses = solve(problem).certificate.objective.buses  # type: ignore[union-attr]  # there is a plan
    few = replace(problem, vehicle_types=(VehicleType("bus", 40, count=buses - 1),), may_drop=True)

    def until_the_level_is_proven(progress: Progress) -> str | None:
        return "enough" if progress.bound.first_level == progress.objective.first_level else None

    certificate = solve_or_drop(few, Terms(until_the_level_is_proven)).certificate
    assert certificate.status is Status.STOPPED
    assert certificate.reasons[-1].endswith("no plan drops fewer")


def test_dropping_that_is_not_allowed_breaks_a_rule() -> None:
    problem = random_problem("narrow", 4, 3)
    plan = solve(problem).plan
    assert plan is not None
    last = plan.blocks[-1]
    left_out = replace(plan, blocks=plan.blocks[:-1], dropped=tuple(trip.route_id for trip in last.trips))
    assert {found.rule for found in check(problem, left_out)} == {"routes_are_dropped_only_where_that_is_allowed"}
    assert check(replace(problem, may_drop=True), left_out) == []


def test_a_route_that_runs_and_one_that_is_not_known_can_not_be_dropped() -> None:
    problem = replace(random_problem("narrow", 4, 3), may_drop=True)
    plan = solve(problem).plan
    assert plan is not None
    found = check(problem, replace(plan, dropped=("t0", "who")))
    assert [str(violation) for violation in found] == [
        "dropped[0]: route t0 is in a block",
        "dropped[1]: route who is not known",
    ]


def from_a_depot(problem: Problem) -> Problem:
    """The same with one depot, at the first place."""
    return replace(problem, depots=(Depot("D", 0),))


def least_deadhead_min(problem: Problem, dropped: int) -> int:
    """Deadhead minutes of the plans that drop that many service minutes, from its one depot, by trying everything."""
    (bus,), (depot,) = problem.vehicle_types, problem.depots
    cost: dict[frozenset[int], int] = {}
    for chain in drivable_chains(problem):
        trips = [problem.trips[number] for number in chain]
        links = sum(problem.travel.minutes(a.destination, b.origin) for a, b in pairwise(trips))
        minutes = problem.pull_out_min(depot, trips[0]) + links + problem.pull_in_min(trips[-1], depot)
        cost[frozenset(chain)] = min(minutes, cost.get(frozenset(chain), minutes))
    everything = frozenset(range(len(problem.trips)))
    to_run = _minutes(problem, everything) - dropped

    def blocks(left: frozenset[int], buses: int) -> Iterator[tuple[int, int, int]]:
        """Service minutes, blocks and deadhead minutes of every choice of blocks."""
        yield 0, 0, 0
        for chain in cost if buses else ():
            if chain <= left:
                for service, used, deadhead in blocks(left - chain, buses - 1):
                    yield service + _minutes(problem, chain), used + 1, deadhead + cost[chain]

    return min((used, deadhead) for service, used, deadhead in blocks(everything, bus.count or 0) if service == to_run)[
        1
    ]


@examples(30)
@given(short_of_buses())
def test_nothing_is_driven_from_a_depot_to_what_is_dropped(problem: Problem) -> None:
    result = solve_or_drop(from_a_depot(problem), Terms())
    assert result.plan is not None
    assert check(from_a_depot(problem), result.plan) == []
    assert result.certificate.status is Status.OPTIMAL
    dropped = dropped_min(problem, result.plan)
    assert dropped == least_dropped_min(problem)
    if problem.vehicle_types[0].fixed_cost != 0:  # or more buses may save deadhead
        assert result.plan.objective.deadhead_min == least_deadhead_min(from_a_depot(problem), dropped)


@pytest.mark.parametrize(
    ("cost", "dropped", "known"),
    [(100, ("x", "y"), "that fewer can't be done is not proven"), (10, ("y",), "no plan drops fewer")],
    ids=["a minute is worth less than two buses", "a minute is worth more"],
)
def test_that_no_plan_drops_fewer_is_said_only_where_other_buses_can_not_cost_more(
    cost: int, dropped: tuple[str, ...], known: str
) -> None:
    """The one bus for x runs a and b as well, which take two others; of y and z one is dropped in any case."""
    far = 100
    travel = MatrixTravel(((0, far, far), (far, 0, far), (far, far, 0)))
    trips = (
        Trip("a", "entry", 500, 500, 500, 10, 0, 0, features=frozenset("a")),
        Trip("b", "entry", 540, 540, 540, 10, 0, 0, features=frozenset("b")),
        Trip("x", "entry", 520, 520, 520, 1, 1, 1, features=frozenset("x")),
        Trip("y", "entry", 500, 500, 500, 50, 2, 2, features=frozenset("y")),
        Trip("z", "entry", 510, 510, 510, 50, 2, 2, features=frozenset("y")),
    )
    buses = {"abx": 1, "a": cost, "b": cost, "y": 100}
    types = tuple(VehicleType(name, 9, each, 1, frozenset(name)) for name, each in buses.items())
    result = solve_or_drop(Problem(trips, travel, types, may_drop=True), Terms())
    assert result.plan is not None
    assert result.plan.dropped in (dropped, (*dropped[:-1], "z"))
    assert (
        result.certificate.reasons[-1]
        == f"{50 + ('x' in dropped)} service minutes are dropped for want of buses; {known}"
    )


@pytest.mark.parametrize("cost", [1, 100])
def test_what_is_dropped_is_proven_least_in_whatever_unit_costs_are_given(cost: int) -> None:
    day = generate_day(20, 1, types=True)
    types = [each | {"count": 1, "fixed_cost": cost * each["fixed_cost"]} for each in day["options"]["vehicle_types"]]
    problem = read_day(day | {"options": day["options"] | {"vehicle_types": types, "may_drop": True}}).problem()
    result = solve_or_drop(problem, Terms())
    assert result.plan is not None
    assert result.plan.dropped
    assert result.certificate.status is Status.OPTIMAL


def long_day(buses: int) -> Problem:
    """Forty trips in blocks of 400 minutes at most; 17 buses are needed, cutting longer blocks takes more."""
    day = replace(read_day(generate_day(40, 1)).problem(), limits=BlockLimits(400))
    seats = max(trip.seats for trip in day.trips)
    trips = tuple(replace(trip, most_seats=None, features=frozenset()) for trip in day.trips)
    return replace(day, trips=trips, vehicle_types=(VehicleType("bus", seats, count=buses),))


def test_blocks_that_may_be_only_so_long_are_planned_with_the_buses_there_are() -> None:
    free = solve(long_day(40)).certificate
    assert free.status is Status.OPTIMAL
    problem = long_day(free.objective.buses)  # type: ignore[union-attr]
    assert run_stages(problem, Terms()).plan is None
    seen = Recorder()
    result = solve(problem, callbacks=[seen])
    assert result.plan is not None
    assert result.plan == seen.plans[-1]
    assert check(problem, result.plan) == []
    assert result.certificate.objective == free.objective
    assert result.certificate.bound == free.bound
    assert result.certificate.status is Status.OPTIMAL


def test_a_dive_ends_where_no_bus_is_left_for_the_last_trip() -> None:
    day = replace(read_day(generate_day(21, 209, wide=True)).problem(), limits=BlockLimits(240), may_drop=True)
    trips = tuple(replace(trip, most_seats=None) for trip in day.trips)
    problem = replace(day, trips=trips, vehicle_types=(VehicleType("bus", 60, fixed_cost=100, count=4),))
    result = solve_or_drop(problem, Terms(lambda progress: "no end" if progress.rounds > 5000 else None))
    assert result.plan is not None
    assert result.certificate.status is Status.OPTIMAL
    assert dropped_min(problem, result.plan) == 68


def tight_day() -> tuple[Problem, Objective]:
    """Fifty trips and as many buses of each type as their best plan uses; what that comes to."""
    problem = read_day(generate_day(50, 2, types=True, wide=True)).problem()
    best = solve(problem).plan
    assert best is not None
    used = Counter(block.vehicle_type for block in best.blocks)
    types = tuple(replace(each, count=max(1, used[each.name])) for each in problem.vehicle_types)
    return replace(problem, vehicle_types=types), best.objective


@pytest.mark.parametrize("may_drop", [True, False])
@pytest.mark.parametrize("cores", [1, 2])
def test_a_plan_is_found_with_no_more_buses_of_each_type_than_the_best_one_has(*, may_drop: bool, cores: int) -> None:
    problem, best = tight_day()
    assert run_stages(problem, Terms()).plan is None
    seen = Recorder()
    result = solve(replace(problem, may_drop=may_drop), callbacks=[seen], cores=cores)
    assert result.plan is not None
    assert check(problem, result.plan) == []
    found = result.plan.objective
    assert (found.cost, found.deadhead_min) == (best.cost, best.deadhead_min)  # shift is that of the chosen blocks
    assert result.certificate.status is Status.OPTIMAL
    assert seen.plans[-1] == result.plan
    assert len(seen.started) == len(seen.ended) == 1


def test_no_trip_is_dropped_unasked() -> None:
    seen = Recorder()
    result = solve(
        tight_day()[0],
        stop=lambda progress: "enough" if progress.phase == "columns" else None,  # while plans drop trips
        callbacks=[seen],
    )
    assert result.plan is None
    assert seen.plans == []
    assert result.certificate.status is Status.UNKNOWN
    assert result.certificate.reasons == (
        "no plan was found with as few buses as the fleet has, but that there is none is not proven",
    )


def test_seconds_go_on_from_one_search_to_the_next() -> None:
    asked: list[float] = []

    def note(progress: Progress) -> str | None:
        asked.append(progress.seconds)
        return None

    seen = Recorder()
    certificate = solve(tight_day()[0], stop=note, callbacks=[seen]).certificate
    assert asked == sorted(asked)
    assert certificate.seconds >= seen.progress[-1].seconds >= asked[0]
    assert certificate.seconds >= asked[-1]


def test_bounds_are_told_where_buses_are_counted() -> None:
    problem = read_day(generate_day(50, 2, types=True, wide=True)).problem()
    types = tuple(replace(each, count=50) for each in problem.vehicle_types)
    free, counted = Recorder(), Recorder()
    solve(problem, callbacks=[free])
    solve(replace(problem, vehicle_types=types), callbacks=[counted])
    assert counted.bounds == free.bounds
    assert len(counted.bounds) > 1


@pytest.mark.parametrize(("more", "status"), [(1, Status.OPTIMAL), (0, Status.OPTIMAL), (-1, Status.INFEASIBLE)])
def test_a_counted_fleet_of_one_type_is_planned_as_one_that_is_not(more: int, status: Status) -> None:
    problem = read_day(generate_day(120, 1)).problem()
    free, told, heard = solve(problem), Recorder(), Recorder()
    buses = free.certificate.objective.buses  # type: ignore[union-attr]
    types = (replace(problem.vehicle_types[0], count=buses + more),)
    counted = replace(problem, vehicle_types=types)
    result = solve(counted, callbacks=[told])
    assert result.certificate.status is status
    assert len(told.started) == len(told.ended) == 1
    assert all(check(counted, plan) == [] for plan in told.plans)
    if status is Status.OPTIMAL:
        assert result.certificate.objective == free.certificate.objective
        assert result.certificate.bound == free.certificate.bound
        assert "columns_s" not in result.statistics
        assert told.plans[-1] == result.plan
    else:
        assert result.plan is None
        assert told.plans == []
        assert result.certificate.reasons == (
            f"at least {buses} buses are needed whatever their types, the fleet has {buses - 1}",
        )
    stopped = solve(counted, stop=StopAt(1), callbacks=[heard])
    assert stopped.plan is None or check(counted, stopped.plan) == []


def test_a_count_of_buses_that_cost_by_the_minute_is_searched_with() -> None:
    problem = read_day(generate_day(30, 1)).problem()
    bus = replace(problem.vehicle_types[0], fixed_cost=0, deadhead_cost_per_min=1)
    free = solve(replace(problem, vehicle_types=(bus,))).certificate.objective
    count = free.buses - 1  # type: ignore[union-attr]
    counted = replace(problem, vehicle_types=(replace(bus, count=count),))
    result = solve(counted)
    assert result.plan is not None
    assert check(counted, result.plan) == []
    assert len(result.plan.blocks) <= count
