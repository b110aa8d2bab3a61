"""The linear programme over connections with a copy of each for every kind of bus that may use it.

A kind is a type, or a type that stands in a depot: what leaves one comes back to it. min sum of costs;  cover_i: what
enters trip i, by any kind, is 1;  balance_iv: what enters i by kind v leaves it or ends;  count: at most so many blocks
of each type begin;  level: all blocks cost at least what is proven;  then cuts. (Forbes, Holt, Watts 1994 call it the
multi-commodity model of vehicle scheduling.) Costs are weighted minutes.

A pair is a trip and a kind that may run it. Columns: the starts of all pairs, their ends, one for each trip that is
left out at a penalty (only used while buses are limited), then arcs as they were added.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.bounds.cuts import Cuts
from tutti.optimizer.model.arcs import Floats, Ints
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.simplex import Simplex

_SHAKE_MIN = 0.25  # weighted minutes: the whole of a plan


@dataclass(frozen=True, slots=True)
class FleetPrices:
    """Row prices: cover (n,), balance (V, n), infinite where a kind may not run the trip, count by type, level, cut."""

    cover: Floats
    balance: Floats
    count: Floats
    level: float
    cut: Floats

    def clipped(self, end_cost: Floats) -> "FleetPrices":
        """With the signs that a bound needs, which bounds of a dive or the solver's tolerance may have got wrong.

        end_cost: (V, n), what it weighs to end a block with a trip.
        """
        balance = np.maximum(self.balance, -end_cost)
        return FleetPrices(self.cover, balance, self.count.clip(max=0), max(0.0, self.level), self.cut.clip(max=0))


class FleetLP:
    """The LP and its last solution: `value` of each arc, `start` and `end` of each pair, trips `left_out`."""

    def __init__(
        self, cuts: Cuts, weights: Weights, vehicles: Vehicles, *, seed: int, wants_stop: Callable[[], bool]
    ) -> None:
        self.cuts = cuts
        self.weights = weights
        self.vehicles = vehicles
        self.pair_kind, self.pair_trip = np.nonzero(vehicles.able)
        self.pairs = len(self.pair_trip)
        self.pair = np.full(vehicles.able.shape, -1)
        self.pair[self.pair_kind, self.pair_trip] = np.arange(self.pairs)
        self.trip_cost = vehicles.trip_cost(weights.arcs.duration)
        self.start_cost, self.end_cost = vehicles.start_cost(), vehicles.end_cost()
        self.tail: Ints = np.zeros(0, dtype=np.int64)
        self.head: Ints = np.zeros(0, dtype=np.int64)
        self.kind: Ints = np.zeros(0, dtype=np.int64)
        self.level = -np.inf
        self.penalty = 4.0 * float((self.start_cost + self.end_cost).max(initial=1.0) + self.trip_cost.max(initial=0.0))
        self._cuts_in_lp = 0
        self._simplex = Simplex(seed, wants_stop, through_interior=True)
        self._add_rows()
        self._add_fixed_columns()

    @property
    def n(self) -> int:
        """Number of trips."""
        return self.vehicles.n

    @property
    def _first_arc(self) -> int:
        return 2 * self.pairs + self.n

    @property
    def _first_cut(self) -> int:
        return self.n + self.pairs + len(self.vehicles.count) + 1

    def raise_penalty(self) -> bool:
        """Make it ten times as dear to leave a trip out; False if that is dearer than any plan already."""
        if self.penalty > self.vehicles.weight * self.vehicles.dearest:
            return False
        self.penalty *= 10
        out = 2 * self.pairs + np.arange(self.n)
        self._simplex.set_costs(out, np.full(self.n, self.penalty))
        return True

    def _add_rows(self) -> None:
        types = len(self.vehicles.count)
        count = np.where(self.vehicles.count < self.n, self.vehicles.count.astype(np.float64), np.inf)
        lower = np.r_[np.ones(self.n), np.zeros(self.pairs), np.full(types + 1, -np.inf)]
        upper = np.r_[np.ones(self.n), np.zeros(self.pairs), count, np.inf]
        self._simplex.begin(lower, upper)

    def _add_fixed_columns(self) -> None:
        pairs, n = np.arange(self.pairs), self.n
        kind, trip = self.pair_kind, self.pair_trip
        fixed = self.vehicles.fixed[kind].astype(np.float64)
        level_row = np.full(self.pairs, self._first_cut - 1)
        rows = np.concatenate([trip, n + pairs, n + self.pairs + self.vehicles.type_of[kind], level_row])
        values = np.concatenate([np.ones(3 * self.pairs), fixed])
        cost = self.start_cost[kind, trip] + self.trip_cost[kind, trip]
        self._simplex.add_columns(cost, np.tile(pairs, 4), rows, values)
        self._simplex.add_columns(self.end_cost[kind, trip], pairs, n + pairs, np.full(self.pairs, -1.0))
        self._simplex.add_columns(np.full(n, self.penalty), np.arange(n), np.arange(n))

    def arc_cost(self, tail: Ints, head: Ints, kind: Ints) -> Floats:
        """What arcs weigh, the run of their head included."""
        extra = (self.vehicles.per_minute[kind] - 1.0) * self.weights.arcs.travel[tail, head]
        return self.weights.of(tail, head) / self.weights.scale + extra + self.trip_cost[kind, head]

    def add_arcs(self, tail: Ints, head: Ints, kind: Ints) -> None:
        """New columns, with their coefficients in all cuts; the next solve goes on from the last basis."""
        count = len(tail)
        if not count:
            return
        arc, row = self.cuts.rows_of(tail, head)
        in_lp = row < self._cuts_in_lp
        each = np.arange(count)
        columns = np.concatenate([each, each, each, arc[in_lp]])
        into, out_of = self.n + self.pair[kind, head], self.n + self.pair[kind, tail]
        rows = np.concatenate([head, into, out_of, self._first_cut + row[in_lp]])
        values = np.ones(len(rows))
        values[2 * count : 3 * count] = -1.0
        self._simplex.add_columns(self.arc_cost(tail, head, kind), columns, rows, values)
        self.tail, self.head = np.concatenate([self.tail, tail]), np.concatenate([self.head, head])
        self.kind = np.concatenate([self.kind, kind])

    def add_cut_rows(self) -> None:
        """Rows for the cuts that were added to `cuts` since the last call."""
        first = self._cuts_in_lp
        arc, row = self.cuts.rows_of(self.tail, self.head, since=first)
        limits = np.array(self.cuts.limits[first:], dtype=np.float64)
        self._simplex.add_rows(limits, row - first, self._first_arc + arc)
        self._cuts_in_lp = len(self.cuts)

    def require_level(self, level: int) -> None:
        """All blocks together cost at least so many units, as is proven."""
        self.level = float(level)
        self._simplex.limit_row(self._first_cut - 1, self.level, np.inf)

    def shake(self, trips: NDArray[np.bool_], rng: np.random.Generator) -> None:
        """Take random parts of a minute, less than 1/4 for any plan, off the costs of arcs at these trips, (n,)."""
        arcs = np.flatnonzero(trips[self.tail] | trips[self.head])
        cost = self.arc_cost(self.tail[arcs], self.head[arcs], self.kind[arcs])
        self._simplex.set_costs(self._first_arc + arcs, cost - rng.random(len(cost)) * (_SHAKE_MIN / self.n))

    def bound_above(self, ends: Floats, arcs: Floats) -> None:
        """Upper bounds of the ends at trips and of all arcs (np.inf: none), for a dive that only tightens them."""
        self._set_upper(ends, arcs, tighter=True)

    def lift_bounds(self) -> None:
        """No upper bounds any more."""
        self._set_upper(np.full(self.n, np.inf), np.full(len(self.tail), np.inf), tighter=False)

    def _set_upper(self, ends: Floats, arcs: Floats, *, tighter: bool) -> None:
        free = np.full(self.pairs, np.inf), np.full(self.n, np.inf)
        self._simplex.bound_above(np.concatenate([free[0], ends[self.pair_trip], free[1], arcs]), tighter=tighter)

    def solve(self) -> None:
        """Solve from the last basis. Raises Interrupted, or SolverError if there is no solution to read."""
        self._simplex.solve()

    @property
    def objective(self) -> float:
        """The value of the last solution, weighted minutes."""
        return self._simplex.objective

    @property
    def value(self) -> Floats:
        """How much each arc is used; 0 for those added since the last solve."""
        return np.concatenate([self._simplex.columns[self._first_arc :], np.zeros(len(self.tail))])[: len(self.tail)]

    @property
    def start(self) -> Floats:
        """How much of a block begins at each pair."""
        return self._simplex.columns[: self.pairs]

    @property
    def left_out(self) -> float:
        """Trips for which the buses don't suffice."""
        return float(self._simplex.columns[2 * self.pairs : self._first_arc].sum())

    @property
    def prices(self) -> FleetPrices:
        """Row prices of the last solution, as they are."""
        price = self._simplex.prices
        n, types = self.n, len(self.vehicles.count)
        balance = np.full(self.vehicles.able.shape, np.inf)
        balance[self.pair_kind, self.pair_trip] = price[n : n + self.pairs]
        after = n + self.pairs
        return FleetPrices(
            price[:n], balance, price[after : after + types], float(price[after + types]), price[self._first_cut :]
        )
