"""What the work in a part of the day proves holds for every plan, and says more than pairs where windows are wide."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.optimizer.effort import examples
from tests.optimizer.instances import problems
from tests.optimizer.oracle import try_everything
from tutti.fleet.problem import Problem, Trip
from tutti.fleet.proof import Proof
from tutti.fleet.proven import proven_bound
from tutti.fleet.travel import MatrixTravel
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer import never, solve
from tutti.optimizer.bounds.workload import Workload
from tutti.optimizer.links.fleet_size import relax_windows
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.search import Search


def four_that_fill_two_buses() -> Problem:
    """Trips of half an hour, all within the same hour, any of which could follow any other."""
    trips = tuple(Trip(f"t{number}", "entry", 480, 510, 480, 30, 0, 0) for number in range(4))
    return Problem(trips, MatrixTravel(((0,),)), (VehicleType("bus", 40),))


@examples(60)
@given(problems(least=1, most=7), st.data())
def test_no_plan_has_fewer_buses_than_the_work_in_any_part_of_the_day_asks_for(
    problem: Problem, data: st.DataObject
) -> None:
    arcs = Arcs.of(problem)
    fewest = try_everything(problem).buses
    assert Workload.busiest(arcs, np.ones(arcs.n, dtype=np.int64)).fewest_buses(arcs) <= fewest
    begin = data.draw(st.integers(int(arcs.earliest.min()) - 5, int(arcs.latest.max()) + 5))
    length = data.draw(st.integers(1, 100))
    assert Workload(begin, begin + length).fewest_buses(arcs) <= fewest


def test_trips_that_could_follow_each_other_in_a_ring_need_the_buses_that_they_fill() -> None:
    problem = four_that_fill_two_buses()
    proof = solve(problem).proof
    pairs, work = (
        Proof(proof.routes, {name: proof.steps[name]}) for name in ("buses by pairs of routes", "buses by work")
    )
    assert proven_bound(problem, pairs).buses == 1
    assert proven_bound(problem, work).buses == 2


def test_work_counts_by_the_cheapest_bus_that_may_do_it() -> None:
    arcs = Arcs.of(four_that_fill_two_buses())
    worth = np.array([10, 10, 20, 21])
    assert Workload.busiest(arcs, worth).least_level(arcs, worth) == 31


def test_a_bus_that_runs_a_trip_is_busy_until_the_nearest_other_one() -> None:
    problem = replace(four_that_fill_two_buses(), travel=MatrixTravel(((5,),)))
    arcs = Arcs.of(replace(problem, trips=tuple(replace(trip, latest_min=490) for trip in problem.trips)))
    assert Workload(490, 515).fewest_buses(arcs) == 4
    assert Workload(480, 490).fewest_buses(arcs) == 0
    assert Workload(525, 540).fewest_buses(arcs) == 0


def test_links_are_not_aimed_at_many_more_buses_than_they_ask_for() -> None:
    few = four_that_fill_two_buses()
    many = replace(few, trips=tuple(replace(few.trips[0], id=f"t{number}") for number in range(10)))
    for problem, proven, aimed_at in ((few, 2, 2), (many, 5, 0)):
        search, arcs = Search(problem, never, []), Arcs.of(problem)
        flow = relax_windows(search, arcs, Weights.without_depots(arcs))
        assert (search.bound.buses, flow.buses) == (proven, aimed_at)
    plan = solve(many).plan
    assert plan is not None
    assert len(plan.blocks) == 5
