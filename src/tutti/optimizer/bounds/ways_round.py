"""Which of some trips a bus can run one after the other when it may run other trips in between."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.model.arcs import NO_ARC, Arcs, Ints

_NEVER_MIN = 10**9


def with_ways_round(arcs: Arcs, trips: Ints, poll: Callable[[], None] = lambda: None) -> Arcs:
    """As `arcs.among(trips)`, with a connection also where a bus can be in time by way of other trips only.

    There is none where no trip is a shortcut. But a trip along a motorway may take less than the deadhead beside it.
    """
    among = arcs.among(trips)
    is_other = np.ones(arcs.n, dtype=bool)
    is_other[trips] = False
    if not is_other.any():
        return among
    least_in = arcs.travel[is_other].min(axis=0).astype(np.int64)
    for row, trip in enumerate(trips.tolist()):
        poll()
        taken = _soonest_after(arcs, trip, is_other, least_in)[trips] - arcs.earliest[trip] - arcs.duration[trip]
        is_new = (taken < NO_ARC) & (among.travel[row] == NO_ARC)
        is_new[row] = False
        among.travel[row, is_new] = taken[is_new]
    return among


def _soonest_after(arcs: Arcs, trip: int, is_other: NDArray[np.bool_], least_in: Ints) -> Ints:
    """The soonest start of each trip that a bus runs after `trip`, perhaps with others in between, shape (n,).

    _NEVER_MIN where there is none. Labels are corrected until none gets smaller, as by Bellman and Ford; only of those
    trips that another can bring nearer: by the soonest end of one after `trip`, and the least travel from one.
    least_in: that travel, to each trip, shape (n,).
    """
    direct = arcs.travel[trip].astype(np.int64)
    arrival = arcs.earliest[trip] + arcs.duration[trip] + direct
    soonest = np.where(direct < NO_ARC, np.maximum(arrival, arcs.earliest), _NEVER_MIN)
    ends = soonest + arcs.duration
    by_others = np.maximum(arcs.earliest, ends[is_other].min() + least_in)  # at the soonest
    is_nearer = (by_others < soonest) & (by_others <= arcs.latest)
    is_wanted = is_nearer & ~is_other & (soonest == _NEVER_MIN)
    is_wanted[trip] = False
    last_min = arcs.latest[is_wanted].max(initial=0)
    late = np.flatnonzero(is_wanted | (is_nearer & is_other & (by_others + arcs.duration <= last_min)))
    is_changed = soonest < _NEVER_MIN
    while True:
        via = np.flatnonzero(is_other & is_changed & (ends <= last_min))
        if not len(via):
            return soonest
        travel = arcs.travel[np.ix_(via, late)].astype(np.int64)
        arrival = np.where(travel < NO_ARC, ends[via][:, None] + travel, _NEVER_MIN).min(axis=0)
        start = np.maximum(arrival, arcs.earliest[late])
        is_sooner = (start <= arcs.latest[late]) & (start < soonest[late])
        soonest[late[is_sooner]] = start[is_sooner]
        is_changed = np.zeros(arcs.n, dtype=bool)
        is_changed[late[is_sooner]] = True
        ends = soonest + arcs.duration
