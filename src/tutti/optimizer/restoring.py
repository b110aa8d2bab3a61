"""Re-planning with little disruption: links of the earlier plan are put back where that costs less than it is worth."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from tutti.fleet.plan import Block, Objective, Plan, PlannedTrip, Status
from tutti.fleet.problem import Problem
from tutti.optimizer.model.arcs import NO_ARC, Arcs
from tutti.optimizer.model.chains import first_break
from tutti.optimizer.model.timing import least_shift_starts
from tutti.optimizer.model.whole_blocks import WholeBlocks
from tutti.optimizer.state.result import Result


def restored(problem: Problem, result: Result, earlier: Plan, worth_min: int) -> Result:
    """The result with trips put back behind the trip that they followed in `earlier`, by swapping tails of two blocks.

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
    """Blocks by number, changed two at a time: each change makes deadhead minus the worth of the kept links less."""

    def __init__(self, problem: Problem, plan: Plan, earlier: Plan, worth_min: int) -> None:
        self._trips = problem.trips
        self._worth_min = worth_min
        self._arcs = Arcs.of(problem)
        self._rules = WholeBlocks(problem, self._arcs)
        number = {trip.id: index for index, trip in enumerate(problem.trips)}
        self._blocks: list[Block | None] = list(plan.blocks)
        self._chains = [[number[trip.route_id] for trip in block.trips] for block in plan.blocks]
        self._block_of = {trip: at for at, chain in enumerate(self._chains) for trip in chain}
        wanted = {
            (number[a.route_id], number[b.route_id])
            for block in earlier.blocks
            for a, b in pairwise(block.trips)
            if a.route_id in number and b.route_id in number
        }
        self._wanted = {(tail, head) for tail, head in wanted if {tail, head} <= self._block_of.keys()}
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
        while any([self._put_back(*link) for link in sorted(self._wanted)]):  # noqa: C419  # all of them, then again
            pass
        if self._worth_min:  # blocks that were not changed start near the asked minutes still
            timed = [self._timed(chain, block) for chain, block in zip(self._chains, self._blocks, strict=True)]
            self._blocks = [new or old for new, old in zip(timed, self._blocks, strict=True)]
        return self._rules.in_order(block for block in self._blocks if block is not None)

    def _put_back(self, tail: int, head: int) -> bool:
        """Let `head` follow `tail`, what followed `tail` the one before `head`; False if that is not worth it."""
        one, other = self._block_of[tail], self._block_of[head]
        if one == other or self._arcs.travel[tail, head] >= NO_ARC:
            return False
        left, right = self._chains[one], self._chains[other]
        after, before = left.index(tail) + 1, right.index(head)
        new = (left[:after] + right[before:], right[:before] + left[after:])
        gained = self._kept(new) - self._kept((left, right))
        if not self._is_worth(gained, self._deadhead_min(new) - self._deadhead_min((left, right))):
            return False
        old = (self._blocks[one], self._blocks[other])
        blocks = tuple(self._timed(chain, block) for chain, block in zip(new, old, strict=True))
        if any(block is None and chain for block, chain in zip(blocks, new, strict=True)):
            return False
        was, would_be = _amount(old), _amount(blocks)
        if (would_be.first_level, would_be.buses) > (was.first_level, was.buses):
            return False
        if not self._is_worth(gained, would_be.deadhead_min - was.deadhead_min):
            return False
        for at, chain, block in zip((one, other), new, blocks, strict=True):
            self._chains[at], self._blocks[at] = chain, block
            self._block_of.update(dict.fromkeys(chain, at))
        return True

    def _is_worth(self, gained: int, more_deadhead_min: int) -> bool:
        gain = gained * self._worth_min - more_deadhead_min
        return gain > 0 or (gain == 0 and gained > 0)

    def _kept(self, chains: Sequence[Sequence[int]]) -> int:
        return sum(link in self._wanted for chain in chains for link in pairwise(chain))

    def _deadhead_min(self, chains: Sequence[Sequence[int]]) -> int:
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
        return self._rules.allowed(planned, like.vehicle_type)


def _amount(blocks: Sequence[Block | None]) -> Objective:
    return Plan(tuple(block for block in blocks if block is not None)).objective
