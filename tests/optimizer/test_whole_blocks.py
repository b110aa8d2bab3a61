"""Plans with depots and limits of whole blocks: they keep them, and the bounds hold for all plans that do."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.optimizer.effort import examples
from tests.optimizer.instances import problems, random_problem
from tests.optimizer.oracle import Optimum, drivable_chains
from tests.optimizer.watching import Recorder, StopAt
from tutti.fleet.blocks import BlockLimits, Depot
from tutti.fleet.plan import Status
from tutti.fleet.problem import Problem
from tutti.fleet.rules import check
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer import solve


@st.composite
def days_with_blocks(draw: st.DrawFn, *, most_trips: int = 9) -> Problem:
    """Problems with up to two depots and limits that no trip breaks by itself."""
    problem = draw(problems(least=1, most=most_trips, kinds=("narrow", "compressed", "wide", "cyclic")))
    places = {trip.origin for trip in problem.trips} | {trip.destination for trip in problem.trips}
    stands = draw(st.lists(st.sampled_from(sorted(places)), max_size=2))  # type: ignore[type-var]  # numbers
    depots = tuple(Depot(f"D{number}", place) for number, place in enumerate(stands))
    free = replace(problem, depots=depots)
    alone = max(trip.duration_min + least_pulls(free, (number, number)) for number, trip in enumerate(free.trips))
    limit = st.none() | st.integers(alone, alone + 200)
    return replace(free, limits=BlockLimits(draw(limit), draw(limit), draw(st.integers(0, 20))))


def least_pulls(problem: Problem, chain: tuple[int, ...]) -> int:
    """The least pull-out and pull-in together for a block of these trips."""
    first, last = problem.trips[chain[0]], problem.trips[chain[-1]]
    pulls = (problem.pull_out_min(depot, first) + problem.pull_in_min(last, depot) for depot in problem.depots)
    return min(pulls, default=0)


def best_without_limits(problem: Problem) -> Optimum:
    """The fewest buses, then the least deadhead with pull-outs and pull-ins, of all plans, whatever their length."""
    cheapest: dict[frozenset[int], int] = {}
    for chain in drivable_chains(problem):
        trips = [problem.trips[number] for number in chain]
        between = sum(problem.travel.minutes(a.destination, b.origin) for a, b in pairwise(trips))
        members = frozenset(chain)
        cheapest[members] = min(between + least_pulls(problem, chain), cheapest.get(members, 10**9))

    @cache
    def best(left: frozenset[int]) -> Optimum:
        if not left:
            return Optimum(0, 0)
        return min(
            Optimum(rest.buses + 1, rest.deadhead_min + cheapest[chain])
            for chain in _with_the_first(left)
            if chain in cheapest
            for rest in [best(left - chain)]
        )

    return best(frozenset(range(len(problem.trips))))


def _with_the_first(left: frozenset[int]) -> Iterator[frozenset[int]]:
    first = min(left)
    others = sorted(left - {first})
    return (frozenset((first, *joined)) for size in range(len(left)) for joined in combinations(others, size))


@examples(80)
@given(days_with_blocks())
def test_plans_keep_depots_and_limits(problem: Problem) -> None:
    seen = Recorder()
    result = solve(problem, callbacks=[seen])
    assert result.plan is not None
    assert all(check(problem, plan) == [] for plan in seen.plans)
    assert seen.plans[-1] == result.plan
    assert result.certificate.objective == result.plan.objective
    assert (result.certificate.gap == 0) == (result.certificate.status is Status.OPTIMAL)


@examples(60)
@given(days_with_blocks(most_trips=6))
def test_no_plan_with_depots_is_below_the_bound(problem: Problem) -> None:
    bound = solve(problem).certificate.bound
    assert bound is not None
    best = best_without_limits(problem)
    assert bound.buses <= best.buses
    if bound.buses == best.buses and bound.deadhead_min is not None:
        assert bound.deadhead_min <= best.deadhead_min


def test_a_block_is_moved_before_it_is_cut() -> None:
    problem = random_problem("wide", 8, 1)
    free = solve(problem)
    assert free.plan is not None
    longest = max(block.trips[-1].end_min - block.trips[0].start_min for block in free.plan.blocks)
    shorter = solve(replace(problem, limits=BlockLimits(longest_min=longest - 1)))
    assert shorter.plan is not None
    assert len(shorter.plan.blocks) == len(free.plan.blocks)


def test_what_the_bound_ignores_is_said_where_the_plan_is_not_proven() -> None:
    problem = replace(random_problem("narrow", 12, 3), limits=BlockLimits(140, 120, 30), depots=(Depot("D", 0),))
    certificate = solve(problem).certificate
    assert certificate.status is Status.FEASIBLE
    assert certificate.reasons == (
        "the bound ignores the maximum block length of 140 min",
        "the bound ignores the breaks of 30 min",
    )


def test_cutting_into_more_blocks_than_there_are_buses_gives_no_plan_and_no_proof() -> None:
    problem = replace(random_problem("narrow", 12, 3), limits=BlockLimits(longest_min=100))
    buses = solve(replace(problem, limits=BlockLimits())).certificate.objective.buses  # type: ignore[union-attr]
    result = solve(replace(problem, vehicle_types=(VehicleType("bus", 40, count=buses),)))
    assert result.plan is None
    assert result.certificate.status is Status.UNKNOWN


def test_a_solve_with_depots_can_be_stopped_with_its_best_plan() -> None:
    problem = replace(random_problem("wide", 20, 3), depots=(Depot("D", 0),))
    result = solve(problem, stop=StopAt(1))
    assert result.plan is not None
    assert check(problem, result.plan) == []
    assert result.certificate.stop_reason == "poll 1"
