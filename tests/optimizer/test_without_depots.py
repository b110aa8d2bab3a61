"""Fleets of which some buses differ in nothing but their depot: planned without depots first, and then with them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.optimizer.effort import examples
from tests.optimizer.instances import with_depots
from tests.optimizer.test_whole_fleet import assert_is_honest, fleets
from tutti.fleet.blocks import BlockLimits, Depot
from tutti.fleet.generate import generate_day
from tutti.fleet.plan import Status
from tutti.fleet.problem import Problem
from tutti.fleet.reading import read_day
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer import solve
from tutti.optimizer.state.search import Search
from tutti.optimizer.whole_fleet import plan_fleet
from tutti.optimizer.without_depots import without_depots


@st.composite
def fleets_in_yards(draw: st.DrawFn) -> Problem:
    """Fleets whose depots have a number of buses of each type, or as many as are needed."""
    problem = with_depots(draw, draw(fleets(most_trips=5)), 2, 3)
    types = tuple(
        replace(each, name=f"{each.name} {depot.name}", depots=frozenset({depot.name}), count=draw(counts))
        for each in problem.vehicle_types
        for depot in problem.depots
        for counts in [st.none() | st.integers(0, 3)]
    )
    return replace(problem, vehicle_types=types)


def day_of_yards(routes: int, buses: int) -> Problem:
    """A day with three depots, each with so many buses of each of four types."""
    problem = read_day(generate_day(routes, 1, types=True)).problem()
    depots = tuple(Depot(name, problem.trips[number].origin) for number, name in enumerate("ABC"))
    types = tuple(
        replace(each, name=f"{each.name} {depot.name}", count=buses, depots=frozenset({depot.name}))
        for each in problem.vehicle_types
        for depot in depots
    )
    return replace(problem, vehicle_types=types, depots=depots)


@examples(25)
@given(fleets_in_yards())
def test_plans_and_bounds_of_fleets_in_yards_are_honest(problem: Problem) -> None:
    assert_is_honest(problem)


def test_only_deadhead_is_open_when_depots_are_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def watched(search: Search, *rest: Any) -> None:
        if search.problem.depots:
            assert search.objective is not None
            seen.append((search.objective.first_level, search.bound.first_level))
        plan_fleet(search, *rest)

    monkeypatch.setattr("tutti.optimizer.stages.plan_fleet", watched)
    certificate = solve(day_of_yards(60, 6)).certificate
    assert certificate.status is Status.OPTIMAL
    assert seen == [(certificate.objective.cost,) * 2]  # type: ignore[union-attr]


def test_buses_that_differ_in_their_depot_alone_are_one_type() -> None:
    simpler = without_depots(day_of_yards(10, 6))
    assert simpler is not None
    assert simpler.depots == ()
    assert [(each.seats, each.count) for each in simpler.vehicle_types] == [(22, 18), (35, 18), (35, 18), (55, 18)]


def test_where_a_place_costs_more_than_deadhead_fleets_are_planned_with_their_depots_at_once() -> None:
    problem = day_of_yards(10, 6)
    assert without_depots(replace(problem, limits=BlockLimits(480))) is None
    paid = tuple(replace(each, deadhead_cost_per_min=1) for each in problem.vehicle_types)
    assert without_depots(replace(problem, vehicle_types=paid)) is None
    assert without_depots(replace(problem, vehicle_types=(VehicleType("bus", 60, depots=frozenset("A")),))) is None


def test_that_all_yards_together_have_too_few_buses_is_proven() -> None:
    result = solve(day_of_yards(60, 1))
    assert result.certificate.status is Status.INFEASIBLE
    assert result.certificate.reasons[0].endswith("the fleet has 12")
