"""Exact start minutes for given blocks, with the least shift from the asked starts."""

from collections.abc import Sequence

import numpy as np

from tutti.optimizer.model.arcs import Arcs, Ints

Chain = Sequence[int]
"""Trips of one block in driving order, by index."""

_UNREACHABLE = 2**40


def least_shift_starts(arcs: Arcs, chains: Sequence[Chain]) -> Ints:
    """Start of each trip, shape (n,), minutes, so that the sum of |start - asked| is least; every trip is in one chain.

    Every chain must be feasible. Dynamic programme over the minutes of each window, all chains side by side:
    f_j(t) = |t - asked_j| + min f_i(t') over t' <= t - duration_i - travel_ij. Exact; O(sum of the windows).
    """
    starts = np.zeros(arcs.n, dtype=np.int64)
    longest_first = sorted((chain for chain in chains if chain), key=len, reverse=True)
    if not longest_first:
        return starts
    columns = [
        np.array([chain[k] for chain in longest_first if len(chain) > k], dtype=np.int64)
        for k in range(len(longest_first[0]))
    ]
    width = int((arcs.latest - arcs.earliest).max()) + 1
    minute = np.arange(width)
    best_by: list[Ints] = []  # for each column: the minute of the cheapest start up to each minute
    reach: list[Ints] = []  # for each column: the latest minute of its predecessor for each minute of its own
    cost = np.zeros((0, 0), dtype=np.int64)
    for k, trips in enumerate(columns):
        own = _own_shift(arcs, trips, minute)
        if k:
            before = columns[k - 1][: len(trips)]
            leave_by = arcs.earliest[trips] - arcs.duration[before] - arcs.travel[before, trips] - arcs.earliest[before]
            latest = leave_by[:, None] + minute
            possible = latest >= 0
            latest = latest.clip(0, width - 1)
            inherited = np.take_along_axis(cost[: len(trips)], latest, axis=1)
            own += np.where(possible, inherited, _UNREACHABLE)
            reach.append(latest)
        cost, argument = _prefix_minima(own)
        best_by.append(argument)
    chosen = np.zeros(0, dtype=np.int64)
    for k in range(len(columns) - 1, -1, -1):
        trips = columns[k]
        limit = np.full(len(trips), width - 1)
        if k + 1 < len(columns):
            limit[: len(chosen)] = reach[k][np.arange(len(chosen)), chosen]
        chosen = best_by[k][np.arange(len(trips)), limit]
        starts[trips] = arcs.earliest[trips] + chosen
    return starts


def _own_shift(arcs: Arcs, trips: Ints, minute: Ints) -> Ints:
    """|start - asked| of each trip at each minute of its window, shape (trips, minutes)."""
    start = arcs.earliest[trips][:, None] + minute
    shift: Ints = np.abs(start - arcs.asked[trips][:, None])
    shift[start > arcs.latest[trips][:, None]] = _UNREACHABLE
    return shift


def _prefix_minima(cost: Ints) -> tuple[Ints, Ints]:
    """The least cost up to each minute, and the first minute that has it."""
    least = np.minimum.accumulate(cost, axis=1)
    minute = np.arange(cost.shape[1])
    new = np.concatenate([np.ones((len(cost), 1), dtype=bool), least[:, 1:] < least[:, :-1]], axis=1)
    return least, np.maximum.accumulate(np.where(new, minute, 0), axis=1)
