import pytest

from tests.fleet.routes import JSON, entry, leaving, stop
from tutti.fleet.obstacles import obstacles
from tutti.fleet.problem import Trip
from tutti.fleet.reading import read_day

HAMLET, SCHOOL = (40.01, -3.0), (40.03, -3.0)


def only_trip(route: JSON, **options: object) -> Trip:
    (trip,) = read_day({"routes": [route], "options": options}).problem().trips
    return trip


def test_an_entry_is_asked_to_arrive_at_the_bell() -> None:
    trip = only_trip(entry())
    assert (trip.asked_min, trip.duration_min) == (8 * 60 + 10, 20)
    assert (trip.earliest_min, trip.latest_min) == (8 * 60 + 5, 8 * 60 + 15)


def test_an_exit_is_asked_to_leave_at_the_bell() -> None:
    trip = only_trip(leaving())
    assert (trip.asked_min, trip.duration_min) == (14 * 60, 20)
    assert (trip.earliest_min, trip.latest_min) == (13 * 60 + 55, 14 * 60 + 10)


def test_an_entry_is_driven_to_its_school() -> None:
    trip = only_trip(entry())
    assert (trip.origin, trip.destination) == (HAMLET, SCHOOL)


@pytest.mark.parametrize(
    "stops",
    [
        pytest.param([stop(1), stop(2), stop(3)], id="in entry order"),
        pytest.param([stop(3, time_from_start=0, order=1), stop(2, order=2), stop(1, time_from_start=20, order=3)]),
        pytest.param([stop(1, time_from_start=20), stop(2, time_from_start=9), stop(3, time_from_start=0)]),
        pytest.param([stop(1), stop(2), stop(3, is_school=False)], id="no school marked"),
    ],
)
def test_an_exit_is_driven_from_its_school_however_it_is_stored(stops: list[JSON]) -> None:
    trip = only_trip(leaving(stops=stops))
    assert (trip.origin, trip.destination, trip.duration_min) == (SCHOOL, HAMLET, 20)


def test_windows_move_with_the_options() -> None:
    trip = only_trip(entry(), windows={"entry": [-20, 0]})
    assert (trip.earliest_min, trip.latest_min) == (7 * 60 + 50, 8 * 60 + 10)


def test_nothing_starts_before_the_earliest_start() -> None:
    assert only_trip(entry(), earliest_start="08:09").earliest_min == 8 * 60 + 9


def test_a_route_that_can_only_start_too_early_is_an_obstacle_and_no_input_error() -> None:
    problem = read_day({"routes": [entry()], "options": {"earliest_start": "08:16"}}).problem()
    (obstacle,) = obstacles(problem)
    assert "E1" in obstacle.text
    assert "08:16" in obstacle.text


def test_a_bell_after_midnight_gives_a_start_before_it_that_is_too_early() -> None:
    problem = read_day([entry(arrival_time="00:10")]).problem()
    assert problem.trips[0].asked_min == -10
    assert len(obstacles(problem)) == 1


def test_all_buses_have_the_seats_that_the_largest_running_route_needs() -> None:
    routes = [entry(), leaving(capacity_needed=48), entry(id="E2", capacity_needed=60, days=["J"])]
    problem = read_day({"routes": routes, "options": {"day": "V"}}).problem()
    assert [(vehicle.name, vehicle.seats) for vehicle in problem.vehicle_types] == [("bus", 48)]
    assert [trip.seats for trip in problem.trips] == [21, 48]


def test_all_routes_are_one_day_if_none_is_chosen() -> None:
    day = read_day([entry(days=["L"]), leaving(days=["V"])])
    assert day.running == day.routes


def test_routes_that_share_no_weekday_are_planned_together_with_a_warning() -> None:
    day = read_day([entry(id="A", days=["L", "M"]), entry(id="B", days=["J"])])
    assert len(day.problem().trips) == 2
    assert day.warnings == ("on no day do all routes run, yet all are planned as one; choose a day by the option day",)


def test_routes_that_share_a_weekday_are_planned_together_without_a_warning() -> None:
    assert (
        read_day([entry(id="A", days=["Mc", "M"]), entry(id="B", days=["X"]), entry(id="C", days=None)]).warnings == ()
    )


def test_routes_that_do_not_run_on_the_day_are_left_out_and_named() -> None:
    day = read_day({"routes": [entry(days=["L"]), leaving(days=["V"])], "options": {"day": "V"}})
    assert [trip.id for trip in day.problem().trips] == ["X1"]
    assert day.warnings == ("1 of 2 routes do not run on day V and are not in the plan: E1",)


def test_of_many_routes_that_do_not_run_the_first_are_named() -> None:
    others = [entry(id=f"E{number}", days=["L"]) for number in range(9)]
    day = read_day({"routes": [*others, leaving(days=["V"])], "options": {"day": "V"}})
    assert day.warnings == ("9 of 10 routes do not run on day V and are not in the plan: E0, E1, E2, E3, E4, …",)


@pytest.mark.parametrize("codes", [["Mc"], ["X"], ["Mc", "X"]])
@pytest.mark.parametrize("chosen", ["Mc", "X"])
def test_wednesday_has_two_codes(codes: list[str], chosen: str) -> None:
    day = read_day({"routes": [entry(days=codes)], "options": {"day": chosen}})
    assert len(day.running) == 1


@pytest.mark.parametrize("days", [None, []])
def test_a_route_without_days_runs_every_day(days: list[str] | None) -> None:
    assert len(read_day({"routes": [entry(days=days)], "options": {"day": "J"}}).running) == 1
