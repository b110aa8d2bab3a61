"""A plan to start from is used where it fits, repaired where it doesn't, and never made worse."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.optimizer.effort import examples
from tests.optimizer.instances import BUS, problems, random_problem
from tests.optimizer.verdict import checked_plan
from tests.optimizer.watching import Recorder, StopAt
from tutti.fleet.plan import Block, Plan, PlannedTrip
from tutti.fleet.problem import Problem
from tutti.optimizer import solve


def _plan_of(names: list[list[str]]) -> Plan:
    """Blocks of these trips, with times and deadheads that mean nothing."""
    return Plan(
        tuple(
            Block(f"X{number}", BUS.name, BUS.seats, tuple(PlannedTrip(name, 0, 0, 0, 0) for name in block))
            for number, block in enumerate(names)
        )
    )


@examples(25)
@given(problems())
def test_a_solve_from_its_own_plan_is_never_worse(problem: Problem) -> None:
    plan = checked_plan(problem, solve(problem))
    again = checked_plan(problem, solve(problem, initial=plan))
    assert again.objective <= plan.objective


@examples(25)
@given(problems(), st.randoms(use_true_random=False))
def test_a_stopped_solve_is_never_worse_than_its_start(problem: Problem, random: Random) -> None:
    initial = checked_plan(problem, solve(problem, seed=random.randrange(9), stop=StopAt(300)))
    for poll in (1, 2, 3):
        result = solve(problem, initial=initial, stop=StopAt(poll))
        assert checked_plan(problem, result).objective <= initial.objective


def test_a_better_start_is_the_answer_when_stopped_at_once() -> None:
    problem = random_problem("narrow", 25, 3)
    initial = checked_plan(problem, solve(problem))
    result = solve(problem, initial=initial, stop=StopAt(1))
    assert checked_plan(problem, result).objective == initial.objective


@examples(40)
@given(problems(most=12), st.data())
def test_any_blocks_of_any_names_are_a_start(problem: Problem, data: st.DataObject) -> None:
    names = [trip.id for trip in problem.trips] + ["unknown", ""]
    blocks = data.draw(st.lists(st.lists(st.sampled_from(names), max_size=6), max_size=6))
    checked_plan(problem, solve(problem, initial=_plan_of(blocks)))


def test_a_start_with_a_trip_twice_and_one_missing_is_repaired() -> None:
    problem = random_problem("wide", 12, 1)
    start = _plan_of([["t0", "t1", "t0"], ["t1", "t2"], ["t3"]])
    checked_plan(problem, solve(problem, initial=start, stop=StopAt(1)))


def test_blocks_that_windows_forbid_are_cut_and_not_dropped() -> None:
    problem = random_problem("narrow", 25, 2)
    good = checked_plan(problem, solve(problem))
    joined = [[trip.route_id for trip in block.trips] for block in good.blocks]
    start = _plan_of([joined[0] + joined[1], *joined[2:]])
    seen = Recorder()
    checked_plan(problem, solve(problem, initial=start, stop=StopAt(1), callbacks=[seen]))
    assert min(seen.objectives).buses <= good.objective.buses + 1


def test_a_start_made_for_other_windows_is_repaired() -> None:
    problem = random_problem("narrow", 25, 4)
    initial = checked_plan(problem, solve(problem))
    moved = replace(
        problem,
        trips=tuple(
            replace(trip, earliest_min=trip.earliest_min + 7 * number, latest_min=trip.latest_min + 7 * number)
            for number, trip in enumerate(problem.trips)
        ),
    )
    checked_plan(moved, solve(moved, initial=initial))


def test_an_empty_start_and_an_empty_block_are_ignored() -> None:
    problem = random_problem("narrow", 10, 0)
    for start in (Plan(()), _plan_of([[], []])):
        checked_plan(problem, solve(problem, initial=start))
