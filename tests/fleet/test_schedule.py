from tests.days import day as routes_of_a_day
from tutti.fleet.document import plan_document
from tutti.fleet.plan import Block, Bound, Certificate, Plan, PlannedTrip, Status
from tutti.fleet.reading import read_day
from tutti.fleet.schedule import schedule_of

DAY = read_day(routes_of_a_day(3))
PLAN = Plan((
    Block("B1", "bus", 30, (PlannedTrip("R0001", 420, 440, -3, 0), PlannedTrip("R0002", 455, 475, 4, 12))),
    Block("B2", "bus", 30, (PlannedTrip("R0003", 1430, 1450, 0, 0),)),
))  # fmt: skip
CERTIFICATE = Certificate(Status.OPTIMAL, PLAN.objective, Bound(2, 12), 0.1)
RESULT = schedule_of(DAY, plan_document(DAY, PLAN, CERTIFICATE))


def test_an_item_has_the_names_and_units_of_the_kept_contract() -> None:
    item = RESULT["schedule"][0]["items"][1]
    assert item["route_id"] == "R0002"
    assert (item["type"], item["school_name"], item["contract_id"]) == ("exit", "Oak School", "C1")
    assert (item["start_time"], item["end_time"], item["original_start_time"]) == ("07:35:00", "07:55:00", "07:31:00")
    assert (item["time_shift_minutes"], item["deadhead_minutes"], item["positioning_minutes"]) == (4, 12, 10)
    assert item["stops"][1]["is_school"]


def test_the_first_trip_of_a_bus_takes_no_positioning() -> None:
    item = RESULT["schedule"][0]["items"][0]
    assert (item["deadhead_minutes"], item["positioning_minutes"]) == (0, 0)


def test_a_trip_that_ends_after_midnight_has_an_hour_above_23() -> None:
    assert RESULT["schedule"][1]["items"][0]["end_time"] == "24:10:00"


def test_a_bus_ends_where_its_last_route_ends() -> None:
    bus = RESULT["schedule"][0]
    assert bus["last_loc"] == list(DAY.routes[1].destination)
    assert (bus["bus_id"], bus["min_required_seats"]) == ("B1", 30)


def test_the_statistics_count_routes_buses_and_minutes() -> None:
    assert RESULT["stats"] == {
        "total_buses": 2,
        "total_routes": 3,
        "total_entries": 2,
        "total_exits": 1,
        "max_entries_per_bus": 1,
        "max_exits_per_bus": 1,
        "buses_with_both": 1,
        "avg_routes_per_bus": 1.5,
        "total_early_shift_minutes": 3,
        "total_deadhead_minutes": 12,
        "certificate": RESULT["stats"]["certificate"],
    }
    assert RESULT["stats"]["certificate"]["status"] == "optimal"


def test_where_all_routes_are_dropped_the_statistics_are_0() -> None:
    plan = Plan((), tuple(route.id for route in DAY.routes))
    stats = schedule_of(DAY, plan_document(DAY, plan, CERTIFICATE))["stats"]
    assert {value for name, value in stats.items() if name != "certificate"} == {0}
