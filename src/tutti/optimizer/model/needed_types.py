"""Leaves out types of bus that no plan needs, as another can take the place of each: they make programmes larger."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tutti.fleet.problem import Problem
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer.model.vehicles import able_types


def with_needed_types(problem: Problem) -> Problem:
    """The problem without types beside which another one may run all that they may, costs no more, and never runs out.

    The best plan stays one, by the same types: of two that are alike in all that counts, the one that plans prefer is
    kept. All are where some trip can be run by none, which is told of each.
    """
    types = problem.vehicle_types
    if len(types) < 2 or not (able := able_types(problem)).any(axis=0).all():
        return problem
    kept: list[int] = []
    for number in sorted(range(len(types)), key=lambda number: types[number].by_cost):
        if not any(_replaces(problem, able, better, number) for better in kept):
            kept.append(number)
    return replace(problem, vehicle_types=tuple(types[number] for number in sorted(kept)))


def _replaces(problem: Problem, able: NDArray[np.bool_], better: int, number: int) -> bool:
    """Whether a bus of one type, which plans prefer at the same cost, can take the place of any of another."""
    one, other = problem.vehicle_types[better], problem.vehicle_types[number]
    is_enough = one.count is None or one.count >= len(problem.trips)
    places, others = set(problem.depots_of(one)), set(problem.depots_of(other))
    stands_there = others <= places and bool(others) == bool(places)  # one that stands in none has no way from there
    can_run = bool((able[better] >= able[number]).all())
    is_as_cheap = all(cost <= of_other for cost, of_other in zip(_costs(one), _costs(other), strict=True))
    return is_enough and stands_there and can_run and is_as_cheap


def _costs(vehicle: VehicleType) -> tuple[int, int, int]:
    return vehicle.first_level, vehicle.deadhead_cost_per_min, vehicle.service_cost_per_min
