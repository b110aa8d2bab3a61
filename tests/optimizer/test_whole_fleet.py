"""Plans of mixed fleets against all plans there are: valid, never below the optimum, and their bound never above it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.optimizer.effort import examples
from tests.optimizer.instances import problems, random_problem, with_depots
from tests.optimizer.oracle import drivable_chains
from tests.optimizer.watching import Recorder
from tutti.fleet.blocks import Depot
from tutti.fleet.generate import generate_day
from tutti.fleet.plan import Bound, Objective, Plan, Status
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.proven import proven_bound
from tutti.fleet.reading import read_day
from tutti.fleet.rules import check
from tutti.fleet.travel import MatrixTravel
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer import Callback, Progress, solve, whole_fleet
from tutti.optimizer.blocks.block_search import BlockSearch
from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.bounds.pricing import priced_below
from tutti.optimizer.links.fleet_columns import first_fleet_columns
from tutti.optimizer.links.master import Master
from tutti.optimizer.links.nearest_depots import NearestDepots
from tutti.optimizer.links.relaxation import Relaxation
from tutti.optimizer.model.arcs import NO_ARC, Arcs
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.search import Search
from tutti.optimizer.state.signals import Stopped
from tutti.optimizer.state.stop import never

LIFT = frozenset({"lift"})


@st.composite
def fleets(draw: st.DrawFn, *, most_trips: int = 6, limited: bool = False) -> Problem:
    """Problems with one to four types, with or without costs, every trip of which some type can run."""
    problem = draw(problems(least=1, most=most_trips, kinds=("narrow", "compressed", "wide", "cyclic")))
    has_costs = draw(st.booleans())

    def vehicle(name: str, seats: int) -> VehicleType:
        count = draw(st.integers(0, 3)) if limited else None
        features = draw(st.sampled_from([LIFT, frozenset()]))
        if not has_costs:
            return VehicleType(name, seats, None, count, features)
        per_min = draw(st.integers(0, 2))
        return VehicleType(name, seats, draw(st.integers(0, 9)), count, features, per_min, draw(st.integers(0, 2)))

    small = [vehicle(f"v{number}", draw(st.integers(1, 30))) for number in range(draw(st.integers(0, 3)))]
    largest = replace(vehicle("largest", 30), features=LIFT)

    def asks(trip: Trip) -> Trip:
        features = draw(st.sampled_from([LIFT, frozenset()]))
        return replace(trip, seats=draw(st.integers(1, 30)), features=features)

    return replace(problem, trips=tuple(map(asks, problem.trips)), vehicle_types=(*small, largest))


@st.composite
def fleets_in_depots(draw: st.DrawFn) -> Problem:
    """Fleets, some limited, with one to three depots, each type in some of them."""
    problem = with_depots(draw, draw(fleets(most_trips=5, limited=draw(st.booleans()))), 1, 3)
    names = [depot.name for depot in problem.depots]
    types = tuple(
        replace(vehicle, depots=frozenset(draw(st.sets(st.sampled_from(names))))) for vehicle in problem.vehicle_types
    )
    return replace(problem, vehicle_types=types)


def least_levels(problem: Problem) -> tuple[int, int] | None:
    """(cost or buses, deadhead) of the best plan, by trying every way to split the trips among buses; None: no plan."""
    ways: dict[frozenset[int], set[tuple[int, int, int]]] = {}
    for chain in drivable_chains(problem):
        ways.setdefault(frozenset(chain), set()).update(_values(problem, chain))
    counts = tuple(len(problem.trips) if each.count is None else each.count for each in problem.vehicle_types)

    @cache
    def best(left: frozenset[int], counts: tuple[int, ...]) -> tuple[int, int] | None:
        if not left:
            return 0, 0
        first = min(left)
        found = []
        for members, values in ways.items():
            if first in members and members <= left:
                for type_, level, deadhead in values:
                    fewer = tuple(count - (number == type_) for number, count in enumerate(counts))
                    rest = best(left - members, fewer) if min(fewer) >= 0 else None
                    if rest is not None:
                        found.append((rest[0] + level, rest[1] + deadhead))
        return min(found, default=None)

    return best(frozenset(range(len(problem.trips))), counts)


def _values(problem: Problem, chain: tuple[int, ...]) -> Iterable[tuple[int, int, int]]:
    """(number of the type, what it adds to the first level, deadhead minutes) for each type that can run the chain."""
    trips = [problem.trips[number] for number in chain]
    between = sum(problem.travel.minutes(a.destination, b.origin) for a, b in pairwise(trips))
    service = sum(trip.duration_min for trip in trips)
    able = problem.able(trips)
    for number, vehicle in enumerate(problem.vehicle_types):
        if vehicle in able:
            stands = problem.depots_of(vehicle)
            pulls = [problem.pull_out_min(each, trips[0]) + problem.pull_in_min(trips[-1], each) for each in stands]
            for deadhead in {between + pull for pull in pulls or [0]}:
                yield number, vehicle.first_level + vehicle.running_cost(deadhead, service), deadhead


def assert_is_honest(problem: Problem) -> None:
    """The plan is valid, and bound <= optimum <= plan on both levels."""
    result = solve(problem)
    best = least_levels(problem)
    certificate = result.certificate
    if result.plan is None:
        assert certificate.status is Status.UNKNOWN or best is None
        return
    assert check(problem, result.plan) == []
    objective, bound = certificate.objective, certificate.bound
    assert objective == result.plan.objective
    assert objective is not None
    assert bound is not None
    assert best is not None
    assert bound.first_level <= best[0]
    assert best <= (objective.first_level, objective.deadhead_min)
    assert (bound.cost is None) is not problem.has_costs
    if bound.deadhead_min is not None and bound.first_level == best[0]:
        assert bound.deadhead_min <= best[1]
    if certificate.status is Status.OPTIMAL:
        assert best == (objective.first_level, objective.deadhead_min)


@examples(60)
@given(fleets())
def test_a_plan_of_a_mixed_fleet_is_valid_and_the_optimum_between_it_and_its_bound(problem: Problem) -> None:
    assert_is_honest(problem)


@examples(60)
@given(fleets(limited=True))
def test_a_plan_of_a_limited_fleet_is_valid_and_the_optimum_between_it_and_its_bound(problem: Problem) -> None:
    assert_is_honest(problem)


@examples(60)
@given(fleets_in_depots())
def test_a_plan_with_depots_is_valid_and_the_optimum_between_it_and_its_bound(problem: Problem) -> None:
    assert_is_honest(problem)


@examples(60)
@given(fleets())
def test_the_evidence_gives_a_cost_that_no_fleet_undercuts(problem: Problem) -> None:
    best = least_levels(problem)
    assert best is not None
    bound = proven_bound(problem, solve(problem).proof)
    assert (bound.cost is None) is not problem.has_costs
    assert bound.first_level <= best[0]


def test_costs_of_minutes_are_proven_in_whatever_unit_they_are_given() -> None:
    problem = read_day(generate_day(20, 1, types=True)).problem()
    types = tuple(
        replace(each, fixed_cost=100 * (each.fixed_cost or 0) + more, deadhead_cost_per_min=61, service_cost_per_min=73)
        for more, each in enumerate(problem.vehicle_types)
    )
    result = solve(replace(problem, vehicle_types=types))
    assert result.certificate.status is Status.OPTIMAL
    best = result.certificate.objective
    evidence = proven_bound(replace(problem, vehicle_types=types), result.proof).cost
    assert best is not None
    assert best.fixed_cost is not None
    assert evidence is not None
    assert best.fixed_cost < evidence <= best.fixed_cost + best.running_cost  # there is more than buses in it


@pytest.mark.parametrize("depots", [(), (0,), (0, 1)])
def test_the_evidence_gives_the_cost_of_the_buses_of_one_type(depots: tuple[int, ...]) -> None:
    stands = tuple(Depot(f"D{place}", place) for place in depots)
    problem = replace(random_problem("narrow", 15, 1), vehicle_types=(VehicleType("bus", 40, 100),), depots=stands)
    result = solve(problem)
    assert result.certificate.bound is not None
    assert result.certificate.status is Status.OPTIMAL
    assert proven_bound(problem, result.proof).cost == result.certificate.bound.cost


@pytest.mark.parametrize("types", [1, 2])
def test_buses_that_cost_nothing_leave_only_deadhead_to_save(types: int) -> None:
    free = tuple(VehicleType(f"bus {number}", 40, 0) for number in range(types))
    result = solve(replace(random_problem("narrow", 12, 3), vehicle_types=free))
    assert result.plan is not None
    assert result.certificate.status is Status.OPTIMAL
    assert (result.plan.objective.cost, result.plan.objective.deadhead_min) == (0, 0)


def test_a_block_begins_at_the_depot_that_saves_most_and_not_at_the_one_next_to_its_first_trip() -> None:
    table = ((0, 1, 30), (1, 0, 30), (90, 5, 0))  # places 0, 1, 2: from 2 it is far to 0, but near to 1
    trip = replace(random_problem("narrow", 1, 1).trips[0], origin=0, destination=2)
    depots = (Depot("next to the first trip", 0), Depot("near both", 1))
    bus = VehicleType("bus", 40, 100, deadhead_cost_per_min=1)
    result = solve(Problem((trip,), MatrixTravel(table), (bus,), depots=depots))
    assert result.plan is not None
    assert result.plan.blocks[0].depot == "near both"
    assert result.certificate.objective == result.plan.objective
    assert result.plan.objective.cost == 106
    assert result.certificate.status is Status.OPTIMAL


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


def test_too_few_buses_of_one_type_are_refuted_although_there_are_enough_in_all() -> None:
    problem = random_problem("narrow", 12, 3)
    trips = tuple(replace(trip, seats=30) for trip in problem.trips)
    types = (VehicleType("small", 20), VehicleType("large", 50, count=1))
    result = solve(replace(problem, trips=trips, vehicle_types=types))
    assert result.plan is None
    assert result.certificate.status is Status.INFEASIBLE


def test_the_bound_by_whole_blocks_is_told_while_it_rises() -> None:
    day = generate_day(30, 1, types=True)
    day["options"] |= {"windows": {"entry": [-60, 60], "exit": [-60, 60]}}
    seen = Recorder()

    def at_the_fifth(progress: Progress) -> str | None:
        return "seen" if progress.phase == "columns" and len(seen.bounds) >= 5 else None

    certificate = solve(read_day(day).problem(), stop=at_the_fifth, callbacks=[seen]).certificate
    assert certificate.stop_reason == "seen"
    assert certificate.bound is not None
    assert certificate.bound.cost == max(bound.cost or 0 for bound in seen.bounds)


def test_a_good_plan_for_each_type_by_itself_comes_before_what_its_tiers_prove() -> None:
    plans: list[int] = []
    before_bounds: list[int] = []

    class Heard(Callback):
        def on_incumbent(self, plan: Plan, objective: Objective, progress: Progress) -> None:
            plans.append(objective.first_level)

        def on_bound(self, bound: Bound, progress: Progress) -> None:
            before_bounds.append(len(plans))

    solve(read_day(generate_day(60, 1, types=True)).problem(), callbacks=[Heard()])
    assert before_bounds[:2] == [1, 3]  # of one bus a trip; of one kind of bus, and of each by itself
    assert plans[2] < plans[1]


def test_a_large_day_far_from_its_bound_goes_on_to_whole_blocks_after_one_dive() -> None:
    problem = read_day(generate_day(300, 1, types=True, wide=True)).problem()
    phases = [""]

    def until_whole_blocks(progress: Progress) -> str | None:
        if progress.phase != phases[-1]:
            phases.append(progress.phase)
        return "seen" if progress.phase == "columns" else None

    certificate = solve(problem, stop=until_whole_blocks).certificate
    assert phases[-2:] == ["dive", "columns"]
    assert phases.count("dive") == 1
    assert certificate.gap is not None
    assert certificate.gap > 0.02


@pytest.mark.parametrize(("far", "times"), [(0.0, 1), (1.0, 5)])
def test_a_day_far_from_its_bound_is_bounded_at_once_only_if_that_is_quick(
    monkeypatch: pytest.MonkeyPatch, far: float, times: float
) -> None:
    asked: list[float] = []

    def bound_all(blocks: BlockSearch, share: float, patience: float = 1) -> bool:
        asked.append(patience)
        raise Stopped("seen")

    monkeypatch.setattr(BlockSearch, "bound_all", bound_all)
    monkeypatch.setattr(whole_fleet, "_FAR", far)
    certificate = solve(read_day(generate_day(100, 8, types=True, wide=True)).problem()).certificate
    assert certificate.gap is not None
    assert certificate.gap > 0
    assert asked == [times]


@pytest.mark.parametrize(("trips", "asked"), [(130, [15]), (100, [])])
def test_of_a_day_larger_than_its_parts_a_far_plan_gets_better_before_it_is_closed(
    monkeypatch: pytest.MonkeyPatch, trips: int, asked: list[int]
) -> None:
    tried: list[int] = []

    def close(blocks: BlockSearch) -> None:
        raise Stopped("seen")

    def improve(search: Search, blocks: BlockSearch, seed: int, idle: int, gap: float) -> None:
        tried.append(idle)

    monkeypatch.setattr(BlockSearch, "bound_all", lambda *_: True)
    monkeypatch.setattr(BlockSearch, "close", close)
    monkeypatch.setattr(whole_fleet, "improve_parts", improve)
    certificate = solve(read_day(generate_day(trips, 2, types=True, wide=True)).problem()).certificate
    assert certificate.objective is not None
    assert certificate.bound is not None
    assert certificate.objective.first_level > 1.01 * certificate.bound.first_level
    assert tried == asked


@pytest.mark.parametrize(("width_min", "too_many", "first"), [(60, 800, "all"), (60, 130, "parts"), (59, 800, "parts")])
def test_a_far_day_is_planned_by_all_its_trips_first_where_windows_are_wide_and_else_by_parts(
    monkeypatch: pytest.MonkeyPatch, width_min: int, too_many: int, first: str
) -> None:
    seen: list[str] = []

    def see(what: str) -> Callable[..., None]:
        def stop(*_: object) -> None:
            seen.append(what)
            raise Stopped("seen")

        return stop

    monkeypatch.setattr(whole_fleet, "_VERY_FAR", 0.0)
    monkeypatch.setattr(whole_fleet, "_TOO_MANY", too_many)
    monkeypatch.setattr(BlockSearch, "plan_all", see("all"))
    monkeypatch.setattr(whole_fleet, "improve_parts", see("parts"))
    problem = read_day(generate_day(130, 1)).problem()
    trips = tuple(replace(trip, latest_min=trip.earliest_min + width_min) for trip in problem.trips)
    solve(replace(problem, trips=trips))
    assert seen == [first]


def at_one_place(trips: int) -> Problem:
    """No travel at all, and two depots where every trip begins and ends; deadhead costs something."""
    problem = random_problem("narrow", trips, 0)
    nowhere = MatrixTravel(((0,) * 8,) * 8)
    bus = VehicleType("bus", 40, 100, deadhead_cost_per_min=1, depots=frozenset({"east", "west"}))
    return replace(problem, travel=nowhere, vehicle_types=(bus,), depots=(Depot("east", 0), Depot("west", 1)))


def test_where_no_bus_has_to_drive_anywhere_the_fewest_buses_are_all_there_is_to_prove() -> None:
    result = solve(at_one_place(300))
    assert result.certificate.status is Status.OPTIMAL
    assert "root_s" not in result.statistics


def test_connections_that_are_all_as_cheap_are_not_all_left_by_the_nearest_depots() -> None:
    problem = at_one_place(200)
    arcs = Arcs.of(problem)
    weights = Weights.without_depots(arcs)
    master = Master(Cuts(arcs), weights, arcs.n, seed=0, wants_stop=lambda: False)
    master.add_arcs(*np.nonzero(arcs.travel < NO_ARC))
    relaxation = Relaxation(Search(problem, never, ()), weights, master)
    relaxation.solve()
    cheap, _, _ = priced_below(weights, master.cuts, relaxation.prices(), 0.1)
    assert len(cheap) > 60 * arcs.n
    assert len(NearestDepots.of(relaxation).tail) <= 10 * arcs.n


def test_connections_that_are_all_as_cheap_are_not_all_columns() -> None:
    problem = at_one_place(400)
    arcs = Arcs.of(problem)
    search = Search(problem, never, ())
    search.offer(arcs, [[trip] for trip in range(arcs.n)])
    tail, _, _ = first_fleet_columns(search, arcs, Vehicles.of(problem, arcs))
    assert (arcs.travel < NO_ARC).sum() > 150 * arcs.n
    assert len(tail) < 2 * 25 * arcs.n  # of two depots: five nearest and five cheapest, either way, and the flow's
