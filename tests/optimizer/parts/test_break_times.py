"""Starts of a block whose driver needs breaks, beside all starts that there are."""

from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from tests.optimizer.effort import examples
from tests.optimizer.instances import BUS, Kind, make_problem
from tests.optimizer.oracle import drivable_chains
from tutti.fleet.blocks import BlockLimits, first_without_break, length_min
from tutti.fleet.plan import Block, PlannedTrip
from tutti.fleet.problem import Problem
from tutti.optimizer.model.arcs import Arcs
from tutti.optimizer.model.break_times import starts_with_breaks

_KIND = Kind(day=(0, 30), window=(0, 6), duration=(1, 5), travel=(0, 6), places=4, asked=3)


@st.composite
def blocks(draw: st.DrawFn) -> tuple[Problem, tuple[int, ...]]:
    """A problem with limits, and trips that a bus can run one after another, whatever the limits."""
    day = make_problem(lambda least, most: draw(st.integers(least, most)), _KIND, draw(st.integers(1, 4)))
    limits = BlockLimits(draw(st.none() | st.integers(5, 40)), draw(st.integers(4, 20)), draw(st.integers(0, 6)))
    chain = draw(st.sampled_from(sorted(drivable_chains(day), key=len, reverse=True)))
    return Problem(day.trips, day.travel, day.vehicle_types, limits=limits), chain


def driven(problem: Problem, chain: tuple[int, ...], starts: tuple[int, ...], pulls: tuple[int, int]) -> Block | None:
    """The block of these trips at these starts; None if a bus is late or a limit is broken."""
    trips = [problem.trips[number] for number in chain]
    links = [problem.travel.minutes(a.destination, b.origin) for a, b in pairwise(trips)]
    ends = [start + trip.duration_min for start, trip in zip(starts, trips, strict=True)]
    if any(end + link > start for end, link, start in zip(ends, links, starts[1:], strict=False)):
        return None
    planned = (
        PlannedTrip(trip.id, start, end, start - trip.asked_min, deadhead)
        for trip, start, end, deadhead in zip(trips, starts, ends, [0, *links], strict=True)
    )
    block = Block.by(BUS, "B1", planned, depot="D", pull_out_min=pulls[0], pull_in_min=pulls[1])
    longest = problem.limits.longest_min
    is_short = longest is None or length_min(block) <= longest
    return block if is_short and first_without_break(problem.limits, block) is None else None


def shift(block: Block) -> int:
    """The sum of |start - asked|."""
    return sum(abs(trip.shift_min) for trip in block.trips)


@examples(250)
@given(blocks(), st.tuples(st.integers(0, 4), st.integers(0, 4)))
def test_a_block_with_breaks_starts_at_the_least_shift_of_all_starts(
    day: tuple[Problem, tuple[int, ...]], pulls: tuple[int, int]
) -> None:
    problem, chain = day
    windows = [range(trip.earliest_min, trip.latest_min + 1) for trip in (problem.trips[number] for number in chain)]
    possible = [found for starts in product(*windows) if (found := driven(problem, chain, starts, pulls)) is not None]
    starts = starts_with_breaks(Arcs.of(problem), chain, problem.limits, *pulls)
    if starts is None:
        assert possible == []
    else:
        block = driven(problem, chain, tuple(starts), pulls)
        assert block is not None
        assert shift(block) == min(map(shift, possible))
