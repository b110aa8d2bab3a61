"""Re-planning: links of the earlier plan come back where they are worth it, and the certificate shows the price."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.optimizer.effort import examples
from tests.optimizer.instances import BUS, random_problem
from tests.optimizer.watching import StopAt
from tutti.fleet.blocks import BlockLimits, Depot
from tutti.fleet.changes import changes, named_after
from tutti.fleet.plan import Bound, Certificate, Plan, PlannedTrip, Status
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.rules import check
from tutti.fleet.travel import MatrixTravel
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer import Result, solve
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.plans import plan_of
from tutti.optimizer.restoring import restored

_POLLS = 300


def day_after(problem: Problem, seed: int) -> Problem:
    """A tenth of the trips start a quarter of an hour later."""
    late = Random(seed).sample(range(len(problem.trips)), max(1, len(problem.trips) // 10))
    trips = list(problem.trips)
    for number in late:
        trip = trips[number]
        trips[number] = replace(
            trip, earliest_min=trip.earliest_min + 15, latest_min=trip.latest_min + 15, asked_min=trip.asked_min + 15
        )
    return replace(problem, trips=tuple(trips))


def replanned(kind: str, seed: int) -> tuple[Problem, Plan, Result]:
    """The changed day, the plan from before the change, and the best plan after it, or one near to it.

    Some take seconds to prove, and nothing here needs that.
    """
    problem = random_problem(kind, 25, seed)
    earlier = solve(problem, stop=StopAt(_POLLS)).plan
    assert earlier is not None
    changed = day_after(problem, seed)
    return changed, earlier, solve(changed, initial=earlier, stop=StopAt(_POLLS))


def kept_links(earlier: Plan, plan: Plan) -> int:
    """Pairs of trips that follow each other in both plans."""

    def links(of: Plan) -> set[tuple[str, str]]:
        return {(a.route_id, b.route_id) for block in of.blocks for a, b in pairwise(block.trips)}

    return len(links(earlier) & links(plan))


@examples(25)
@given(kind=st.sampled_from(["narrow", "compressed", "fixed"]), seed=st.integers(0, 99), worth_min=st.integers(0, 30))
def test_a_restored_plan_keeps_every_rule_and_more_links_at_no_more_than_they_are_worth(
    kind: str, seed: int, worth_min: int
) -> None:
    changed, earlier, best = replanned(kind, seed)
    result = restored(changed, best, earlier, worth_min)
    assert result.plan is not None
    assert best.plan is not None
    assert check(changed, result.plan) == []
    before, after = best.plan.objective, result.plan.objective
    gained = kept_links(earlier, result.plan) - kept_links(earlier, best.plan)
    assert after.first_level <= before.first_level
    assert after.deadhead_min - before.deadhead_min <= gained * worth_min
    assert result.certificate.objective == after
    assert (result.certificate.gap == 0) == (result.certificate.status is Status.OPTIMAL)


def test_what_is_free_is_put_back_and_the_proof_stays() -> None:
    for seed in range(8):
        changed, earlier, best = replanned("narrow", seed)
        result = restored(changed, best, earlier, 0)
        assert result.certificate.status is best.certificate.status


def test_the_price_of_moving_fewer_trips_is_told() -> None:
    prices = []
    for seed in range(12):
        changed, earlier, best = replanned("narrow", seed)
        result = restored(changed, best, earlier, 60)
        assert result.plan is not None
        assert best.plan is not None
        more = result.plan.objective.deadhead_min - best.plan.objective.deadhead_min
        if more > 0:
            prices.append(more)
            assert result.certificate.status is Status.FEASIBLE
            price = f"{more} deadhead minutes more than needed are the price of moving fewer trips"
            assert result.certificate.reasons == (price,)
            types = {vehicle.name for vehicle in changed.vehicle_types}
            one, other = (changes(earlier, named_after(earlier, plan), types) for plan in (best.plan, result.plan))
            assert other["moved_trips"] < one["moved_trips"]
    assert prices


def in_pairs(travel_min: Sequence[Sequence[int]]) -> Problem:
    """Trips 0, 1, ... at eight and as many at nine, any of which can follow any of these, at the given travel."""
    half = len(travel_min)
    rows = [(*[999] * half, *row) for row in travel_min] + [(999,) * 2 * half] * half
    trips = (
        Trip(f"t{at}", "entry", start, start, start, 20, at, at) for at, start in enumerate([480] * half + [540] * half)
    )
    return Problem(tuple(trips), MatrixTravel(tuple(rows)), (BUS,))


def paired(problem: Problem, heads: Sequence[int], buses: Sequence[VehicleType]) -> Plan:
    """Each trip at eight with the one at nine that is given for it, by these buses."""
    chains = [[tail, len(heads) + head] for tail, head in enumerate(heads)]
    return plan_of(problem, Arcs.of(problem), chains, [(bus, None) for bus in buses])


def as_proven(plan: Plan) -> Result:
    bound = Bound(plan.objective.buses, plan.objective.deadhead_min, plan.objective.cost)
    return Result(plan, Certificate(Status.OPTIMAL, plan.objective, bound, 0.0))


@pytest.mark.parametrize("worth_min", [0, 10])
def test_links_come_back_together_where_one_by_one_they_cost_more_than_they_are_worth(worth_min: int) -> None:
    problem = in_pairs([[10, 10, 39], [39, 10, 10], [10, 39, 10]])
    earlier, best = (paired(problem, heads, [BUS] * 3) for heads in ([0, 1, 2], [1, 2, 0]))
    result = restored(problem, as_proven(best), earlier, worth_min)
    assert result.plan is not None
    assert kept_links(earlier, result.plan) == 3
    assert result.certificate == as_proven(best).certificate


def at_times(*starts: int) -> Problem:
    """Trips t0, t1, ... at these minutes and no others, all ten minutes from each other."""
    trips = tuple(Trip(f"t{at}", "entry", start, start, start, 10, 0, 0) for at, start in enumerate(starts))
    return Problem(trips, MatrixTravel(((10,),)), (BUS,))


def of_chains(problem: Problem, *chains: Sequence[int]) -> Plan:
    return plan_of(problem, Arcs.of(problem), chains, [(BUS, None)] * len(chains))


def moved_trips(earlier: Plan, plan: Plan | None) -> int:
    assert plan is not None
    return changes(earlier, named_after(earlier, plan), {"bus"})["moved_trips"]


def test_keeping_trips_together_is_worth_as_much_where_one_between_them_no_longer_runs() -> None:
    changed = in_pairs([[12, 10], [10, 12]])
    kept, best = (paired(changed, heads, [BUS] * 2) for heads in ([0, 1], [1, 0]))
    between = PlannedTrip("gone", 510, 520, 0, 0)
    blocks = (replace(block, trips=(block.trips[0], between, block.trips[1])) for block in kept.blocks)
    assert restored(changed, as_proven(best), Plan(tuple(blocks)), 10).plan == kept


@pytest.mark.parametrize("half", [1, 8])
def test_trips_stay_with_their_bus_where_new_ones_come_between_them(half: int) -> None:
    halves = [range(at, at + half) for at in range(0, 4 * half, half)]
    starts = [480 + 20 * at for at in range(half)] * 2 + [500 + 20 * at for at in range(half, 2 * half)] * 2
    changed = at_times(*starts, 480 + 20 * half, 480 + 20 * half)
    before = replace(changed, trips=changed.trips[: 4 * half])
    earlier = of_chains(before, [*halves[0], *halves[2]], [*halves[1], *halves[3]])
    best = of_chains(changed, [*halves[0], 4 * half, *halves[3]], [*halves[1], 4 * half + 1, *halves[2]])
    result = restored(changed, as_proven(best), earlier, 0)
    assert moved_trips(earlier, result.plan) == 0
    assert result.certificate == as_proven(best).certificate


def test_a_trip_comes_back_to_its_bus_from_between_two_new_ones() -> None:
    changed = at_times(480, 480, 520, 520, 560, 560, 500, 500, 540, 540)
    before = replace(changed, trips=changed.trips[:6])
    earlier = of_chains(before, [0, 2, 4], [1, 3, 5])
    best = of_chains(changed, [0, 6, 3, 8, 4], [1, 7, 2, 9, 5])
    assert moved_trips(earlier, restored(changed, as_proven(best), earlier, 0).plan) == 0


def test_no_link_comes_back_that_takes_a_bus_more_of_a_type_than_there_is() -> None:
    lift, plain = VehicleType("lift", 50, count=1, features=frozenset({"lift"})), VehicleType("plain", 50)
    before = replace(in_pairs([[10, 10], [10, 10]]), vehicle_types=(lift, plain))
    earlier = paired(before, [1, 0], [plain, plain])
    asking = (replace(trip, features=lift.features) if trip.id in {"t0", "t2"} else trip for trip in before.trips)
    changed = replace(before, trips=tuple(asking))
    best = paired(changed, [0, 1], [lift, plain])
    assert restored(changed, as_proven(best), earlier, 10).plan == best


def test_a_block_takes_no_bus_that_is_not_there_to_keep_its_earlier_times() -> None:
    far, near = Depot("far", 2), Depot("near", 3)
    types = (
        VehicleType("from far", 50, count=1, depots=frozenset({"far"})),
        VehicleType("from near", 50, count=1, depots=frozenset({"near"}), features=frozenset({"lift"})),
    )
    table = ((9, 10, 30, 5), (9, 9, 30, 5), (30, 9, 9, 9), (5, 9, 9, 9))
    trips = (
        Trip("t0", "entry", 480, 490, 480, 20, 0, 0),
        Trip("t1", "entry", 540, 540, 540, 20, 1, 1),
        Trip("t2", "entry", 500, 500, 500, 50, 0, 0, features=frozenset({"lift"})),
    )
    limits = BlockLimits(break_after_min=100, break_min=30)
    problem = Problem(trips, MatrixTravel(table), types, depots=(far, near), limits=limits)
    best = solve(problem)
    assert best.plan is not None
    late = replace(best.plan.blocks[0].trips[0], start_min=490, end_min=510, shift_min=10)
    first, *others = best.plan.blocks
    earlier = replace(best.plan, blocks=(replace(first, trips=(late, *first.trips[1:])), *others))
    assert restored(problem, best, earlier, 10).plan == best.plan


@pytest.mark.parametrize("worth_min", [0, 10])
def test_an_unchanged_day_is_planned_as_before(worth_min: int) -> None:
    problem = random_problem("narrow", 25, 1)
    earlier = solve(problem).plan
    assert earlier is not None
    plan = restored(problem, solve(problem, seed=5), earlier, worth_min).plan
    assert plan is not None
    assert changes(earlier, named_after(earlier, plan), {"bus"})["moved_trips"] == 0
