"""Days that are empty, tiny, impossible or longer than any day."""

from dataclasses import replace

import pytest

from tests.optimizer.instances import BUS, random_problem
from tests.optimizer.verdict import checked_plan
from tests.optimizer.watching import Recorder
from tutti.fleet.errors import InputError
from tutti.fleet.plan import Bound, Objective, Plan, Status
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.travel import GreatCircleTravel, MatrixTravel
from tutti.optimizer import solve


def _trip(name: str, earliest: int, latest: int, *, asked: int | None = None, seats: int = 1) -> Trip:
    return Trip(name, "entry", earliest, latest, earliest if asked is None else asked, 20, 0, 0, seats)


def _problem(*trips: Trip, travel: int = 5) -> Problem:
    return Problem(trips, MatrixTravel(((travel,),)), (BUS,))


def test_a_day_without_trips_needs_no_bus() -> None:
    result = solve(_problem())
    assert result.plan == Plan(())
    assert result.certificate.status is Status.OPTIMAL
    assert result.certificate.objective == Objective(0, 0, 0)
    assert result.certificate.bound == Bound(0, 0)
    assert result.certificate.gap == 0


def test_one_trip_needs_one_bus_at_the_asked_time() -> None:
    problem = _problem(_trip("a", 400, 420, asked=411))
    result = solve(problem)
    assert checked_plan(problem, result).blocks[0].trips[0].start_min == 411
    assert result.certificate.status is Status.OPTIMAL
    assert result.certificate.bound == Bound(1, 0)


def test_a_start_asked_outside_the_window_is_shifted_to_its_edge() -> None:
    problem = _problem(_trip("a", 400, 420, asked=390), _trip("b", 600, 620, asked=633))
    plan = checked_plan(problem, solve(problem))
    assert {trip.route_id: trip.shift_min for block in plan.blocks for trip in block.trips} == {"a": 10, "b": -13}


def test_two_trips_just_in_reach_share_a_bus() -> None:
    problem = _problem(_trip("a", 400, 400), _trip("b", 425, 425))
    assert checked_plan(problem, solve(problem)).objective == Objective(1, 5, 0)


def test_two_trips_a_minute_out_of_reach_need_two_buses() -> None:
    problem = _problem(_trip("a", 400, 400), _trip("b", 424, 424))
    result = solve(problem)
    assert checked_plan(problem, result).objective == Objective(2, 0, 0)
    assert result.certificate.status is Status.OPTIMAL


def test_trips_that_all_run_at_once_need_a_bus_each() -> None:
    problem = _problem(*(_trip(f"t{number}", 400, 405) for number in range(30)))
    result = solve(problem)
    assert checked_plan(problem, result).objective.buses == 30
    assert result.certificate.status is Status.OPTIMAL


def test_an_impossible_day_names_every_reason() -> None:
    problem = _problem(
        _trip("early", 400, 399),
        _trip("fine", 400, 420),
        _trip("full", 400, 420, seats=41),
        _trip("both", 9, 8, seats=99),
    )
    seen = Recorder()
    result = solve(problem, callbacks=[seen])
    assert result.plan is None
    assert result.certificate.status is Status.INFEASIBLE
    assert result.certificate.objective is None
    assert result.certificate.bound is None
    named = [reason.split()[1] for reason in result.certificate.reasons]
    assert named == ["early", "full", "both", "both"]
    assert seen.plans == []
    assert seen.ended == [result]


def test_a_connection_longer_than_an_arc_can_hold_is_refused() -> None:
    with pytest.raises(InputError, match="30000"):
        solve(_problem(_trip("a", 0, 10), _trip("b", 40_000, 40_010), travel=30_000))


def test_a_day_may_be_longer_than_an_arc_can_hold() -> None:
    problem = _problem(_trip("a", 0, 10), _trip("b", 90_000, 90_010), travel=29_999)
    assert checked_plan(problem, solve(problem)).objective == Objective(1, 29_999, 0)


def test_places_too_far_apart_for_any_day_are_never_linked() -> None:
    problem = _problem(_trip("a", 0, 10), _trip("b", 25_000, 25_010), travel=2**31 - 1)
    result = solve(problem)
    assert checked_plan(problem, result).objective == Objective(2, 0, 0)
    assert result.certificate.status is Status.OPTIMAL


def test_travel_is_not_assumed_to_be_the_same_both_ways() -> None:
    there_and_back = MatrixTravel(((0, 50), (5, 0)))
    trips = (
        Trip("a", "entry", 400, 400, 400, 10, 0, 0),  # ends at place 0
        Trip("b", "entry", 440, 440, 440, 10, 1, 1),  # 50 minutes from place 0
        Trip("c", "entry", 465, 465, 465, 10, 0, 0),  # 5 minutes from place 1
    )
    problem = Problem(trips, there_and_back, (BUS,))
    plan = checked_plan(problem, solve(problem))
    assert sorted(tuple(trip.route_id for trip in block.trips) for block in plan.blocks) in (
        [("a",), ("b", "c")],
        [("a", "c"), ("b",)],
    )
    assert plan.objective == Objective(2, 0, 0)


def test_places_on_the_globe_are_linked_by_great_circles() -> None:
    madrid, getafe = (40.4168, -3.7038), (40.3083, -3.7327)
    trips = (
        Trip("a", "entry", 480, 480, 480, 30, madrid, getafe),
        Trip("b", "exit", 560, 560, 560, 30, madrid, getafe),
    )
    problem = Problem(trips, GreatCircleTravel(), (BUS,))
    result = solve(problem)
    travel = GreatCircleTravel().minutes(getafe, madrid)
    assert checked_plan(problem, result).objective == Objective(1, travel, 0)


def test_a_problem_is_left_as_it_was() -> None:
    problem = random_problem("wide", 20, 0)
    before = replace(problem)
    solve(problem)
    assert problem == before
