"""Limits of whole blocks: whatever plan the search finds, its trips are moved, or it is cut, until it keeps them.

Links know nothing of these limits, prices of whole blocks know of the longest. Bounds hold for the plans that keep all
of them nevertheless, for leaving a rule out never makes the best plan worse.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from tutti.fleet.blocks import BlockLimits, Depot, first_without_break, length_min
from tutti.fleet.plan import Block, Plan, PlannedTrip
from tutti.fleet.problem import Problem
from tutti.fleet.vehicle import VehicleType
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.break_times import starts_with_breaks
from tutti.optimizer.model.chains import Span
from tutti.optimizer.model.timing import least_shift_starts


class WholeBlocks:
    """Makes plans that keep the rules about whole blocks of plans that keep all others."""

    def __init__(self, problem: Problem, arcs: Arcs) -> None:
        self._problem = problem
        self._arcs = arcs
        self._number = {trip.id: number for number, trip in enumerate(problem.trips)}
        self._counts = {vehicle.name: vehicle.count for vehicle in problem.vehicle_types if vehicle.count is not None}

    def kept_by(self, plan: Plan) -> Plan | None:
        """The plan with its blocks cut where they break a limit; None if that takes too many buses."""
        blocks = [piece for block in plan.blocks for piece in self._pieces(block)]
        return self.in_order(blocks) if self.has_buses_for(blocks) else None

    def has_buses_for(self, blocks: Iterable[Block]) -> bool:
        """Whether there are as many buses of each type as these blocks take."""
        used = Counter(block.vehicle_type for block in blocks)
        return all(used[name] <= count for name, count in self._counts.items())

    def in_order(self, blocks: Iterable[Block]) -> Plan:
        """A plan of these blocks by their first start, numbered."""
        ordered = sorted(blocks, key=lambda block: (block.trips[0].start_min, self._number[block.trips[0].route_id]))
        digits = len(str(len(ordered)))
        return Plan(tuple(replace(block, id=f"B{number:0{digits}d}") for number, block in enumerate(ordered, 1)))

    def _pieces(self, block: Block) -> list[Block]:
        """The block in as few pieces as leave each the longest part that keeps the limits, from its start on."""
        pieces: list[Block] = []
        rest = block.trips
        while rest:
            whole = self.allowed(rest, block.vehicle_type)
            end = len(rest)
            if whole is None:
                end = 1
                whole = self.allowed(rest[:1], block.vehicle_type)
                while end < len(rest) and (longer := self.allowed(rest[: end + 1], block.vehicle_type)) is not None:
                    whole, end = longer, end + 1
            assert whole is not None  # noqa: S101  # each trip alone keeps them, or it is an obstacle
            pieces.append(whole)
            rest = rest[end:]
        return pieces

    def allowed(self, trips: Sequence[PlannedTrip], type_name: str) -> Block | None:
        """A block of these trips that keeps the limits, at their planned times or others; None if there is none."""
        return next((kept for block in self._blocks_of(trips, type_name) if (kept := self._kept(block))), None)

    def _blocks_of(self, trips: Sequence[PlannedTrip], type_name: str) -> list[Block]:
        """By each type that can run them, the cheapest first; where buses are counted, the one that was chosen."""
        able = self._problem.able(self._problem.trips[self._number[trip.route_id]] for trip in trips)
        first, *others = trips
        trips = (replace(first, deadhead_before_min=0), *others)
        blocks = (self._from_depot(vehicle, trips) for vehicle in able)
        return sorted(blocks, key=lambda block: (self._is_another(block, type_name), _cost(block), block.deadhead_min))

    def _is_another(self, block: Block, type_name: str) -> bool:
        return bool(self._counts) and block.vehicle_type != type_name

    def _kept(self, block: Block) -> Block | None:
        if self._keeps(block):
            return block
        moved = self._moved(block)
        return moved if moved is not None and self._keeps(moved) else None

    def _keeps(self, block: Block) -> bool:
        limits = self._problem.limits
        too_long = limits.longest_min is not None and length_min(block) > limits.longest_min
        return not too_long and first_without_break(limits, block) is None

    def _from_depot(self, vehicle: VehicleType, trips: Sequence[PlannedTrip]) -> Block:
        """A block from the depot with the least pull-out and pull-in together, of those that the type may stand in."""
        first, last = (self._problem.trips[self._number[trips[place].route_id]] for place in (0, -1))

        def pulls(depot: Depot) -> tuple[int, int]:
            return self._problem.pull_out_min(depot, first), self._problem.pull_in_min(last, depot)

        depots = self._problem.depots_of(vehicle)
        if not depots:
            return Block.by(vehicle, "", trips)
        nearest = min(depots, key=lambda depot: sum(pulls(depot)))
        out, back = pulls(nearest)
        return Block.by(vehicle, "", trips, depot=nearest.name, pull_out_min=out, pull_in_min=back)

    def _moved(self, block: Block) -> Block | None:
        """The same block at the least-shift times that keep the limits, if windows allow any."""
        chain = [self._number[trip.route_id] for trip in block.trips]
        starts = self._starts(chain, block.pull_out_min, block.pull_in_min)
        if starts is None:
            return None
        trips = []
        for planned, number, start in zip(block.trips, chain, starts, strict=True):
            trip = self._problem.trips[number]
            end, shift = start + trip.duration_min, start - trip.asked_min
            trips.append(replace(planned, start_min=start, end_min=end, shift_min=shift))
        return replace(block, trips=tuple(trips))

    def _starts(self, chain: Sequence[int], pull_out_min: int, pull_in_min: int) -> list[int] | None:
        limits = self._problem.limits
        if limits.break_after_min is not None:
            return starts_with_breaks(self._arcs, chain, limits, pull_out_min, pull_in_min)
        if limits.longest_min is None:
            return None
        arcs = _shortened(self._arcs, chain, limits.longest_min - pull_out_min - pull_in_min)
        return None if arcs is None else least_shift_starts(arcs, [range(len(chain))]).tolist()


def _cost(block: Block) -> int:
    return (block.fixed_cost or 0) + block.running_cost


def _shortened(arcs: Arcs, chain: Sequence[int], most_min: int) -> Arcs | None:
    """The chain's trips alone, with the windows of its first and last trip so narrow that it takes most_min at most.

    None if no start is late enough; of those that are, the nearest to the asked.
    """
    span = Span.of(arcs, chain)
    if span.driven > most_min or span.soonest_end - span.latest_start > most_min:
        return None
    late_enough = max(int(arcs.earliest[chain[0]]), span.soonest_end - most_min)
    start = min(max(late_enough, int(arcs.asked[chain[0]])), span.latest_start)
    alone = arcs.among(np.array(chain, dtype=np.int64))  # copies, for trips are given by their numbers
    alone.earliest[0] = start
    alone.latest[-1] = min(int(alone.latest[-1]), start + most_min - int(arcs.duration[chain[-1]]))
    return alone


def ignored_rules(limits: BlockLimits, *, knows_length: bool) -> tuple[str, ...]:
    """A sentence for each rule that bounds say nothing of. knows_length: they reckon with the longest block."""
    sentences = []
    if limits.longest_min is not None and not knows_length:
        sentences.append(f"the bound ignores the maximum block length of {limits.longest_min} min")
    if limits.break_after_min is not None:
        sentences.append(f"the bound ignores the breaks of {limits.break_min} min")
    return tuple(sentences)
