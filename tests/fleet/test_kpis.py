from tests.fleet.planned import DAY, PLAN
from tests.fleet.routes import entry
from tutti.fleet.kpis import kpis
from tutti.fleet.plan import Block, Plan, PlannedTrip
from tutti.fleet.reading import read_day


def test_the_figures_of_a_plan() -> None:
    assert kpis(DAY, PLAN) == {
        "buses": 2,
        "peak_buses": 2,
        "deadhead_min": 14,
        "deadhead_km": 7.8,
        "service_min": 60,
        "shift_min": 3,
        "shifted_trips": 2,
        "trips": 3,
        "entries": 2,
        "exits": 1,
        "trips_per_bus": 1.5,
    }


def test_a_bus_that_waits_is_not_at_the_peak() -> None:
    day = read_day([entry(id=name) for name in ("a", "b", "c")])
    first = Block("1", "bus", 21, (PlannedTrip("a", 480, 500, 0, 0), PlannedTrip("b", 600, 620, 0, 9)))
    during_deadhead = Block("2", "bus", 21, (PlannedTrip("c", 508, 528, 0, 0),))
    during_wait = Block("2", "bus", 21, (PlannedTrip("c", 509, 529, 0, 0),))
    assert kpis(day, Plan((first, during_deadhead)))["peak_buses"] == 2
    assert kpis(day, Plan((first, during_wait)))["peak_buses"] == 1


def test_buses_that_are_back_do_not_count_at_the_peak_and_those_on_their_way_do() -> None:
    day = read_day([entry(id=name) for name in ("a", "b", "c", "d")])
    early, late, later = (
        Block(name, "bus", 21, (PlannedTrip(name, start, start + 20, 0, 0),), depot="D", pull_out_min=5, pull_in_min=7)
        for name, start in (("a", 480), ("b", 512), ("c", 544))
    )
    assert kpis(day, Plan((early, late, later)))["peak_buses"] == 1
    on_its_way_out = Block("d", "bus", 21, (PlannedTrip("d", 550, 560, 0, 0),), depot="D", pull_out_min=12)
    assert kpis(day, Plan((early, late, later, on_its_way_out)))["peak_buses"] == 2


def test_each_trip_that_starts_otherwise_than_asked_is_shifted() -> None:
    shifts = [
        kpis(DAY, Plan((Block("1", "bus", 21, (PlannedTrip("E1", 490 + by, 510 + by, by, 0),)),))) for by in (0, 1, -2)
    ]
    assert [(figures["shifted_trips"], figures["shift_min"]) for figures in shifts] == [(0, 0), (1, 1), (1, 2)]


def test_without_buses_every_figure_is_0() -> None:
    assert set(kpis(read_day([entry()]), Plan(())).values()) == {0}


def test_without_buses_nothing_costs_anything() -> None:
    options = {"vehicle_types": [{"name": "van", "seats": 30, "fixed_cost": 200, "deadhead_cost_per_min": 1}]}
    figures = kpis(read_day({"routes": [entry()], "options": options}), Plan(()))
    assert (figures["cost"], figures["fixed_cost"], figures["running_cost"]) == (0, 0, 0)
