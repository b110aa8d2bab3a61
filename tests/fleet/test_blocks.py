"""Depots and limits of whole blocks: how they are read, what they mean, and the rules that hold a plan to them."""

from dataclasses import replace
from typing import Any

import pytest

from tests.fleet.planned import NURSERY
from tests.fleet.routes import entry, leaving
from tutti.fleet.blocks import BlockLimits, Depot, first_without_break, length_min
from tutti.fleet.day import Day
from tutti.fleet.document import plan_document, read_plan
from tutti.fleet.errors import InputError
from tutti.fleet.kpis import kpis
from tutti.fleet.obstacles import obstacles, too_long_alone
from tutti.fleet.plan import Block, Bound, Certificate, Plan, PlannedTrip, Status
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.reading import read_day
from tutti.fleet.rules import check
from tutti.fleet.statements import check_document
from tutti.fleet.travel import MatrixTravel
from tutti.fleet.vehicle import VehicleType

NORTH = {"name": "North", "lat": 40.11, "lon": -3.0}
SOUTH = {"name": "South", "lat": 40.0, "lon": -3.0}


def day_with(**options: object) -> Day:
    routes = [
        entry(),
        entry(id="E2", stops=NURSERY, arrival_time="09:10", vehicle_capacity_max=None),
        leaving(departure_time="09:00"),
    ]
    return read_day({"routes": routes, "options": options})


DAY = day_with(depots=[NORTH, SOUTH], max_block_min=110)
FIRST = Block("1", "bus", 21, (PlannedTrip("E1", 490, 510, 0, 0), PlannedTrip("E2", 528, 548, -2, 14)), depot="South",
              pull_out_min=7, pull_in_min=11)  # fmt: skip
SECOND = Block("2", "bus", 21, (PlannedTrip("X1", 541, 561, 1, 0),), depot="North", pull_out_min=15, pull_in_min=18)
PLAN = Plan((FIRST, SECOND))
WAITS_5_AND_10 = Block("1", "bus", 21, (
    PlannedTrip("A", 60, 90, 0, 0), PlannedTrip("B", 100, 130, 0, 5), PlannedTrip("C", 150, 160, 0, 10),
))  # fmt: skip


def test_a_plan_with_depots_can_keep_every_rule() -> None:
    assert check(DAY.problem(), PLAN) == []


def test_pull_outs_and_pull_ins_are_deadhead_and_make_blocks_longer() -> None:
    assert PLAN.objective.deadhead_min == 14 + 7 + 11 + 15 + 18
    assert length_min(FIRST) == 548 + 11 - (490 - 7)


def test_a_document_with_depots_can_be_read_back_and_keeps_every_rule() -> None:
    document = plan_document(DAY, PLAN, Certificate(Status.FEASIBLE, PLAN.objective, Bound(2), 1.0))
    assert read_plan(document) == PLAN
    assert check_document(DAY, document) == []
    assert document["kpis"]["pull_out_min"] == 22
    assert document["kpis"]["longest_block_min"] == 76


def test_a_layover_is_added_to_every_change_of_trips_and_to_no_pull() -> None:
    plain, standing = day_with(depots=[NORTH]).problem(), day_with(depots=[NORTH], layover_min=9).problem()
    first, second, _ = plain.trips
    there, here = first.destination, second.origin
    assert standing.travel.minutes(there, here) == plain.travel.minutes(there, here) + 9
    (depot,) = standing.depots
    assert standing.pull_out_min(depot, first) == plain.pull_out_min(depot, first)
    assert standing.pull_in_min(first, depot) == plain.pull_in_min(first, depot)


@pytest.mark.parametrize(
    ("limits", "index"),
    [
        (BlockLimits(break_after_min=70, break_min=6), None),
        (BlockLimits(break_after_min=69, break_min=6), 1),
        (BlockLimits(break_after_min=35, break_min=5), None),
        (BlockLimits(break_after_min=34, break_min=5), 1),
        (BlockLimits(break_after_min=100, break_min=11), None),
        (BlockLimits(break_after_min=99, break_min=11), 2),
        (BlockLimits(), None),
    ],
)
def test_work_is_counted_from_the_last_long_enough_wait(limits: BlockLimits, index: int | None) -> None:
    assert first_without_break(limits, WAITS_5_AND_10) == index


@pytest.mark.parametrize(
    ("plan", "path", "message"),
    [
        (
            Plan((FIRST, replace(SECOND, depot=None))),
            "blocks[1].depot",
            "bus 2 stands in None; depots are North, South",
        ),
        (
            Plan((replace(FIRST, pull_out_min=0), SECOND)),
            "blocks[0].pull_out_min",
            "is 0, but between South and the trip it takes 7 min",
        ),
        (
            Plan((replace(FIRST, pull_in_min=70), SECOND)),
            "blocks[0].pull_in_min",
            "is 70, but between South and the trip it takes 11 min",
        ),
    ],
    ids=["without a depot", "short pull-out", "long pull-in"],
)
def test_a_fault_about_depots_is_found(plan: Plan, path: str, message: str) -> None:
    first, *_ = check(DAY.problem(), plan)
    assert (first.path, first.message) == (path, message)


def test_a_bus_can_not_stand_in_a_depot_where_none_is_given() -> None:
    first, *_ = check(day_with().problem(), PLAN)
    assert str(first) == "blocks[0].depot: bus 1 stands in South; depots are not given"


def test_figures_of_a_plan_with_depots_count_the_ways_out_and_back() -> None:
    figures = kpis(day_with(depots=[NORTH, SOUTH], layover_min=9), PLAN)
    km_of_a_degree = 111.19
    assert figures["deadhead_km"] == round((0.01 + 0.07 + 0.05 + 0.08 + 0.10) * km_of_a_degree, 1)
    assert (figures["pull_in_min"], figures["longest_block_min"], figures["layover_min"]) == (29, 76, 9)


def test_a_block_that_is_as_long_as_it_may_be_is_not_too_long() -> None:
    assert check(day_with(depots=[NORTH, SOUTH], max_block_min=76).problem(), PLAN) == []


def test_a_block_that_is_too_long_is_found() -> None:
    (found,) = check(day_with(depots=[NORTH, SOUTH], max_block_min=75).problem(), PLAN)
    assert str(found) == "blocks[0]: block 1 takes 76 min, 75 are allowed"


def test_a_driver_without_a_break_is_found() -> None:
    rest = {"after_min": 75, "length_min": 5}
    (found,) = check(day_with(depots=[NORTH, SOUTH], **{"break": rest}).problem(), PLAN)
    assert str(found) == (
        "blocks[0].trips[1]: when route E2 ends at 09:08, bus 1 has worked for more than 75 min "
        "without a break of 5 min"
    )


def test_a_type_may_stand_in_its_depots_only() -> None:
    types = [{"name": "bus", "seats": 21, "depots": ["North"]}]
    day = day_with(depots=[NORTH, SOUTH], vehicle_types=types)
    assert "buses of type bus don't stand in South" in [found.message for found in check(day.problem(), PLAN)]


def test_a_route_that_alone_takes_longer_than_a_block_is_an_obstacle() -> None:
    texts = [str(each) for each in obstacles(day_with(depots=[NORTH], max_block_min=40).problem())]
    assert "route E1 takes 53 min by itself, depot to depot; a block may take 40 min" in texts


def test_a_route_that_alone_takes_as_long_as_a_block_may_is_none() -> None:
    assert "E1" not in [each.route_id for each in obstacles(day_with(depots=[NORTH], max_block_min=53).problem())]


def far_and_near(*, near_from_min: int) -> Problem:
    """A route 20 minutes off the depot each way, and one beside it that may start from that minute on."""
    table = ((0, 20, 1), (20, 0, 20), (1, 20, 0))
    far = Trip("far", "entry", 500, 500, 500, 60, 1, 1)
    near = Trip("near", "exit", near_from_min, near_from_min + 5, near_from_min, 10, 2, 2)
    limits = BlockLimits(break_after_min=90, break_min=30)
    return Problem((far, near), MatrixTravel(table), (VehicleType("bus", 9),), depots=(Depot("D", 0),), limits=limits)


def test_a_route_that_alone_takes_longer_than_work_may_is_none_if_a_break_fits_behind_it() -> None:
    problem = far_and_near(near_from_min=605)
    assert [str(each) for each in too_long_alone(problem)] == [
        "route far takes 100 min by itself, depot to depot; work without a break may take 90 min"
    ]
    assert obstacles(problem) == []
    near = PlannedTrip("near", 610, 620, 5, 20)
    bus = Block("1", "bus", 9, (PlannedTrip("far", 500, 560, 0, 0), near), depot="D", pull_out_min=20, pull_in_min=1)
    assert check(problem, Plan((bus,))) == []


@pytest.mark.parametrize("near_from_min", [604, 420], ids=["too soon for a break", "on the way there"])
def test_a_route_that_alone_takes_longer_than_work_may_is_one_if_no_break_shortens_that(near_from_min: int) -> None:
    assert [each.route_id for each in obstacles(far_and_near(near_from_min=near_from_min))] == ["far"]


@pytest.mark.parametrize(
    ("options", "path", "message"),
    [
        (
            {"depots": [NORTH, NORTH]},
            "depots[1].name",
            '"North" is already the name of options.depots[0]; give each its own',
        ),
        ({"depots": [{"name": "N", "lat": 91, "lon": 0}]}, "depots[0].lat", "must be a number from -90 to 90, not 91"),
        ({"depots": [{"lat": 9, "lon": 0}]}, "depots[0].name", "is missing; give it a text in quotes"),
        (
            {"depots": [NORTH | {"room": 9}]},
            "depots[0].room",
            '"room" is not a field of a depot; known are name, lat, lon',
        ),
        ({"layover_min": -1}, "layover_min", "must be a whole number from 0 to 600, not -1"),
        ({"max_block_min": 0}, "max_block_min", "must be a whole number from 1 to 2880, not 0"),
        ({"break": {"after_min": 60}}, "break.length_min", "is missing; give a whole number from 1 to 2880"),
        (
            {"vehicle_types": [{"name": "bus", "seats": 30, "depots": ["East"]}], "depots": [NORTH]},
            "vehicle_types[0].depots",
            'there is no depot "East" in the option depots; add it there or correct the name',
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_faulty_option_about_blocks_is_named_with_its_remedy(options: Any, path: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        day_with(**options)
    ((finding,),) = (caught.value.findings,)
    assert (finding.path, finding.message) == (f"options.{path}", message)
