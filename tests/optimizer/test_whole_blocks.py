"""Plans with depots and limits of whole blocks: they keep them, and the bounds hold for all plans that do."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.optimizer.effort import examples
from tests.optimizer.instances import BUS, Kind, days_in_depots, make_problem, random_problem
from tests.optimizer.oracle import Optimum, drivable_chains, keeps_limits, least_pulls
from tests.optimizer.test_whole_fleet import fleets_in_depots
from tests.optimizer.watching import Recorder, StopAt
from tutti.fleet.blocks import BlockLimits, Depot, length_min
from tutti.fleet.generate import generate_day
from tutti.fleet.plan import Status
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.reading import read_day
from tutti.fleet.rules import check
from tutti.fleet.travel import MatrixTravel
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer import solve
from tutti.optimizer.state.progress import Progress

_NO_PLAN = 10**6  # buses
_KINDS = ("narrow", "compressed", "wide", "cyclic")


@st.composite
def days_with_blocks(draw: st.DrawFn, *, most_trips: int = 9, kinds: tuple[str, ...] = _KINDS) -> Problem:
    """Problems with up to two depots and limits that no trip breaks by itself."""
    free = draw(days_in_depots(most=2, trips=most_trips, kinds=kinds))
    alone = max(trip.duration_min + least_pulls(free, (number, number)) for number, trip in enumerate(free.trips))
    limit = st.none() | st.integers(alone, alone + 200)
    return replace(free, limits=BlockLimits(draw(limit), draw(limit), draw(st.integers(0, 20))))


def cheapest_pulls(problem: Problem, chain: tuple[int, ...]) -> int | None:
    """The least pull-out and pull-in of a block that keeps the limits; None if it can't."""
    first, last = problem.trips[chain[0]], problem.trips[chain[-1]]
    pulls = [(problem.pull_out_min(at, first), problem.pull_in_min(last, at)) for at in problem.depots] or [(0, 0)]
    return min((sum(each) for each in pulls if keeps_limits(problem, chain, *each)), default=None)


def best_of_all(problem: Problem) -> Optimum:
    """The fewest buses, then the least deadhead with pull-outs and pull-ins, of all plans of blocks that keep limits.

    _NO_PLAN buses, or more, if there is no plan.
    """
    cheapest: dict[frozenset[int], int] = {}
    for chain in drivable_chains(problem):
        pulls_min = cheapest_pulls(problem, chain)
        if pulls_min is None:
            continue
        trips = [problem.trips[number] for number in chain]
        between = sum(problem.travel.minutes(a.destination, b.origin) for a, b in pairwise(trips))
        members = frozenset(chain)
        cheapest[members] = min(between + pulls_min, cheapest.get(members, 10**9))

    @cache
    def best(left: frozenset[int]) -> Optimum:
        if not left:
            return Optimum(0, 0)
        plans = (
            Optimum(rest.buses + 1, rest.deadhead_min + cheapest[chain])
            for chain in _with_the_first(left)
            if chain in cheapest
            for rest in [best(left - chain)]
        )
        return min(plans, default=Optimum(_NO_PLAN, 0))

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


@examples(120)
@given(days_with_blocks(most_trips=6))
def test_no_plan_is_below_the_bound(problem: Problem) -> None:
    bound = solve(problem).certificate.bound
    assert bound is not None
    best = best_of_all(problem)
    assert bound.buses <= best.buses
    if bound.buses == best.buses and bound.deadhead_min is not None:
        assert bound.deadhead_min <= best.deadhead_min


@examples(120)
@given(days_with_blocks(most_trips=7))
def test_blocks_that_may_be_only_so_long_are_planned_and_not_cut(problem: Problem) -> None:
    problem = replace(problem, limits=BlockLimits(problem.limits.longest_min))
    objective = solve(problem).certificate.objective
    assert objective is not None
    best = best_of_all(problem)
    assert (objective.buses, objective.deadhead_min) == (best.buses, best.deadhead_min)


@examples(120)
@given(days_with_blocks(most_trips=6, kinds=("narrow", "compressed", "wide")))
def test_blocks_whose_drivers_need_breaks_are_planned_and_not_cut(problem: Problem) -> None:
    problem = replace(problem, limits=replace(problem.limits, longest_min=None))
    objective = solve(problem).certificate.objective
    assert objective is not None
    best = best_of_all(problem)
    assert (objective.buses, objective.deadhead_min) == (best.buses, best.deadhead_min)


@st.composite
def days_that_need_company(draw: st.DrawFn) -> Problem:
    """Problems of which some trip takes longer than a block or work without a break may, if a bus runs it alone."""
    kind = Kind(day=(0, 60), window=(0, 60), duration=(1, 5), travel=(0, 40), places=4)
    day = make_problem(lambda least, most: draw(st.integers(least, most)), kind, draw(st.integers(2, 5)))
    day = replace(day, depots=(Depot("D", 0),))
    alone = max(trip.duration_min + least_pulls(day, (number, number)) for number, trip in enumerate(day.trips))
    limit = max(1, alone - draw(st.integers(1, 6)))
    by_length, by_breaks = BlockLimits(limit), BlockLimits(None, limit, draw(st.integers(0, 20)))
    return replace(day, limits=draw(st.sampled_from([by_length, by_breaks])))


def day_of_a_far_route_with_a_shortcut(*, longest_min: int) -> Problem:
    """A route to which a bus takes 20 minutes from its depot and as many back, or 7 by way of another route."""
    table = ((0, 20, 1, 20), (20, 0, 1, 20), (20, 20, 0, 20), (1, 1, 20, 0))
    far = Trip("far", "entry", 500, 500, 500, 10, 1, 1)
    shortcut = Trip("shortcut", "entry", 480, 520, 500, 5, 2, 3)
    limits = BlockLimits(longest_min)
    return Problem((far, shortcut), MatrixTravel(table), (BUS,), depots=(Depot("D", 0),), limits=limits)


@examples(50)
@given(days_that_need_company())
def test_a_day_of_which_is_said_that_no_plan_exists_has_none(problem: Problem) -> None:
    certificate = solve(problem).certificate
    best = best_of_all(problem)
    if best.buses >= _NO_PLAN:
        assert certificate.status in (Status.INFEASIBLE, Status.UNKNOWN)
    else:
        assert certificate.objective is not None
        assert (certificate.objective.buses, certificate.objective.deadhead_min) == (best.buses, best.deadhead_min)


def test_a_route_that_takes_too_long_by_itself_is_run_with_others_that_make_it_shorter() -> None:
    problem = day_of_a_far_route_with_a_shortcut(longest_min=37)
    (block,) = solve(problem).plan.blocks  # type: ignore[union-attr]
    assert length_min(block) == 37


def test_of_a_route_that_needs_others_in_its_block_is_said_so_where_no_plan_is_found() -> None:
    certificate = solve(day_of_a_far_route_with_a_shortcut(longest_min=30)).certificate
    assert certificate.status is Status.UNKNOWN
    assert certificate.reasons == (
        "route far takes 50 min by itself, depot to depot; a block may take 30 min",
        "no plan was found in which other routes in the same block make that shorter",
    )


@examples(40)
@given(fleets_in_depots(), st.sampled_from([BlockLimits(100_000), BlockLimits(None, 100_000, 30)]))
def test_limits_that_no_block_reaches_change_neither_cost_nor_deadhead(problem: Problem, limits: BlockLimits) -> None:
    free, limited = solve(problem), solve(replace(problem, limits=limits))
    assert (free.plan is None) is (limited.plan is None)
    if free.plan is not None and limited.plan is not None:
        one, other = free.plan.objective, limited.plan.objective
        assert (one.first_level, one.deadhead_min) == (other.first_level, other.deadhead_min)


def test_a_block_that_keeps_limits_is_run_by_the_bus_that_costs_least_for_it() -> None:
    day = read_day(generate_day(8, 1)).problem()
    types = (
        VehicleType("cheap to have", 55, fixed_cost=100, service_cost_per_min=17),
        VehicleType("cheap to run", 55, fixed_cost=110, service_cost_per_min=1),
    )
    trips = tuple(replace(trip, most_seats=None) for trip in day.trips)
    plan = solve(replace(day, trips=trips, vehicle_types=types, limits=BlockLimits(2880))).plan
    assert plan is not None
    assert {block.vehicle_type for block in plan.blocks} == {"cheap to run"}


def test_a_block_that_keeps_limits_is_run_from_the_depot_that_saves_most_whatever_the_type() -> None:
    day = read_day(generate_day(8, 1)).problem()
    trips = tuple(replace(trip, most_seats=None) for trip in day.trips)
    types = (
        VehicleType("small and far", 55, depots=frozenset({"far"})),
        VehicleType("large and near", 60, depots=frozenset({"near"})),
    )
    depots = (Depot("far", (40.5, -2.65)), Depot("near", (40.05, -2.65)))
    plan = solve(replace(day, trips=trips, vehicle_types=types, depots=depots, limits=BlockLimits(2880))).plan
    assert plan is not None
    assert {block.depot for block in plan.blocks} == {"near"}


def test_a_block_is_moved_before_it_is_cut() -> None:
    problem = random_problem("wide", 8, 1)
    free = solve(problem)
    assert free.plan is not None
    longest = max(block.trips[-1].end_min - block.trips[0].start_min for block in free.plan.blocks)
    shorter = solve(replace(problem, limits=BlockLimits(longest_min=longest - 1)))
    assert shorter.plan is not None
    assert len(shorter.plan.blocks) == len(free.plan.blocks)


def test_a_block_is_moved_so_that_a_break_fits_before_it_is_cut() -> None:
    one = Trip("one", "entry", 480, 500, 490, 30, 0, 0)
    other = Trip("other", "entry", 530, 550, 540, 30, 0, 0)
    problem = Problem((one, other), MatrixTravel(((5,),)), (BUS,), limits=BlockLimits(None, 65, 20))
    (block,) = solve(problem).plan.blocks  # type: ignore[union-attr]
    before, after = block.trips
    assert after.start_min - before.end_min == 5 + 20


def before_whole_blocks(progress: Progress) -> str | None:
    """A stopping rule that leaves a day to links."""
    return "enough" if progress.phase == "root" else None


def test_a_bound_of_links_alone_ignores_breaks_and_says_so() -> None:
    problem = replace(random_problem("narrow", 12, 3), limits=BlockLimits(140, 120, 30), depots=(Depot("D", 0),))
    stopped, whole = solve(problem, stop=before_whole_blocks), solve(problem)
    assert "the bound ignores the breaks of 30 min" in stopped.certificate.reasons
    assert whole.certificate.status is Status.OPTIMAL
    assert whole.certificate.reasons == ()


def test_a_bound_of_links_alone_ignores_the_longest_block_and_says_so() -> None:
    problem = replace(read_day(generate_day(40, 1)).problem(), limits=BlockLimits(480))
    stopped, whole = solve(problem, stop=before_whole_blocks), solve(problem)
    assert stopped.certificate.reasons == ("the bound ignores the maximum block length of 480 min",)
    assert whole.certificate.status is Status.OPTIMAL
    assert whole.certificate.reasons == ()
    assert stopped.certificate.objective > whole.certificate.objective  # type: ignore[operator]


def test_links_are_left_once_only_the_longest_block_keeps_plans_from_their_bound() -> None:
    problem = replace(read_day(generate_day(60, 1)).problem(), limits=BlockLimits(480))
    phases: list[str] = []
    solve(problem, stop=lambda progress: phases.append(progress.phase))
    assert sum(before != "dive" == phase for before, phase in pairwise(phases)) == 1


def test_several_processes_keep_the_longest_block_too() -> None:
    problem = replace(read_day(generate_day(120, 1)).problem(), limits=BlockLimits(480))
    alone, together = solve(problem), solve(problem, cores=2)
    assert together.plan is not None
    assert check(problem, together.plan) == []
    assert together.certificate.bound == alone.certificate.bound
    assert alone.certificate.status is together.certificate.status is Status.OPTIMAL


def test_that_short_blocks_take_more_buses_than_there_are_is_proven() -> None:
    problem = replace(random_problem("narrow", 12, 3), limits=BlockLimits(longest_min=100))
    buses = solve(replace(problem, limits=BlockLimits())).certificate.objective.buses  # type: ignore[union-attr]
    result = solve(replace(problem, vehicle_types=(VehicleType("bus", 40, count=buses),)))
    assert result.plan is None
    assert result.certificate.status is Status.INFEASIBLE
    assert result.certificate.reasons == (
        f"at least {buses + 1} buses are needed whatever their types, the fleet has {buses}",
    )


def test_a_solve_with_depots_can_be_stopped_with_its_best_plan() -> None:
    problem = replace(random_problem("wide", 20, 3), depots=(Depot("D", 0),))
    result = solve(problem, stop=StopAt(1))
    assert result.plan is not None
    assert check(problem, result.plan) == []
    assert result.certificate.stop_reason == "poll 1"
