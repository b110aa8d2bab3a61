"""The last minutes: the chains that spoil a plan are solved exactly, with more and more chains around them."""

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.bounds.pricing import priced_below, rounded_up
from tutti.optimizer.links.exact import Outcome, Part, best_blocks
from tutti.optimizer.links.relaxation import Relaxation
from tutti.optimizer.model.arcs import NONE, Floats, Ints
from tutti.optimizer.model.chains import chains_and_cycles, feasible_pieces, first_break

_SURE = 0.999
_USED = 1e-6
_LOSS_MIN = 0.01  # reduced cost that a link of an optimal plan would hardly have
_MOST_AT_FIRST = 400  # trips of the chains to begin with, even where they are not widened as far
_MOST_ARCS = 40_000  # that CP-SAT is given at once
_EFFORT = 3.0  # deterministic seconds for a part
_EFFORT_FOR_PROOF = 30.0  # for all trips at once
_NEAR_MIN = 3.0  # reduced cost of the arcs that a part may use when all that a better plan could use are too many


def repair_fractions(relaxation: Relaxation, seed: int, most_trips: int) -> None:
    """Keep the chains that the converged LP decided, solve those that it left fractional or that windows forbid."""
    neighbourhood = Neighbourhood(relaxation, relaxation.links(_SURE), seed)
    neighbourhood.solve_around(_undecided_trips(relaxation), most_trips)


def undecided_chains(relaxation: Relaxation) -> NDArray[np.bool_]:
    """Which trips, shape (n,), are in a chain that the LP left fractional somewhere."""
    chains, cycles = chains_and_cycles(relaxation.links(_SURE))
    at = np.zeros(relaxation.arcs.n, dtype=bool)
    at[_undecided_trips(relaxation)] = True
    for chain in [*chains, *cycles]:
        at[chain] = at[chain].any()
    return at


def _undecided_trips(relaxation: Relaxation) -> Ints:
    """Trips with a fractional link or end."""
    master = relaxation.master
    weak = (master.value > _USED) & (master.value <= _SURE)
    loose = (master.end > _USED) & (master.end <= _SURE)
    return np.concatenate([master.tail[weak], master.head[weak], np.flatnonzero(loose)])


def repair_losses(relaxation: Relaxation, seed: int, most_trips: int) -> None:
    """Solve the chains of the best plan whose links the LP prices say cost too much, as long as that gains."""
    search, arcs = relaxation.search, relaxation.arcs
    before = None
    while not search.is_proven and search.objective != before and len(search.chains) == relaxation.master.buses:
        before = search.objective
        links = np.full(arcs.n, NONE, dtype=np.int64)
        for chain in search.chains:
            links[chain[:-1]] = chain[1:]
        neighbourhood = Neighbourhood(relaxation, links, seed)
        neighbourhood.solve_around(_lossy_trips(relaxation, links), most_trips)


def _lossy_trips(relaxation: Relaxation, links: Ints) -> Ints:
    """Trips whose link, end or start is dearer than the LP prices allow in an optimal plan."""
    prices = relaxation.prices()
    tail = np.flatnonzero(links != NONE)
    head = links[tail]
    ends = np.flatnonzero(links == NONE)
    starts = np.setdiff1d(np.arange(len(links)), head)
    cost = relaxation.reduced_costs(tail, head)
    return np.concatenate([
        tail[cost > _LOSS_MIN],
        ends[-prices.tail[ends] - prices.fleet > _LOSS_MIN],
        starts[-prices.head[starts] > _LOSS_MIN],
    ])  # fmt: skip


class Neighbourhood:
    """Chains of which some are free to be solved anew, and the arcs that a better plan could use."""

    def __init__(self, relaxation: Relaxation, links: Ints, seed: int) -> None:
        self._relaxation = relaxation
        self._search = relaxation.search
        self._arcs = relaxation.arcs
        self._buses = relaxation.master.buses
        self._seed = seed
        self._links = links
        chains, cycles = chains_and_cycles(links)
        self._chains = [*chains, *cycles]
        self._broken = [first_break(self._arcs, chain) is not None for chain in chains] + [True] * len(cycles)
        self._chain_of = np.zeros(self._arcs.n, dtype=np.int64)
        for number, chain in enumerate(self._chains):
            self._chain_of[chain] = number
        self._value = relaxation.price().value
        self._limit_min, (self._tail, self._head, self._cost) = self._useful_arcs()

    def solve_around(self, trips: Ints, most_trips: int) -> None:
        """Free the chains of `trips` and those that windows forbid, then more and more while that fits."""
        search = self._search
        free = np.array(self._broken)
        free[self._chain_of[trips]] = True
        limit = max(most_trips, _MOST_AT_FIRST)
        while not search.is_proven:
            trips = np.flatnonzero(free[self._chain_of])
            if not len(trips) or len(trips) > limit:
                return
            limit = most_trips
            search.rounds += 1
            outcome = self._solve(trips, free)
            if outcome.successor is not None:
                successor = self._links.copy()
                successor[trips] = [outcome.successor[trip] for trip in trips.tolist()]
                if search.offer(self._arcs, feasible_pieces(self._arcs, successor)):
                    self._limit_min, (self._tail, self._head, self._cost) = self._useful_arcs()
            if free.all():
                self._conclude(outcome)
                return
            search.poll()
            free = self._widened(free)

    def _useful_arcs(self) -> tuple[float, tuple[Ints, Ints, Floats]]:
        """The least reduced cost of the arcs left out, and the others: all that a better plan could use, if few.

        A plan that uses an arc of reduced cost r has a sum of weights of at least the LP's value + r.
        """
        relaxation, best = self._relaxation, self._search.objective
        limit_min = np.inf
        if best is not None and best.buses == self._buses:
            limit_min = best.deadhead_min - self._value + relaxation.weights.slack_min
        if self._arcs.n**2 > _MOST_ARCS:
            limit_min = min(limit_min, _NEAR_MIN)
        cuts, prices = relaxation.master.cuts, relaxation.prices()
        return limit_min, priced_below(relaxation.weights, cuts, prices, limit_min)

    def _solve(self, trips: Ints, free: NDArray[np.bool_]) -> Outcome:
        """Better blocks for the free chains; as many as leave the LP's number of buses in all."""
        kept = [chain for chain, is_free in zip(self._chains, free, strict=True) if not is_free]
        weights = self._relaxation.weights
        kept_min = weights.deadhead_min(kept)
        bound, best = self._search.bound, self._search.objective
        proven = (bound.deadhead_min or 0) if bound.buses == self._buses else 0
        has_plan = best is not None and best.buses == self._buses
        inside = free[self._chain_of[self._tail]] & free[self._chain_of[self._head]]
        part = Part(
            trips,
            self._tail[inside],
            self._head[inside],
            buses=self._buses - len(kept),
            least_min=max(0, proven - kept_min) if has_plan else 0,
            most_min=best.deadhead_min - 1 - kept_min if best is not None and has_plan else None,
        )
        effort = _EFFORT_FOR_PROOF if free.all() else _EFFORT
        return best_blocks(
            weights, part, self._links, seed=self._seed, effort=effort, wants_stop=self._search.wants_stop
        )

    def _widened(self, free: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Free about as many trips again, in the chains that the cheapest arcs join to the free ones."""
        ends = self._chain_of[self._tail], self._chain_of[self._head]
        crossing = free[ends[0]] != free[ends[1]]
        neighbour = np.where(free[ends[0]], ends[1], ends[0])[crossing]
        order = np.argsort(self._cost[crossing], kind="stable")
        wider = free.copy()
        wanted = sum(len(self._chains[number]) for number in np.flatnonzero(free))
        for number in dict.fromkeys(neighbour[order].tolist()):
            if wanted <= 0:
                break
            wider[number] = True
            wanted -= len(self._chains[number])
        return wider if (wider != free).any() else np.ones_like(free)

    def _conclude(self, outcome: Outcome) -> None:
        """What the part with all trips proves for all plans: its own bound, or that of the arcs left out if less."""
        without = np.inf
        if np.isfinite(self._limit_min):
            without = rounded_up(self._value + self._limit_min, self._relaxation.weights)
        inside = np.inf if outcome.least_min is None else outcome.least_min
        least = min(without, inside)
        if np.isinf(least):
            self._search.prove_buses(self._buses + 1)
        else:
            self._search.prove_deadhead(self._search.level_of(self._buses), int(least))
