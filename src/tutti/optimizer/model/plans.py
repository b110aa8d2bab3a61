"""Between chains of trip numbers and plans: exact times on the way out, a checked warm start on the way in."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from tutti.fleet.blocks import Depot
from tutti.fleet.plan import Block, Plan, PlannedTrip
from tutti.fleet.problem import Problem
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer.model.arcs import Arcs, Ints
from tutti.optimizer.model.chains import cut_where_broken
from tutti.optimizer.model.timing import Chain, least_shift_starts
from tutti.optimizer.model.vehicles import Vehicles


def plan_of(
    problem: Problem, arcs: Arcs, chains: Sequence[Chain], vehicles: Sequence[tuple[VehicleType, Depot | None]]
) -> Plan:
    """The plan of feasible chains that hold each trip once: least-shift times, blocks by their first start.

    vehicles: the type of bus for each chain, and the depot that it stands in.
    """
    starts = least_shift_starts(arcs, chains).tolist()
    digits = len(str(len(chains)))
    ordered = sorted(zip(chains, vehicles, strict=True), key=lambda pair: (starts[pair[0][0]], pair[0][0]))
    blocks = []
    for number, (chain, (vehicle, depot)) in enumerate(ordered, 1):
        deadheads = [0, *(int(arcs.travel[a, b]) for a, b in pairwise(chain))]
        trips = tuple(
            _planned(problem, trip, starts[trip], deadhead) for trip, deadhead in zip(chain, deadheads, strict=True)
        )
        block_id = f"B{number:0{digits}d}"
        if depot is None:
            blocks.append(Block.by(vehicle, block_id, trips))
            continue
        out = problem.pull_out_min(depot, problem.trips[chain[0]])
        back = problem.pull_in_min(problem.trips[chain[-1]], depot)
        blocks.append(Block.by(vehicle, block_id, trips, depot=depot.name, pull_out_min=out, pull_in_min=back))
    return Plan(tuple(blocks))


def _planned(problem: Problem, index: int, start: int, deadhead: int) -> PlannedTrip:
    trip = problem.trips[index]
    return PlannedTrip(trip.id, start, start + trip.duration_min, start - trip.asked_min, deadhead)


def chains_of(problem: Problem, arcs: Arcs, plan: Plan) -> list[list[int]]:
    """The plan's blocks as feasible chains that hold each trip of `problem` once, whatever the plan was made for.

    Trips that the problem doesn't know are left out, repeated ones keep their first place, missing ones become blocks
    of their own, and a block that windows no longer allow is cut where it breaks.
    """
    index = {trip.id: number for number, trip in enumerate(problem.trips)}
    missing = dict.fromkeys(range(arcs.n))
    chains = []
    for block in plan.blocks:
        chain = []
        for planned in block.trips:
            trip = index.get(planned.route_id)
            if trip in missing:
                del missing[trip]
                chain.append(trip)
        chains.append(chain)
    return cut_where_broken(arcs, [*chains, *([trip] for trip in missing)])


def chains_and_kinds(problem: Problem, vehicles: Vehicles, plan: Plan) -> tuple[list[list[int]], Ints]:
    """The blocks of a valid plan of the problem as chains, and the kind of bus of each."""
    trip = {trip.id: number for number, trip in enumerate(problem.trips)}
    kind = {(each.name, depot and depot.name): number for number, (each, depot) in enumerate(vehicles.kinds)}
    chains = [[trip[planned.route_id] for planned in block.trips] for block in plan.blocks]
    return chains, np.array([kind[block.vehicle_type, block.depot] for block in plan.blocks], dtype=np.int64)
