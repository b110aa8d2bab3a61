"""Re-planning with little disruption: links of the earlier plan are put back where that costs less than it is worth."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from tutti.fleet.changes import Before, named_after
from tutti.fleet.plan import Block, Objective, Plan, PlannedTrip, Status
from tutti.fleet.problem import Problem
from tutti.optimizer.model.arcs import NO_ARC, NONE, Arcs
from tutti.optimizer.model.chains import first_break, shortest_breaks
from tutti.optimizer.model.timing import Chain, least_shift_starts
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.whole_blocks import WholeBlocks
from tutti.optimizer.regrouping import strangers, with_runs_exchanged
from tutti.optimizer.relinking import Link, Relinking, successors
from tutti.optimizer.state.result import Result

_MOST_ROUNDS = 30  # of exchanges; most plans need ten or fewer
_MOST_TRIPS = 15_000  # in all rounds together: one of 5000 takes 0.7 s
_DEARER_MIN = 10  # links are made by so much when an exchange with them fails


def restored(problem: Problem, result: Result, earlier: Plan, worth_min: int) -> Result:
    """The result with trips put back behind the trip that they followed in `earlier`.

    worth_min: deadhead minutes that may be paid for each link put back; with 0 only what is free is. Never takes more
    buses or cost. With a worth, trips also start as near as they can to their earlier starts. The certificate tells of
    the plan as it is then: its deadhead above the bound is the price of the quiet, and `reasons` say so.
    """
    if result.plan is None:
        return result
    mended = _Restoring(problem, result.plan, earlier, worth_min).plan()
    plan = replace(mended, dropped=result.plan.dropped)
    certificate = replace(result.certificate, objective=plan.objective)
    if certificate.gap != 0 and certificate.status is Status.OPTIMAL:
        more = plan.objective.deadhead_min - result.plan.objective.deadhead_min
        price = f"{more} deadhead minutes more than needed are the price of moving fewer trips"
        certificate = replace(certificate, status=Status.FEASIBLE, reasons=(*certificate.reasons, price))
    return replace(result, plan=plan, certificate=certificate)


class _Restoring:
    """Blocks by number. Each change makes deadhead minus the worth of the kept links less.

    First tails of two blocks are swapped, one link after another; then links of more blocks are exchanged together. At
    last two blocks exchange runs of trips where fewer then change bus or time, and nothing else gets worse.
    """

    def __init__(self, problem: Problem, plan: Plan, earlier: Plan, worth_min: int) -> None:
        self._trips = problem.trips
        self._worth_min = worth_min
        self._arcs = Arcs.of(problem)
        self._vehicles = Vehicles.of(problem, self._arcs)
        self._paid_min = 0 if self._vehicles.per_deadhead.any() else worth_min
        self._rules = WholeBlocks(problem, self._arcs)
        number = {trip.id: index for index, trip in enumerate(problem.trips)}
        self._blocks: list[Block | None] = list(plan.blocks)
        self._chains = [[number[trip.route_id] for trip in block.trips] for block in plan.blocks]
        self._block_of = {trip: at for at, chain in enumerate(self._chains) for trip in chain}
        self._earlier = earlier
        self._before = Before(earlier, {vehicle.name for vehicle in problem.vehicle_types})
        self._was_in = [
            [number[trip.route_id] for trip in block.trips if number.get(trip.route_id) in self._block_of]
            for block in earlier.blocks
        ]
        self._wanted = {link for chain in self._was_in for link in pairwise(chain)}
        if worth_min:
            self._ask_for_the_starts_of(earlier, number)

    def _ask_for_the_starts_of(self, earlier: Plan, number: dict[str, int]) -> None:
        asked = self._arcs.asked.copy()
        for block in earlier.blocks:
            for trip in block.trips:
                if trip.route_id in number:
                    asked[number[trip.route_id]] = trip.start_min
        self._arcs = replace(self._arcs, asked=asked)

    def plan(self) -> Plan:
        """Put links back until none is worth it."""
        self._put_all_back()
        if self._exchanged():
            self._put_all_back()
        if self._worth_min:  # blocks that were not changed start near the asked minutes still
            self._blocks = [self._retimed(at) for at in range(len(self._blocks))]
        self._bring_home()
        return self._rules.in_order(block for block in self._blocks if block is not None)

    def _retimed(self, at: int) -> Block | None:
        """The block of that number at the best times for its trips, unless that takes another bus."""
        old = self._blocks[at]
        new = self._timed(self._chains[at], old)
        is_by_the_same = new is not None and old is not None and new.vehicle_type == old.vehicle_type
        return new if is_by_the_same and _amount([new]).first_level == _amount([old]).first_level else old

    def _put_all_back(self) -> None:
        while any([self._put_back(*link) for link in sorted(self._wanted)]):  # noqa: C419  # all of them, then again
            pass

    def _exchanged(self) -> bool:
        """Exchange links of any number of blocks at a time while that is worth it; False if none was."""
        relinking = Relinking(self._arcs, self._vehicles, self._chains, self._wanted, self._paid_min)
        is_changed = False
        for _ in range(min(_MOST_ROUNDS, 1 + _MOST_TRIPS // max(1, len(self._trips)))):
            exchanges = relinking.exchanges(self._chains)
            if not exchanges:
                break
            for exchange in exchanges:
                new = self._with(exchange)
                if self._take(new):
                    is_changed = True
                else:
                    relinking.raise_cost(self._to_blame(exchange, new.values()), _DEARER_MIN)
        return is_changed

    def _bring_home(self) -> None:
        """Exchange runs of trips between blocks while that leaves more of them by their bus at their time."""
        named = iter(named_after(self._earlier, Plan(tuple(block for block in self._blocks if block))).blocks)
        self._blocks = [block and next(named) for block in self._blocks]
        number = {block.id: at for at, block in enumerate(self._blocks) if block is not None}
        home = {
            trip: number[block.id]
            for block, chain in zip(self._earlier.blocks, self._was_in, strict=True)
            for trip in chain
            if block.id in number
        }
        is_changed = True
        while is_changed:
            is_changed = False
            for pair in strangers(self._chains, home):
                exchanges = with_runs_exchanged(self._arcs, self._chains, pair, home)
                is_changed |= any(self._take(new, brings_home=True) for new in exchanges)

    def _to_blame(self, exchange: Mapping[int, int], chains: Iterable[Chain]) -> list[Link]:
        """The new links where windows break these chains; all new ones if something else spoils the exchange."""
        broken = {link for chain in chains for part in shortest_breaks(self._arcs, chain) for link in pairwise(part)}
        links = list(exchange.items())
        return [link for link in links if link in broken] or links

    def _with(self, exchange: Mapping[int, int]) -> dict[int, list[int]]:
        """The blocks that an exchange changes, by number, with their new trips."""
        changed = sorted({self._block_of[tail] if tail >= 0 else ~tail for tail in exchange})
        successor = successors({at: self._chains[at] for at in changed}) | dict(exchange)
        chains = {}
        for at in changed:
            chain, trip = [], successor[~at]
            while trip != NONE:
                chain.append(trip)
                trip = successor[trip]
            chains[at] = chain
        return chains

    def _put_back(self, tail: int, head: int) -> bool:
        """Let `head` follow `tail`, what followed `tail` the one before `head`; False if that is not worth it."""
        one, other = self._block_of[tail], self._block_of[head]
        if one == other or self._arcs.travel[tail, head] >= NO_ARC:
            return False
        left, right = self._chains[one], self._chains[other]
        after, before = left.index(tail) + 1, right.index(head)
        return self._take({one: left[:after] + right[before:], other: right[:before] + left[after:]})

    def _take(self, new: Mapping[int, list[int]], *, brings_home: bool = False) -> bool:
        """Let the blocks of these numbers have these trips; False if that is not worth it.

        brings_home: it must let more trips keep bus and time, and needs to be worth nothing else.
        """
        old = {at: self._chains[at] for at in new}
        is_whole = sum(map(len, new.values())) == sum(map(len, old.values()))  # or some follow each other in a circle
        gained = self._kept(new.values()) - self._kept(old.values())
        more_min = self._deadhead_min(new.values()) - self._deadhead_min(old.values())
        is_in_vain = not self._vehicles.has_depots and not self._is_worth(gained, more_min, in_itself=brings_home)
        if is_in_vain or not is_whole:
            return False
        blocks = [self._timed(chain, self._blocks[at]) for at, chain in new.items()]
        if any(block is None and chain for block, chain in zip(blocks, new.values(), strict=True)):
            return False
        before, after = _amount([self._blocks[at] for at in new]), _amount(blocks)
        is_dearer = (after.first_level, after.buses) > (before.first_level, before.buses)
        is_worth = self._is_worth(gained, after.deadhead_min - before.deadhead_min, in_itself=brings_home)
        is_worth &= not brings_home or self._moves(blocks) < self._moves([self._blocks[at] for at in new])
        if is_dearer or not is_worth or not self._has_buses_for(new, blocks):
            return False
        for (at, chain), block in zip(new.items(), blocks, strict=True):
            self._chains[at], self._blocks[at] = chain, block
            self._block_of.update(dict.fromkeys(chain, at))
        return True

    def _has_buses_for(self, numbers: Container[int], blocks: Iterable[Block | None]) -> bool:
        """Whether there are buses for these in place of the blocks of these numbers."""
        others = (block for at, block in enumerate(self._blocks) if at not in numbers)
        return self._rules.has_buses_for(block for block in (*others, *blocks) if block is not None)

    def _moves(self, blocks: Iterable[Block | None]) -> tuple[int, int]:
        moves = self._before.moves(block for block in blocks if block is not None)
        return moves.trips, moves.by_another_bus

    def _is_worth(self, gained: int, more_deadhead_min: int, *, in_itself: bool) -> bool:
        gain = gained * self._worth_min - more_deadhead_min
        return gain > 0 or (gain == 0 and (gained > 0 or in_itself))

    def _kept(self, chains: Iterable[Sequence[int]]) -> int:
        return sum(link in self._wanted for chain in chains for link in pairwise(chain))

    def _deadhead_min(self, chains: Iterable[Sequence[int]]) -> int:
        """Of the links alone; those that can't be driven count as NO_ARC."""
        return sum(int(self._arcs.travel[link]) for chain in chains for link in pairwise(chain))

    def _timed(self, chain: Sequence[int], like: Block | None) -> Block | None:
        """A block of these trips at their best times, by a bus like that of `like` or a cheaper one; None: none can."""
        if not chain or like is None or first_break(self._arcs, chain) is not None:
            return None
        numbers = np.array(chain)
        alone = self._arcs.among(numbers)
        starts = least_shift_starts(alone, [range(len(chain))]).tolist()
        deadheads = [0, *(int(self._arcs.travel[link]) for link in pairwise(chain))]
        planned = []
        for number, start, deadhead in zip(chain, starts, deadheads, strict=True):
            trip = self._trips[number]
            planned.append(PlannedTrip(trip.id, start, start + trip.duration_min, start - trip.asked_min, deadhead))
        allowed = self._rules.allowed(planned, like.vehicle_type)
        return allowed and replace(allowed, id=like.id)


def _amount(blocks: Sequence[Block | None]) -> Objective:
    return Plan(tuple(block for block in blocks if block is not None)).objective
