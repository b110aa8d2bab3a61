from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutti.fleet.plan import Block, Plan, PlannedTrip
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.rules import RULES, check
from tutti.fleet.travel import MatrixTravel
from tutti.fleet.vehicle import VehicleType

Change = Callable[[Plan], Plan]

# Three places, 10 minutes apart. "late" can't be reached after "early" before 09:00, "home" starts at the school.
PROBLEM = Problem(
    trips=(
        Trip("early", "entry", 475, 485, 480, 50, origin=0, destination=1, seats=30),
        Trip("late", "entry", 535, 545, 540, 20, origin=2, destination=1, seats=40),
        Trip("home", "exit", 535, 550, 540, 25, origin=1, destination=0, seats=20),
    ),
    travel=MatrixTravel(((2, 10, 10), (10, 2, 10), (10, 10, 2))),
    vehicle_types=(VehicleType("bus", 40),),
)
PLAN = Plan(
    (
        Block("1", "bus", 40, (PlannedTrip("early", 480, 530, 0, 0), PlannedTrip("late", 541, 561, 1, 10))),
        Block("2", "bus", 40, (PlannedTrip("home", 539, 564, -1, 0),)),
    )
)


def trip_changed(block: int, trip: int, **values: int | str) -> Change:
    def change(plan: Plan) -> Plan:
        trips = list(plan.blocks[block].trips)
        trips[trip] = replace(trips[trip], **values)  # type: ignore[arg-type]
        return block_changed(block, trips=tuple(trips))(plan)

    return change


def block_changed(block: int, **values: object) -> Change:
    def change(plan: Plan) -> Plan:
        blocks = list(plan.blocks)
        blocks[block] = replace(blocks[block], **values)  # type: ignore[arg-type]
        return Plan(tuple(blocks))

    return change


def broken_by(change: Change) -> list[tuple[str, str]]:
    return [(violation.rule, violation.path) for violation in check(PROBLEM, change(PLAN))]


def test_a_plan_that_keeps_every_rule_has_no_violations() -> None:
    assert check(PROBLEM, PLAN) == []


@pytest.mark.parametrize(
    ("change", "rule", "path"),
    [
        pytest.param(lambda plan: Plan(plan.blocks[:1]), "every_route_is_run_once", "blocks", id="missing"),
        pytest.param(
            block_changed(1, trips=(*PLAN.blocks[1].trips, PlannedTrip("early", 484, 534, 4, 0))),
            "every_route_is_run_once",
            "blocks[1].trips[1]",
            id="twice",
        ),
        pytest.param(
            block_changed(1, trips=(PlannedTrip("ghost", 420, 430, 0, 0), *PLAN.blocks[1].trips)),
            "only_known_routes_are_run",
            "blocks[1].trips[0].route_id",
            id="unknown",
        ),
        pytest.param(
            trip_changed(1, 0, start_min=534, end_min=559, shift_min=-6),
            "trips_start_in_their_windows",
            "blocks[1].trips[0].start_min",
            id="a minute early",
        ),
        pytest.param(
            trip_changed(1, 0, start_min=551, end_min=576, shift_min=11),
            "trips_start_in_their_windows",
            "blocks[1].trips[0].start_min",
            id="a minute late",
        ),
        pytest.param(
            trip_changed(1, 0, end_min=563),
            "trips_take_their_duration",
            "blocks[1].trips[0].end_min",
            id="a minute short",
        ),
        pytest.param(
            trip_changed(0, 1, start_min=539, end_min=559, shift_min=-1),
            "buses_reach_their_next_trip",
            "blocks[0].trips[1].start_min",
            id="a minute too soon after the trip before",
        ),
        pytest.param(
            trip_changed(1, 0, shift_min=1),
            "shifts_are_as_claimed",
            "blocks[1].trips[0].shift_min",
            id="shift of the wrong sign",
        ),
        pytest.param(
            trip_changed(0, 1, deadhead_before_min=9),
            "deadheads_are_as_claimed",
            "blocks[0].trips[1].deadhead_before_min",
            id="a minute of deadhead hidden",
        ),
        pytest.param(
            trip_changed(0, 0, deadhead_before_min=1),
            "deadheads_are_as_claimed",
            "blocks[0].trips[0].deadhead_before_min",
            id="deadhead before the first trip",
        ),
        pytest.param(
            block_changed(0, vehicle_type="van"),
            "buses_are_of_a_known_type",
            "blocks[0].vehicle_type",
            id="unknown type",
        ),
        pytest.param(
            block_changed(1, seats=41), "buses_are_of_a_known_type", "blocks[1].seats", id="seats that no bus has"
        ),
        pytest.param(
            lambda plan: Plan((*plan.blocks, Block("3", "bus", 40, ()))),
            "every_block_is_one_bus",
            "blocks[2].trips",
            id="a bus for nothing",
        ),
        pytest.param(block_changed(1, id="1"), "every_block_is_one_bus", "blocks[1].id", id="an id taken"),
    ],
)
def test_a_fault_breaks_the_rule_about_it(change: Change, rule: str, path: str) -> None:
    assert (rule, path) in broken_by(change)


def test_a_trip_after_an_unknown_one_can_have_any_deadhead() -> None:
    ghost, home = PlannedTrip("ghost", 420, 430, 0, 0), replace(PLAN.blocks[1].trips[0], deadhead_before_min=10)
    assert broken_by(block_changed(1, trips=(ghost, home))) == [
        ("only_known_routes_are_run", "blocks[1].trips[0].route_id")
    ]


def test_a_trip_that_fills_its_bus_is_told_what_the_bus_lacks() -> None:
    early, late, home = PROBLEM.trips
    problem = replace(PROBLEM, trips=(early, replace(late, features=frozenset({"lift"})), home))
    (found,) = check(problem, PLAN)
    assert str(found) == "blocks[0].trips[1]: bus 1 of type bus lacks lift, for route late"


def test_a_bus_without_a_price_costs_nothing() -> None:
    assert broken_by(block_changed(0, fixed_cost=0)) == []
    assert broken_by(block_changed(0, fixed_cost=1)) == [("costs_are_as_claimed", "blocks[0].fixed_cost")]


@pytest.mark.parametrize(
    ("blocks", "dropped", "message"),
    [
        (PLAN.blocks, "ghost", "route ghost is not known"),
        (PLAN.blocks, "home", "route home is in a block"),
        (PLAN.blocks[:1], "home", None),
    ],
)
def test_only_known_routes_that_are_in_no_block_can_be_dropped(
    blocks: tuple[Block, ...], dropped: str, message: str | None
) -> None:
    found = check(replace(PROBLEM, may_drop=True), Plan(blocks, dropped=(dropped,)))
    assert [str(violation) for violation in found] == ([] if message is None else [f"dropped[0]: {message}"])


def test_a_bus_too_small_for_its_passengers_is_found_on_each_of_its_trips() -> None:
    small = replace(PROBLEM, vehicle_types=(VehicleType("bus", 29),))
    plan = Plan(tuple(replace(block, seats=29) for block in PLAN.blocks))
    assert [(violation.rule, violation.path) for violation in check(small, plan)] == [
        ("every_passenger_has_a_seat", "blocks[0].trips[0]"),
        ("every_passenger_has_a_seat", "blocks[0].trips[1]"),
    ]


def test_a_lie_about_an_end_does_not_hide_that_the_bus_comes_late() -> None:
    def change(plan: Plan) -> Plan:
        early = trip_changed(0, 0, end_min=525)(plan)
        return trip_changed(0, 1, start_min=535, end_min=555, shift_min=-5)(early)

    assert broken_by(change) == [
        ("trips_take_their_duration", "blocks[0].trips[0].end_min"),
        ("buses_reach_their_next_trip", "blocks[0].trips[1].start_min"),
    ]


def test_a_violation_says_where_and_what() -> None:
    (violation,) = check(PROBLEM, trip_changed(0, 1, start_min=539, end_min=559, shift_min=-1)(PLAN))
    assert str(violation) == (
        "blocks[0].trips[1].start_min: route late starts at 08:59, "
        "but after route early and 10 min of deadhead its bus is there at 09:00"
    )


def test_every_rule_says_why_it_is_there() -> None:
    assert all(rule.__doc__ for rule in RULES)


def test_nothing_to_run_needs_no_bus() -> None:
    assert check(replace(PROBLEM, trips=()), Plan(())) == []


FIELDS = ("start_min", "end_min", "shift_min", "deadhead_before_min")


@given(
    block=st.sampled_from([(0, 0), (0, 1), (1, 0)]),
    field=st.sampled_from(FIELDS),
    minutes=st.integers(-1500, 1500).filter(bool),
)
def test_no_number_of_a_planned_trip_can_be_changed_unseen(block: tuple[int, int], field: str, minutes: int) -> None:
    before = getattr(PLAN.blocks[block[0]].trips[block[1]], field)
    assert broken_by(trip_changed(*block, **{field: before + minutes}))


@given(st.permutations(["early", "late", "home"]))
def test_no_two_trips_can_change_places_unseen(order: list[str]) -> None:
    ids = iter(order)
    swapped = Plan(
        tuple(
            replace(block, trips=tuple(replace(trip, route_id=next(ids)) for trip in block.trips))
            for block in PLAN.blocks
        )
    )
    assert (check(PROBLEM, swapped) == []) == (order == ["early", "late", "home"])
